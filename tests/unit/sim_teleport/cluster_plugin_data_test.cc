#include <gmock/gmock.h>

#include "sim/teleport/cluster.h"
#include "sim/teleport/objects.h"

namespace notifyd::sim {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class PluginDataTest : public testing::Test {
 protected:
  std::string create() {
    NewRequest what;
    what.user = "alice@example.com";
    what.roles = {"editor"};
    return cluster_.create_request(what);
  }

  Result<> write(Keys set, Keys expect = {}, const std::string& plugin = "slack") {
    return cluster_.update_plugin_data(
        {"access_request", id_, plugin, std::move(set), std::move(expect)});
  }

  Keys slack() const { return cluster_.entry(id_, "slack"); }
  std::vector<RecordPtr> records(const std::string& id = "", const std::string& plugin = "") {
    return *cluster_.plugin_data("access_request", id, plugin);
  }

  WallTime now_ = WallTime(std::chrono::seconds(1'800'000'000));
  Cluster cluster_{{.max_record_bytes = 4096, .clock = [this] { return now_; }, .seed = 1}};
  std::string id_ = create();
};

TEST_F(PluginDataTest, NoRecordIsAnEmptyListAndNoError) {
  EXPECT_THAT(records(id_), IsEmpty());
  EXPECT_THAT(records("none"), IsEmpty());
}

TEST_F(PluginDataTest, ARecordNamesItsSubject) {
  ASSERT_TRUE(write({{"user", "alice"}}));
  const RecordPtr record = records(id_).front();
  EXPECT_EQ(record->kind(), "plugin_data");
  EXPECT_EQ(record->sub_kind(), "access_request");
  EXPECT_EQ(record->version(), "v3");
  EXPECT_EQ(record->metadata().name(), id_);
  EXPECT_EQ(entry_of(*record, "slack")->at("user"), "alice");
}

// What is there, what a write expects and sets, whether it is applied, and what is there then.
struct CasCase {
  const char* name;
  Keys before;
  Keys set;
  Keys expect;
  bool applied;
  Keys after;
};

class PluginDataCasTest : public PluginDataTest, public testing::WithParamInterface<CasCase> {};

TEST_P(PluginDataCasTest, ComparesEachExpectedKeyThenWritesEachSetKey) {
  const CasCase& the = GetParam();
  ASSERT_TRUE(the.before.empty() || write(the.before));
  const auto done = write(the.set, the.expect);
  EXPECT_EQ(done.ok(), the.applied);
  EXPECT_TRUE(done || done.error().code == Errc::kConflict);
  EXPECT_EQ(slack(), the.after);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PluginDataCasTest,
    testing::Values(
        CasCase{"NothingExpected", {}, {{"a", "1"}}, {}, true, {{"a", "1"}}},
        CasCase{"NothingExpectedOverwrites", {{"a", "1"}}, {{"a", "2"}}, {}, true, {{"a", "2"}}},
        CasCase{"ExpectedValue", {{"a", "1"}}, {{"a", "2"}}, {{"a", "1"}}, true, {{"a", "2"}}},
        CasCase{"OtherValue", {{"a", "1"}}, {{"a", "2"}}, {{"a", "0"}}, false, {{"a", "1"}}},
        CasCase{"ExpectedAbsentAndIs", {}, {{"a", "1"}}, {{"a", ""}}, true, {{"a", "1"}}},
        CasCase{
            "ExpectedAbsentAndIsNot", {{"a", "1"}}, {{"a", "2"}}, {{"a", ""}}, false, {{"a", "1"}}},
        CasCase{"ExpectedKeyOfNoEntry", {}, {{"a", "1"}}, {{"a", "0"}}, false, {}},
        CasCase{"OneOfTwoExpectedDiffers",
                {{"a", "1"}, {"b", "1"}},
                {{"a", "2"}},
                {{"a", "1"}, {"b", "0"}},
                false,
                {{"a", "1"}, {"b", "1"}}},
        CasCase{"KeysNotNamedStay",
                {{"a", "1"}, {"b", "1"}},
                {{"a", "2"}},
                {{"a", "1"}},
                true,
                {{"a", "2"}, {"b", "1"}}},
        CasCase{"EmptyDeletes", {{"a", "1"}, {"b", "1"}}, {{"a", ""}}, {}, true, {{"b", "1"}}},
        CasCase{"DeletingTheLastKeyRemovesTheEntry", {{"a", "1"}}, {{"a", ""}}, {}, true, {}},
        CasCase{"DeletingWhatIsNotThere", {{"a", "1"}}, {{"b", ""}}, {}, true, {{"a", "1"}}},
        CasCase{"NothingSet", {{"a", "1"}}, {}, {{"a", "1"}}, true, {{"a", "1"}}}),
    [](const auto& test) { return test.param.name; });

TEST_F(PluginDataTest, UpstreamCreatesByExpectingItsKeysToBeAbsentAndOnlyOneWins) {
  const Keys absent = {{"user", ""},           {"roles", ""},         {"resources", ""},
                       {"request_reason", ""}, {"reviews_count", ""}, {"resolution", ""},
                       {"resolve_reason", ""}};
  EXPECT_TRUE(write({{"user", "alice"}, {"roles", "editor"}}, absent));
  EXPECT_EQ(write({{"user", "alice"}, {"roles", "editor"}}, absent).error().code, Errc::kConflict);
}

TEST_F(PluginDataTest, AnEntryWithoutKeysVanishesAndOthersStay) {
  ASSERT_TRUE(write({{"a", "1"}}));
  ASSERT_TRUE(write({{"a", "1"}}, {}, "jira"));
  ASSERT_TRUE(write({{"a", ""}}));
  EXPECT_FALSE(entry_of(*records(id_).front(), "slack"));
  EXPECT_TRUE(entry_of(*records(id_).front(), "jira"));
}

TEST_F(PluginDataTest, OneEntrysKeysAreNotComparedWithAnothers) {
  ASSERT_TRUE(write({{"a", "1"}}, {}, "jira"));
  EXPECT_TRUE(write({{"a", "2"}}, {{"a", ""}}, "slack"));
}

TEST_F(PluginDataTest, ThePluginNameSelectsRecordsAndDoesNotStripOthers) {
  ASSERT_TRUE(write({{"a", "1"}}));
  ASSERT_TRUE(write({{"a", "1"}}, {}, "jira"));
  EXPECT_THAT(records("", "mattermost"), IsEmpty());
  ASSERT_EQ(records("", "slack").size(), 1U);
  EXPECT_TRUE(entry_of(*records("", "slack").front(), "jira"));
}

TEST_F(PluginDataTest, WithoutAResourceAllRecordsOfTheKindAreRead) {
  ASSERT_TRUE(write({{"a", "1"}}));
  id_ = create();
  ASSERT_TRUE(write({{"a", "1"}}));
  ASSERT_TRUE(cluster_.update_plugin_data({"access_list", "on-call", "slack", {{"a", "1"}}, {}}));
  EXPECT_EQ(records().size(), 2U);
}

TEST_F(PluginDataTest, AFirstWriteNeedsTheRequest) {
  id_ = "none";
  EXPECT_EQ(write({{"a", "1"}}).error().code, Errc::kNotFound);
}

TEST_F(PluginDataTest, OutlivesTheRequestAndCanStillBeWritten) {
  ASSERT_TRUE(write({{"a", "1"}}));
  ASSERT_TRUE(cluster_.remove(id_));
  EXPECT_TRUE(write({{"a", "2"}}, {{"a", "1"}}));
  EXPECT_THAT(slack(), ElementsAre(Pair("a", "2")));
}

TEST_F(PluginDataTest, EndsAnHourAfterTheAccessHoweverOftenItWasWritten) {
  ASSERT_TRUE(write({{"a", "1"}}));
  now_ += hours(12);
  ASSERT_TRUE(write({{"a", "2"}}));
  cluster_.tick(now_ + std::chrono::minutes(59));
  EXPECT_EQ(records(id_).size(), 1U);
  cluster_.tick(now_ + hours(1));
  EXPECT_THAT(records(id_), IsEmpty());
}

TEST_F(PluginDataTest, OfAnAccessListNeedsNoListAndIsRenewedByWriting) {
  const PluginWrite on_call{"access_list", "on-call", "slack", {{"a", "1"}}, {}};
  ASSERT_TRUE(cluster_.update_plugin_data(on_call));
  now_ += hours(24 * 13);
  ASSERT_TRUE(cluster_.update_plugin_data(on_call));
  cluster_.tick(now_ + hours(24 * 13));
  EXPECT_EQ(cluster_.plugin_data("access_list", "", "")->size(), 1U);
  cluster_.tick(now_ + hours(24 * 14));
  EXPECT_THAT(*cluster_.plugin_data("access_list", "", ""), IsEmpty());
}

TEST_F(PluginDataTest, OtherKindsAreInvalidToReadAndToWrite) {
  for (const char* kind : {"", "role", "plugin_data"}) {
    EXPECT_EQ(cluster_.plugin_data(kind, "", "").error().code, Errc::kInvalid) << kind;
    EXPECT_EQ(cluster_.update_plugin_data({kind, id_, "slack", {}, {}}).error().code,
              Errc::kInvalid);
  }
}

TEST_F(PluginDataTest, ARecordThatIsTooLargeIsInvalidAndNotWritten) {
  EXPECT_EQ(write({{"a", std::string(5000, 'x')}}).error().code, Errc::kInvalid);
  EXPECT_THAT(slack(), IsEmpty());
}

TEST_F(PluginDataTest, EveryWriteMakesANewRevision) {
  ASSERT_TRUE(write({{"a", "1"}}));
  const std::string before = records(id_).front()->metadata().revision();
  ASSERT_TRUE(write({{"a", "2"}}));
  EXPECT_NE(records(id_).front()->metadata().revision(), before);
}

TEST_F(PluginDataTest, TheJournalTellsWhatWasAppliedAndWhatWasRefused) {
  ASSERT_TRUE(write({{"a", "1"}}));
  ASSERT_FALSE(write({{"a", "2"}}, {{"a", ""}}));
  const auto journal = cluster_.journal();
  ASSERT_EQ(journal.size(), 2U);
  EXPECT_EQ(journal[0].refused, std::nullopt);
  EXPECT_EQ(journal[0].write.set, (Keys{{"a", "1"}}));
  EXPECT_EQ(journal[1].refused, Errc::kConflict);
  cluster_.clear_journal();
  EXPECT_THAT(cluster_.journal(), IsEmpty());
}

}  // namespace
}  // namespace notifyd::sim
