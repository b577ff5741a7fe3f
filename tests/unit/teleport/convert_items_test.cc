// Lists and streams with items that are no good.
#include <gmock/gmock.h>

#include "teleport/convert.h"
#include "unit/teleport/wire_bytes.h"

namespace notifyd::teleport {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// A label's value, a key, both: as Teleport encodes a map.
const std::string kBadLabels = pair_field(5, "x", "\xff") + pair_field(5, "\xfe", "\xff");

RequestPage page_of(const std::vector<std::string>& items) {
  std::string bytes;
  for (const std::string& item : items) bytes += field(1, item);
  const auto page = read_message(bytes, [](WireReader& reader) { return to_page(reader); });
  EXPECT_TRUE(page);
  return page.value_or(RequestPage());
}

std::vector<std::string> ids_of(const RequestPage& page) {
  std::vector<std::string> ids;
  for (const auto& request : page.requests) ids.push_back(request->id);
  return ids;
}

RecordList records_of(const std::vector<std::string>& items) {
  std::string bytes;
  for (const std::string& item : items) bytes += field(1, item);
  const auto records =
      read_message(bytes, [](WireReader& reader) { return to_records(reader, "slack"); });
  EXPECT_TRUE(records);
  return records.value_or(RecordList());
}

std::optional<WatchEvent> event_of(const std::string& bytes) {
  const auto event = read_message(bytes, to_event);
  EXPECT_TRUE(event);
  return event ? *event : std::nullopt;
}

std::string cut(std::string bytes, std::size_t by = 1) {
  bytes.resize(bytes.size() - by);
  return bytes;
}

TEST(ConvertItems, LabelsThatAreNotUtf8AreNoMatter) {
  const auto page = page_of({request_bytes("r1"), request_bytes("r2", kBadLabels)});
  EXPECT_THAT(ids_of(page), ElementsAre("r1", "r2"));
  EXPECT_THAT(page.unreadable, IsEmpty());
  EXPECT_EQ(event_of(put_event(request_bytes("r2", kBadLabels)))->request->id, "r2");
  EXPECT_EQ(event_of(delete_event("r2", kBadLabels))->id, "r2");
}

TEST(ConvertItems, ResolveAnnotationsThatAreNotUtf8AreNoMatter) {
  const std::string annotations = field(8, pair_field(1, "\xff", field(1, "\xff")));
  EXPECT_THAT(ids_of(page_of({request_bytes("r1", "", annotations)})), ElementsAre("r1"));
}

TEST(ConvertItems, AnItemThatIsCutOffIsNamedAndTheOthersAreRead) {
  const auto page = page_of({request_bytes("r1"), cut(request_bytes("r2")), request_bytes("r3")});
  EXPECT_THAT(ids_of(page), ElementsAre("r1", "r3"));
  EXPECT_THAT(page.unreadable, ElementsAre("r2"));
}

TEST(ConvertItems, ASpecThatCannotBeDecodedDoesNotHideWhoseItIs) {
  const auto page = page_of({request_without_readable_spec("r1")});
  EXPECT_THAT(ids_of(page), IsEmpty());
  EXPECT_THAT(page.unreadable, ElementsAre("r1"));
}

// The rest of an ID may make it another request's.
TEST(ConvertItems, PartOfAnIdIsNoId) {
  const std::string whole = field(4, field(1, "0190-12"));
  for (std::size_t by = 1; by < whole.size(); ++by) {
    EXPECT_THAT(page_of({cut(whole, by)}).unreadable, ElementsAre("")) << by;
  }
}

TEST(ConvertItems, MembersOfAnotherWireTypeAreNotThere) {
  const auto page = page_of({
      field(4, field(1, "r1")) + varint_field(5, 1),               // the spec is a number
      varint_field(4, 1) + field(5, field(1, "alice")),            // so is the metadata
      field(4, varint_field(1, 1)) + field(5, field(1, "alice")),  // so is the ID
      request_bytes("r4"),
  });
  EXPECT_THAT(ids_of(page), ElementsAre("r4"));
  EXPECT_THAT(page.unreadable, ElementsAre("r1", "", ""));
}

TEST(ConvertItems, AnIdThatIsNotUtf8IsNoGood) {
  const auto page = page_of({request_bytes("r\xff")});
  EXPECT_THAT(ids_of(page), IsEmpty());
  EXPECT_THAT(page.unreadable, ElementsAre("r\xff"));
  EXPECT_EQ(event_of(delete_event("r\xff"))->kind, WatchEvent::Kind::kUnreadable);
}

TEST(ConvertItems, OfSeveralAnnotationsWithOneKeyTheLastCountsAndNoValueIsNone) {
  const std::string annotations =
      field(9, pair_field(1, "team", field(1, "old")) + pair_field(1, "team", field(1, "new")) +
                   field(1, field(1, "empty")));
  const auto page = page_of({request_bytes("r1", "", annotations)});
  EXPECT_THAT(page.requests.at(0)->annotations,
              ElementsAre(Pair("empty", IsEmpty()), Pair("team", ElementsAre("new"))));
}

TEST(ConvertItems, AnEventThatCannotBeDecodedSaysWhoseItIsWhereItCan) {
  const auto known = event_of(put_event(request_without_readable_spec("r1")));
  EXPECT_EQ(known->kind, WatchEvent::Kind::kUnreadable);
  EXPECT_EQ(known->id, "r1");
  const auto unknown = event_of(put_event("\x0a\x7f"));
  EXPECT_EQ(unknown->kind, WatchEvent::Kind::kUnreadable);
  EXPECT_EQ(unknown->id, "");
}

TEST(ConvertItems, ADeletionCountsThoughTheRestOfItsHeaderIsBroken) {
  const std::string header = field(1, "access_request") + field(4, field(1, "r1")) + "\x2a\x7f";
  const auto event = event_of(varint_field(1, 2) + field(2, header));
  EXPECT_EQ(event->kind, WatchEvent::Kind::kDelete);
  EXPECT_EQ(event->id, "r1");
}

TEST(ConvertItems, ARecordThatCannotBeDecodedIsNotTakenForNone) {
  const auto records = records_of({
      record_bytes("r1", "slack", pair_field(1, "user", "alice")),
      cut(record_bytes("r2", "slack", pair_field(1, "user", "bob"))),
      record_bytes("r3", "slack", "\x0a\x7f"),
      "\x0a\x7f",
  });
  EXPECT_THAT(records.entries, ElementsAre(Pair("r1", ElementsAre(Pair("user", "alice")))));
  EXPECT_THAT(records.unreadable, ElementsAre("r2", "r3", ""));
}

TEST(ConvertItems, AnotherPluginsEntryMayBeWhatItLikes) {
  const std::string entries =
      pair_field(1, "\xff", "\x0a\x7f") + pair_field(1, "slack", pair_field(1, "user", "alice"));
  const auto records = records_of({field(4, field(1, "r1")) + field(5, entries)});
  EXPECT_THAT(records.entries, ElementsAre(Pair("r1", ElementsAre(Pair("user", "alice")))));
  EXPECT_THAT(records.unreadable, IsEmpty());
}

// They are compared and swapped, and only the same bytes are the same.
TEST(ConvertItems, KeysAndValuesOfARecordStayAsTheyAreAndTheLastCounts) {
  const std::string data =
      pair_field(1, "k\xff", "old") + pair_field(1, "k\xff", "v\xfe") + field(1, field(1, "empty"));
  const auto records = records_of({record_bytes("r1", "slack", data)});
  EXPECT_THAT(records.entries.at("r1"), ElementsAre(Pair("empty", ""), Pair("k\xff", "v\xfe")));
}

TEST(ConvertItems, OfRecordsThatAreToldNothingElseIsKept) {
  constexpr char kFirst[] = "0192a3b4-c5d6-7e8f-9012-000000000001";
  constexpr char kSecond[] = "0192a3b4-c5d6-7e8f-9012-000000000002";
  constexpr char kOwed[] = "0192a3b4-c5d6-7e8f-9012-000000000003";
  std::string bytes;
  for (const char* id : {kSecond, kFirst, kOwed, "r4"}) {
    const std::string says = id == kOwed ? "owed" : "told";
    bytes += field(1, record_bytes(id, "slack", pair_field(1, "user", says)));
  }
  const ToldTest told = [](const EntryView& entry) {
    return entry.at(0).second == "told" ? std::optional(Told{model::End::kDenied, 3})
                                        : std::nullopt;
  };
  const auto records =
      read_message(bytes, [&](WireReader& reader) { return to_records(reader, "slack", told); });
  ASSERT_TRUE(records);
  EXPECT_EQ(records->told.size(), 2U);
  EXPECT_EQ(records->told.find(kFirst), (Told{model::End::kDenied, 3}));
  EXPECT_EQ(records->told.find(kSecond), (Told{model::End::kDenied, 3}));
  EXPECT_FALSE(records->told.find(kOwed));
  EXPECT_EQ(records->entries.at(kOwed).at("user"), "owed");
  EXPECT_EQ(records->entries.at("r4").at("user"), "told") << "an ID that is not Teleport's";
}

TEST(ConvertItems, OfARequestThatIsAsAllRecordsSayNothingElseIsRead) {
  constexpr char kId[] = "0192a3b4-c5d6-7e8f-9012-000000000001";
  const std::string review = field(12, field(1, "bob") + varint_field(3, 2));
  const std::string spec = field(1, "alice") + varint_field(3, 3) + review + review;  // denied
  const std::string bytes = field(1, request_bytes(kId, "", spec)) + field(2, "next");
  const auto told_by = [&](std::optional<Told> says) {
    auto records = std::make_shared<ToldRecords>();
    if (says) records->add(*pack(kId), *says);
    return ToldRecordsPtr(records);
  };
  const auto settled = [&](const AllTold& told) {
    const auto page =
        read_message(bytes, [&](WireReader& reader) { return to_page(reader, told); });
    EXPECT_EQ(page->next, "next");
    EXPECT_EQ(page->requests.size() + page->settled.size(), 1U);
    for (const Settled& one : page->settled) {
      EXPECT_EQ(one.now, (Told{model::End::kDenied, 2}));
    }
    return page->settled.size() == 1;
  };
  const auto denied = [&](std::uint32_t reviews) {
    return told_by(Told{model::End::kDenied, reviews});
  };
  EXPECT_TRUE(settled({denied(2)}));
  EXPECT_TRUE(settled({denied(2), denied(3)}));
  EXPECT_FALSE(settled({}));
  EXPECT_FALSE(settled({denied(2), told_by(std::nullopt)})) << "another instance may owe something";
  EXPECT_FALSE(settled({denied(1)}));
  EXPECT_FALSE(settled({told_by(Told{model::End::kApproved, 2})}));
}

}  // namespace
}  // namespace notifyd::teleport
