// How an instance starts, and how it does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "module_dir.h"
#include "scripted_module.h"

namespace notifyd::modules {
namespace {

using test::InstanceTest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(InstanceTest, RefusedByTheModuleGivesItsLastErrorLine) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "first");
    script_.log(NOTIFY_LOG_ERROR, "the moon is missing");
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  const auto started = try_start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().message,
            "chat.toml: module scripted refused to start (BROKEN_CONFIG): the moon is missing");
}

TEST_F(InstanceTest, RefusedBecauseOfAnOptionNamesItsPlaceInTheFile) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "chat.token is no token");
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  settings_.entries["chat.token"].at = {"chat.toml", 3, 9};
  settings_.entries["chat.token"].set = true;
  EXPECT_THAT(try_start().error().message, StartsWith("chat.toml:3:9: "));
}

TEST_F(InstanceTest, RefusedWithoutAWordSaysSo) {
  script_.create = [] { return notify_rc{NOTIFY_BROKEN}; };
  EXPECT_THAT(try_start().error().message, HasSubstr("(BROKEN): it gave no reason"));
}

TEST_F(InstanceTest, ThatNeverStartsIsGivenUpAndNamed) {
  limits_.create = Millis(50);
  limits_.slow_call = Millis(10);
  std::promise<void> release;
  script_.create = [&, released = release.get_future().share()] {
    released.wait();
    return notify_rc{NOTIFY_OK};
  };
  const auto started = try_start();
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message,
              AllOf(HasSubstr("chat.toml: "), HasSubstr("did not return from create()")));
  EXPECT_FALSE(lines_->starting("WARN still waiting for the module's create()").empty());
  EXPECT_EQ(quarantine_->size(), 1U);
  release.set_value();
}

TEST_F(InstanceTest, WrittenInCppMayThrowFromItsConstructor) {
  test::ModuleDir dir;
  test::TempDir runtime;
  LibraryOptions loading;
  loading.staging = *Staging::open(runtime.path(), Log());
  auto library = Library::load(dir.add("throws"), loading);
  ASSERT_TRUE(library.ok()) << library.error().message;
  InstanceOptions options;
  options.name = "moon";
  options.library = *library;
  options.quarantine = quarantine_;
  const auto started = Instance::start(std::move(options), engine_, http_, Log());
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message, HasSubstr("(BROKEN_CONFIG): cannot do without a moon"));
}

}  // namespace
}  // namespace notifyd::modules
