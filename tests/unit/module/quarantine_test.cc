#include "module/quarantine.h"

#include <gtest/gtest.h>

#include <future>

#include "scripted_module.h"

namespace notifyd::modules {
namespace {

class QuarantineTest : public test::InstanceTest {
 protected:
  std::unique_ptr<Guest> guest() {
    GuestOptions options;
    options.name = "chat";
    options.library = Library::in_process(table_);
    return std::make_unique<Guest>(std::move(options), std::make_shared<Outlet>(engine_, http_),
                                   Log());
  }
};

TEST_F(QuarantineTest, WaitsForItsGuestsWhenItEnds) {
  std::promise<void> release;
  bool destroyed = false;
  script_.destroy = [&, released = release.get_future().share()] {
    released.wait();
    destroyed = true;
  };
  auto stuck = guest();
  ASSERT_EQ(stuck->create().get(), notify_rc{NOTIFY_OK});
  stuck->destroy();
  quarantine_->keep(std::move(stuck));
  EXPECT_EQ(quarantine_->size(), 1U);
  release.set_value();
  quarantine_.reset();
  EXPECT_TRUE(destroyed);
}

// What a stuck module asks for after its owner has gone reaches nobody, and crashes nobody.
TEST_F(QuarantineTest, GuestsAreCutOffFromTheEngineAndHttp) {
  struct Seen {
    std::promise<std::uint32_t> outcome;
  } seen;
  auto outlet = std::make_shared<Outlet>(engine_, http_);
  GuestOptions options;
  options.name = "chat";
  options.library = Library::in_process(table_);
  Guest cut_off(std::move(options), outlet, Log());
  ASSERT_EQ(cut_off.create().get(), notify_rc{NOTIFY_OK});
  outlet->cut();
  notify_http_request request{};
  request.size = sizeof request;
  const auto id = script_.host->http(
      script_.host, &request,
      [](void* user, const notify_http_response* response) {
        static_cast<Seen*>(user)->outcome.set_value(response->outcome);
      },
      &seen);
  EXPECT_NE(id, 0U);
  EXPECT_EQ(seen.outcome.get_future().get(), std::uint32_t{NOTIFY_HTTP_CANCELLED});
  EXPECT_TRUE(http_.requests().empty());
  cut_off.destroy();
}

}  // namespace
}  // namespace notifyd::modules
