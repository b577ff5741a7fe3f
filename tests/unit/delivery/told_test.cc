#include "delivery/told.h"

#include <gtest/gtest.h>

#include "delivery/plan.h"
#include "delivery/record_codec.h"
#include "view_of.h"

namespace notifyd::delivery {
namespace {

using teleport::Told;

Progress announced(const std::string& id, std::size_t reviews = 0, End told = End::kNone) {
  Progress p;
  p.to.id = id;
  p.to.label = "#" + id;
  p.receipt = id + "/1.5;r=1";
  p.message = id + "/1.5";
  p.announced = true;
  p.reviews = reviews;
  p.told = told;
  return p;
}

Record record_of(std::vector<Progress> recipients) {
  Record record;
  record.request.user = "alice@example.com";
  record.request.reason = "a \"quoted\" reason, {with} [brackets] \\ and more: ü";
  record.request.roles = {"editor"};
  record.request.reviews = {{"bob@example.com", End::kApproved}};
  record.request.created_ms = 1'700'000'000'000;
  record.routed = true;
  record.recipients = std::move(recipients);
  return record;
}

std::optional<Told> told(const RecordText& text) {
  return told_to_all(teleport::EntryView(text.begin(), text.end()));
}
std::optional<Told> told(const Record& record) { return told(encode(record, {})); }

TEST(Told, AnnouncedToAllAndNothingElse) {
  EXPECT_EQ(told(record_of({announced("C1", 2), announced("C2", 1)})), (Told{End::kNone, 1}));
}

TEST(Told, AnEndThatAllKnow) {
  for (const End end : {End::kApproved, End::kPromoted, End::kDenied, End::kExpired}) {
    EXPECT_EQ(told(record_of({announced("C1", 0, end)})), (Told{end, 0}));
  }
}

// What it says holds: a case would find nothing to do for any such request.
TEST(Told, AsThePlanHasIt) {
  const Invited nobody_asked;
  for (const End end : {End::kNone, End::kApproved, End::kPromoted, End::kDenied}) {
    const Record record = *decode(encode(record_of({announced("C1", 3, end)}), {}));
    const auto says = told(record);
    ASSERT_TRUE(says);
    for (std::size_t reviews = 0; reviews <= says->reviews; ++reviews) {
      View view = view_of(says->end, reviews);
      EXPECT_FALSE(Plan(view, record, &nobody_asked).anything_left());
      view.vanish();
      EXPECT_EQ(Plan(view, record, &nobody_asked).anything_left(), end == End::kNone);
    }
    EXPECT_TRUE(Plan(view_of(says->end, says->reviews + 1), record, &nobody_asked).anything_left());
  }
}

struct Row {
  const char* name;
  void (*change)(Record&);
};

class NotTold : public ::testing::TestWithParam<Row> {};

TEST_P(NotTold, IsLookedAt) {
  Record record =
      record_of({announced("C1", 1, End::kApproved), announced("C2", 1, End::kApproved)});
  ASSERT_TRUE(told(record));
  GetParam().change(record);
  EXPECT_FALSE(told(record));
}

INSTANTIATE_TEST_SUITE_P(
    Records, NotTold,
    ::testing::Values(
        Row{"OneWasNotAnnounced", [](Record& r) { r.recipients[1].announced = false; }},
        Row{"OneWasNotToldTheEnd", [](Record& r) { r.recipients[1].told = End::kNone; }},
        Row{"OneWasToldAnother", [](Record& r) { r.recipients[1].told = End::kDenied; }},
        Row{"AStepIsTried", [](Record& r) { r.recipients[0].trying = Step::reply(1); }},
        Row{"AStepIsToBeSearched", [](Record& r) { r.recipients[0].to_search = {Step::reply(0)}; }},
        Row{"OneWasGivenUp", [](Record& r) { r.recipients[0].given_up = "no such channel"; }},
        Row{"OneStandsInADigest", [](Record& r) { r.recipients[0].digest = "a@1700000000"; }},
        Row{"ItIsClaimed",
            [](Record& r) {
              r.claim = {"host", 1};
            }},
        Row{"ItWasNotRouted", [](Record& r) { r.routed = false; }},
        Row{"ItNamesNobody", [](Record& r) { r.recipients.clear(); }}),
    [](const auto& row) { return row.param.name; });

TEST(Told, NotWhereTeleportSlackHasMessagesOfItsOwn) {
  RecordText text = encode(record_of({announced("C1")}), {});
  ASSERT_TRUE(told(text));
  RecordText more = text;
  more["messages"] += ",C9/9.9";
  EXPECT_FALSE(told(more));
  RecordText legacy = text;
  legacy["channel_id"] = "C9";
  EXPECT_FALSE(told(legacy));
  RecordText resolved = text;
  resolved["resolution"] = "APPROVED";
  EXPECT_FALSE(told(resolved));
}

TEST(Told, NotWhereItIsNotWrittenAsWeDo) {
  const std::string good = encode(record_of({announced("C1")}), {}).at("notifyd");
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    EXPECT_FALSE(told({{"notifyd", good.substr(0, cut)}, {"messages", "C1/1.5"}})) << cut;
  }
  for (const char* text :
       {"", "{}", "[]", "{\"v\":1}", "{\"to\":[],\"v\":1}", "{\"to\":[{\"id\":\"C1\",\"ok\":1}]}",
        "{\"to\":[{\"id\":\"C1\",\"ok\":1}],\"v\":2}",
        "{ \"to\":[{\"id\":\"C1\",\"ok\":1}],\"v\":1}",
        "{\"to\":[{\"id\":\"C1\",\"ok\":1,\"new\":1}],\"v\":1}",
        "{\"to\":[{\"id\":\"\",\"ok\":1}],\"v\":1}",
        "{\"to\":[{\"id\":\"C1\",\"ok\":1}],\"v\":1}}"}) {
    EXPECT_FALSE(told({{"notifyd", text}})) << text;
  }
  EXPECT_TRUE(told({{"notifyd", "{\"to\":[{\"id\":\"C1\",\"ok\":1}],\"v\":1}"}}));
}

}  // namespace
}  // namespace notifyd::delivery
