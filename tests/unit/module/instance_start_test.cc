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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(InstanceTest, RefusedByTheModuleGivesEachOfItsErrorLines) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "first");
    script_.log(NOTIFY_LOG_ERROR, "the moon is missing");
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  EXPECT_FALSE(try_start());
  EXPECT_THAT(
      faults_.lines(),
      ElementsAre("chat.toml: module scripted refused to start (BROKEN_CONFIG): first",
                  "chat.toml: module scripted refused to start (BROKEN_CONFIG): the moon is "
                  "missing"));
}

TEST_F(InstanceTest, ThatStartsMayLogErrors) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "all the same");
    return notify_rc{NOTIFY_OK};
  };
  EXPECT_TRUE(try_start());
  EXPECT_THAT(faults_.lines(), IsEmpty());
  EXPECT_EQ(lines_->starting("ERROR all the same").size(), 1U);
}

// They are said with all else that is wrong, and each of them once.
TEST_F(InstanceTest, RefusedByTheModuleLogsNoneOfItsErrorLines) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "the moon is missing");
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  EXPECT_FALSE(try_start());
  EXPECT_TRUE(lines_->starting("ERROR").empty());
}

TEST_F(InstanceTest, RefusedBecauseOfAnOptionNamesItsPlaceInTheFile) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "chat.token is no token");
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  settings_.entries["chat.token"].at = {"chat.toml", 3, 9};
  settings_.entries["chat.token"].set = true;
  EXPECT_FALSE(try_start());
  EXPECT_THAT(faults_.lines(), ElementsAre("chat.toml:3:9: chat.token is no token"));
}

TEST_F(InstanceTest, RefusedBecauseOfEntriesOfATableNamesThePlaceOfEach) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "teams.\"qa\" names nobody");
    script_.log(NOTIFY_LOG_ERROR, "teams.\"dev ops\" names nobody");
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  auto& teams = settings_.entries["teams"];
  teams.at = {"chat.toml", 4, 1};
  teams.set = true;
  teams.table_at = {{"dev ops", {"chat.toml", 5, 13}}, {"qa", {"chat.toml", 6, 8}}};
  EXPECT_FALSE(try_start());
  EXPECT_THAT(faults_.lines(), ElementsAre("chat.toml:5:13: teams.\"dev ops\" names nobody",
                                           "chat.toml:6:8: teams.\"qa\" names nobody"));
}

TEST_F(InstanceTest, RefusedBecauseOfWhatIsKnownToBeWrongSaysNothingMore) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "chat.token is empty");
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  settings_.wrong.insert("chat.token");
  EXPECT_FALSE(try_start());
  EXPECT_THAT(faults_.lines(), IsEmpty());
}

TEST_F(InstanceTest, RefusedWithMoreLinesThanAnybodyReadsGivesAHundred) {
  script_.create = [&] {
    for (int i = 0; i < 1000; ++i) script_.log(NOTIFY_LOG_ERROR, "no " + std::to_string(i));
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  EXPECT_FALSE(try_start());
  EXPECT_EQ(faults_.size(), 100U);
}

TEST_F(InstanceTest, RefusedWithoutAWordSaysSo) {
  script_.create = [] { return notify_rc{NOTIFY_BROKEN}; };
  EXPECT_FALSE(try_start());
  EXPECT_THAT(faults_.lines(), ElementsAre(HasSubstr("(BROKEN): it gave no reason")));
}

TEST_F(InstanceTest, ThatNeverStartsIsGivenUpAndNamed) {
  limits_.create = Millis(50);
  limits_.slow_call = Millis(10);
  std::promise<void> release;
  script_.create = [&, released = release.get_future().share()] {
    released.wait();
    return notify_rc{NOTIFY_OK};
  };
  EXPECT_FALSE(try_start());
  EXPECT_THAT(faults_.lines(), ElementsAre(AllOf(HasSubstr("chat.toml: "),
                                                 HasSubstr("did not return from create()"))));
  EXPECT_FALSE(lines_->starting("WARN still waiting for the module's create()").empty());
  EXPECT_EQ(quarantine_->size(), 1U);
  release.set_value();
}

TEST_F(InstanceTest, WrittenInCppMayLogAndThrowFromItsConstructor) {
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
  EXPECT_FALSE(Instance::start(std::move(options), engine_, http_, Log(), faults_));
  EXPECT_THAT(faults_.lines(), ElementsAre(HasSubstr("(BROKEN_CONFIG): nor without a tide"),
                                           HasSubstr("(BROKEN_CONFIG): cannot do without a moon")));
}

}  // namespace
}  // namespace notifyd::modules
