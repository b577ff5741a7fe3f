// A server whose messages cannot be decoded, in part or at all: what somebody put into Teleport, a
// proxy that cut them, something else on that port.
#include <gmock/gmock.h>

#include "unit/teleport/garbler.h"
#include "unit/teleport/wire_bytes.h"

namespace notifyd::teleport {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// 60 requests, and between any two of them one that is no good, each in its way.
constexpr int kGood = 60;
std::vector<std::string> items_good_and_bad() {
  const std::vector<std::string> bad = {
      request_bytes("labels", pair_field(5, "x", "\xff")),  // this one can be read
      request_without_readable_spec("spec"),
      field(4, field(1, "wire type")) + varint_field(5, 1),
      varint_field(4, 1) + field(5, field(1, "alice")),
      request_bytes("\xff"),
  };
  std::vector<std::string> items;
  for (int i = 0; i < kGood; ++i) {
    items.push_back(request_bytes("good " + std::to_string(i)));
    items.push_back(bad.at(static_cast<std::size_t>(i) % bad.size()));
  }
  return items;
}

std::string page_that_ends_early() {
  std::string bytes = list_of({request_bytes("1"), request_bytes("2"), request_bytes("3")});
  bytes.pop_back();
  return bytes;
}

using GarbageTest = GarblerTest;

TEST_F(GarbageTest, AListThatCannotBeDecodedIsAnErrorAndNotAShortList) {
  garbler_.messages = {page_that_ends_early()};
  const auto page = list();
  ASSERT_FALSE(page);
  EXPECT_THAT(page.error().message, HasSubstr("cannot be decoded"));
}

TEST_F(GarbageTest, ItemsOfAListThatAreNoGoodLeaveAllOthers) {
  garbler_.messages = {list_of(items_good_and_bad())};
  const auto page = list();
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(count_good(*page), 60U);
  EXPECT_THAT(page->requests, SizeIs(kGood + 12));  // those with labels that are not UTF-8 too
  EXPECT_THAT(page->unreadable, SizeIs(48));
}

TEST_F(GarbageTest, ItemsOfTheOlderListThatAreNoGoodLeaveAllOthers) {
  garbler_.is_old = true;
  garbler_.messages = items_good_and_bad();
  const auto page = list();
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(count_good(*page), 60U);
  EXPECT_THAT(page->unreadable, SizeIs(48));
}

TEST_F(GarbageTest, AnItemThatIsCutOffInTheMiddleOfAListLeavesAllOthers) {
  std::string cut = request_bytes("2");
  cut.pop_back();
  garbler_.messages = {list_of({request_bytes("1"), cut, request_bytes("3")})};
  const auto page = list();
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(page->requests, SizeIs(2));
  EXPECT_THAT(page->unreadable, ElementsAre("2"));
}

TEST_F(GarbageTest, ARecordThatCannotBeDecodedIsAnErrorWhereItIsReadByItself) {
  garbler_.messages = {field(1, record_bytes("1", "slack", "\x0a\x7f"))};
  const auto all = thread_.run([this] { return session_->list_records("slack", nullptr); });
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_THAT(all->entries, IsEmpty());
  EXPECT_THAT(all->unreadable, ElementsAre("1"));
  const auto one = thread_.run([this] { return session_->read("1", "slack"); });
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().code, Errc::kDamaged);
}

TEST_F(GarbageTest, AnEventThatIsNoGoodLeavesThoseAroundIt) {
  garbler_.messages = {"",
                       put_event(request_bytes("1")),
                       put_event(request_without_readable_spec("2")),
                       put_event("\x0a\x7f"),
                       put_event(request_bytes("3", pair_field(5, "x", "\xff"))),
                       delete_event("1", pair_field(5, "x", "\xff"))};
  thread_.on([this] { stream_ = session_->watch(); });
  std::vector<std::string> told;
  for (std::size_t i = 0; i < garbler_.messages.size(); ++i) {
    const auto event = thread_.run([this] { return stream_->next(); });
    ASSERT_TRUE(event) << event.error().message;
    static constexpr const char* kKinds[] = {"init ", "put ", "delete ", "unreadable "};
    told.push_back(kKinds[static_cast<int>(event->kind)] +
                   (event->request ? event->request->id : event->id));
  }
  EXPECT_THAT(told,
              ElementsAre("init ", "put 1", "unreadable 2", "unreadable ", "put 3", "delete 1"));
}

TEST_F(GarbageTest, RecordsThatCannotBeDecodedAreAnError) {
  garbler_.messages = {"\x0a\x7f"};
  EXPECT_FALSE(thread_.run([this] { return session_->list_records("slack", nullptr); }));
}

TEST_F(GarbageTest, AnEventThatCannotBeDecodedEndsTheStreamThoughTheServerKeepsItOpen) {
  garbler_.messages = {"\x0a\x7f"};
  thread_.on([this] { stream_ = session_->watch(); });
  const auto event = thread_.run([this] { return stream_->next(); });
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Errc::kUnavailable);
  EXPECT_THAT(event.error().message, HasSubstr("cannot be decoded"));
}

}  // namespace
}  // namespace notifyd::teleport
