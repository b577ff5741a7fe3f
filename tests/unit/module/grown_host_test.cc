// A daemon of the next minor and modules of 1.0. This program's notify/abi.h has one more field in
// every struct that can grow (tests/abi/grown_header.cmake); the files of host/module that read
// what modules hand over are compiled against it once more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "module/answer.h"
#include "module/calls.h"
#include "module/elf_file.h"
#include "module/sized.h"
#include "module/table.h"
#include "module_dir.h"
#include "support/fake_engine.h"
#include "support/guarded.h"

namespace notifyd::modules {
namespace {

using test::FakeEngine;
using test::Guarded;
using ::testing::HasSubstr;

notify_str str(std::string_view s) { return {s.data(), s.size()}; }

// What lies behind the end of a struct of 1.0, for a host that does not ask for its size.
const int kPoison = 0;

notify_rc create(const notify_host*, notify_instance**) { return NOTIFY_OK; }
void destroy(notify_instance*) {}
void handle(notify_instance*, notify_ticket, const notify_event*) {}

notify_module table() {
  notify_module table{};
  table.magic = NOTIFY_MAGIC;
  table.abi_major = NOTIFY_ABI_MAJOR;
  table.event_mask = 1U << NOTIFY_REQUEST_PENDING;
  table.name = "chat";
  table.version = "1.0";
  table.create = create;
  table.destroy = destroy;
  table.route = handle;
  table.deliver = handle;
  table.grown = &kPoison;
  return table;
}

TEST(GrownHost, AcceptsTheFileOfAModuleOf10) {
  const auto judged = judge_elf(test::bytes_of(test::built_module("good")));
  ASSERT_TRUE(judged.ok()) << judged.error().message;
  EXPECT_EQ(judged->size, std::uint32_t{kModuleSizeV1});
  EXPECT_LT(judged->size, sizeof(notify_module));
}

TEST(GrownHost, HasZeroForWhatATableOf10Lacks) {
  const Guarded<notify_module> theirs(table(), kModuleSizeV1);
  const notify_module ours = in_our_size(theirs.get());
  EXPECT_EQ(ours.deliver, handle);
  EXPECT_EQ(ours.grown, nullptr);
  EXPECT_FALSE(NOTIFY_HAS(&ours, grown));
  EXPECT_TRUE(read_table(ours, "chat").ok());
}

TEST(GrownHost, ReadsOptionsOf10) {
  const Guarded<notify_option> token(
      {0, NOTIFY_TEXT, NOTIFY_SECRET, 0, "chat.token", nullptr, "the token", &kPoison},
      kOptionSizeV1);
  const notify_option* const options[] = {token.get(), nullptr};
  notify_module with_options = table();
  with_options.options = options;
  const auto info = read_table(with_options, "chat");
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_EQ(info->options.at(0).name, "chat.token");
}

TEST(GrownHost, TakesAnswersOf10) {
  const Guarded<notify_recipient> recipient({0, 0, str("C1"), str("#ops"), &kPoison},
                                            kRecipientSizeV1);
  const notify_recipient* const recipients[] = {recipient.get()};
  notify_result result{};
  result.receipt = str("C1/17.1");
  result.recipients = recipients;
  result.n_recipients = 1;
  result.grown = &kPoison;
  const Guarded<notify_result> theirs(result, kResultSizeV1);
  const TakenAnswer taken = take_answer(theirs.get());
  EXPECT_EQ(taken.misuse, "");
  EXPECT_EQ(taken.answer.receipt, "C1/17.1");
  ASSERT_EQ(taken.answer.recipients.size(), 1U);
  EXPECT_EQ(taken.answer.recipients[0].label, "#ops");
}

TEST(GrownHost, RefusesWhatIsSmallerThan10AndReadsNothingOfIt) {
  const Guarded<notify_result> result({}, 8);
  EXPECT_THAT(take_answer(result.get()).misuse, HasSubstr("set it to sizeof(notify_result)"));
  const Guarded<notify_option> option({}, 8);
  const notify_option* const options[] = {option.get(), nullptr};
  notify_module with_options = table();
  with_options.options = options;
  EXPECT_THAT(read_table(with_options, "chat").error().message,
              HasSubstr("option 0: has size 8, expected at least 40; set it to"));
}

// Keeps the one request that is sent.
class OneCall : public net::Http {
 public:
  std::uint64_t send(net::HttpRequest request, Handler) override {
    sent = std::move(request);
    return 1;
  }
  void cancel(std::uint64_t) override {}

  net::HttpRequest sent;
};

TEST(GrownHost, SendsHttpRequestsOf10) {
  FakeEngine engine;
  OneCall http;
  const auto loop = std::make_shared<FakeEngine>();
  Calls calls(loop, std::make_shared<Outlet>(engine, http), false,
              [](const char*, const Engine::Work& call) { call(); });
  notify_http_request request{};
  request.url = str("https://example.com/a");
  request.grown = &kPoison;
  const Guarded<notify_http_request> theirs(request, kHttpRequestSizeV1);
  calls.http(
      theirs.get(), [](void*, const notify_http_response*) {}, nullptr);
  EXPECT_EQ(http.sent.url, "https://example.com/a");
}

}  // namespace
}  // namespace notifyd::modules
