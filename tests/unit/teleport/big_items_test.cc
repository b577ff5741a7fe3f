// What is big in Teleport, made so by a requester, a reviewer, or another program that writes
// plugin data: it is bounded where it comes in, and all others come through.
#include <gmock/gmock.h>

#include <fstream>

#include "teleport/convert.h"
#include "teleport/request_shape.h"
#include "unit/teleport/garbler.h"

namespace notifyd::teleport {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kMiB = std::size_t{1} << 20U;
constexpr std::size_t kBig = 64 * kMiB;
constexpr std::size_t kMany = 100'000;
constexpr int kOthers = 60;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsOurs = false;
#else
constexpr bool kMemoryIsOurs = true;
#endif

std::string request_with(const std::string& id, const std::string& spec) {
  return request_bytes(id, "", spec);
}

std::string big_reason(const std::string& id, std::size_t size) {
  return request_with(id, field(6, std::string(size, 'r')) + field(7, std::string(kMiB, 's')));
}

std::string resource(std::size_t number) {
  return field(1, "example.com") + field(2, "node") + field(3, "node-" + std::to_string(number));
}

// In the order of their numbers, as Go writes them.
std::string many_lists(const std::string& id) {
  std::string roles, values, thresholds, by_role, reviews, reviewers, resources, access;
  for (std::size_t i = 0; i < kMany; ++i) {
    const std::string name = "name-" + std::to_string(i);
    roles += field(2, name);
    values += field(1, name);
    thresholds += field(10, field(1, name));
    by_role += field(11, field(1, name));
    reviews += field(12, field(1, name) + varint_field(3, 2));
    reviewers += field(13, name);
    resources += field(14, resource(i));
    access += field(26, field(1, resource(i)));
  }
  const std::string annotations = field(9, field(1, field(1, "team") + field(2, values)));
  return request_with(
      id, roles + annotations + thresholds + by_role + reviews + reviewers + resources + access);
}

// Kilobytes that this process had more than at the start, at the worst.
class Peak {
 public:
  Peak() : before_(status("VmRSS:")) { std::ofstream("/proc/self/clear_refs") << 5; }
  std::size_t mebibytes() const {
    return (status("VmHWM:") - std::min(before_, status("VmHWM:"))) / 1024;
  }

 private:
  static std::size_t status(const std::string& key) {
    std::ifstream file("/proc/self/status");
    std::string word;
    std::size_t value = 0;
    while (file >> word && word != key) {
    }
    file >> value;
    return value;
  }
  std::size_t before_;
};

class BigItemsTest : public GarblerTest {
 protected:
  static std::vector<std::string> items(std::size_t reason) {
    std::vector<std::string> items{big_reason("reason", reason), many_lists("lists")};
    for (int i = 0; i < kOthers; ++i) {
      items.push_back(request_bytes("good " + std::to_string(i)));
    }
    return items;
  }

  static const AccessRequest& find(const RequestPage& page, const std::string& id) {
    for (const auto& request : page.requests) {
      if (request->id == id) return *request;
    }
    throw std::runtime_error(id + " is not there");
  }

  static void expect_bounded(const RequestPage& page) {
    EXPECT_EQ(count_good(page), 60U);
    EXPECT_THAT(page.unreadable, IsEmpty());
    const AccessRequest& reason = find(page, "reason");
    EXPECT_EQ(reason.reason, std::string(4096, 'r') + "…");
    EXPECT_EQ(reason.resolve_reason, std::string(4096, 's') + "…");
    const AccessRequest& lists = find(page, "lists");
    EXPECT_THAT(lists.roles, SizeIs(1000));
    EXPECT_THAT(lists.suggested_reviewers, SizeIs(1000));
    EXPECT_THAT(lists.resources, SizeIs(1000));
    EXPECT_THAT(lists.reviews, SizeIs(1000));
    EXPECT_EQ(lists.left_out.roles, kMany + 1 - 1000);  // "editor" and these
    EXPECT_EQ(lists.left_out.resources, kMany - 1000);
    EXPECT_EQ(lists.left_out.suggested_reviewers, kMany - 1000);
    EXPECT_EQ(lists.left_out.reviews, kMany - 1000);
  }
};

// As it came, and no second time. It was there up to six times.
TEST_F(BigItemsTest, AListIsInMemoryOnceAndWhatIsKeptOfItIsSmall) {
  garbler_.messages = {list_of(items(kBig))};
  const std::size_t size = garbler_.messages.front().size() / kMiB;
  const Peak peak;
  const auto page = list();
  ASSERT_TRUE(page) << page.error().message;
  if (kMemoryIsOurs) {
    EXPECT_LT(peak.mebibytes(), 2 * size);
  }
  RecordProperty("message_MiB", static_cast<int>(size));
  RecordProperty("peak_MiB", static_cast<int>(peak.mebibytes()));
  expect_bounded(*page);
}

TEST_F(BigItemsTest, TheOlderListIsBoundedTheSameWay) {
  garbler_.is_old = true;
  garbler_.messages = items(8 * kMiB);
  const auto page = list();
  ASSERT_TRUE(page) << page.error().message;
  expect_bounded(*page);
}

TEST_F(BigItemsTest, AnEventIsInMemoryOnceAndTheNextOneComes) {
  garbler_.messages = {put_event(big_reason("reason", kBig)), put_event(request_bytes("good"))};
  thread_.on([this] { stream_ = session_->watch(); });
  const Peak peak;
  const auto big = thread_.run([this] { return stream_->next(); });
  ASSERT_TRUE(big) << big.error().message;
  EXPECT_THAT(big->request->reason, SizeIs(4096 + 3));
  const auto next = thread_.run([this] { return stream_->next(); });
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(next->request->id, "good");
  if (kMemoryIsOurs) {
    EXPECT_LT(peak.mebibytes(), 130U);
  }
}

TEST_F(BigItemsTest, AReasonAsLongAsTeleportTakesIsNotCut) {
  garbler_.messages = {list_of({request_with("r1", field(6, std::string(4096, 'r')))})};
  EXPECT_EQ(list()->requests.at(0)->reason, std::string(4096, 'r'));
}

TEST_F(BigItemsTest, AMillionTinyElementsAreCountedAndNotKept) {
  std::string spec;
  for (std::size_t i = 0; i < 1'000'000; ++i) spec += field(13, "") + field(14, "");
  garbler_.messages = {list_of({request_with("tiny", spec)})};
  const auto page = list();
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->requests.at(0)->left_out.suggested_reviewers, 999'000U);
  EXPECT_THAT(page->requests.at(0)->resources, SizeIs(1000));
}

TEST_F(BigItemsTest, LongNamesAreCutAndAllOfARequestIsBounded) {
  std::string spec;
  for (int i = 0; i < 1000; ++i) spec += field(2, std::to_string(i) + std::string(10'000, 'x'));
  garbler_.messages = {list_of({request_with("names", spec)})};
  const auto page = list();
  ASSERT_TRUE(page) << page.error().message;
  const AccessRequest& request = *page->requests.at(0);
  std::size_t bytes = 0;
  for (const std::string& role : request.roles) bytes += role.size();
  EXPECT_LT(bytes, kMaxSpec + 2 * kMaxName);
  EXPECT_THAT(request.roles.back(), EndsWith("…"));
  EXPECT_EQ(request.roles.size() + request.left_out.roles, 1001U);
}

TEST_F(BigItemsTest, AnEntryOfAHundredMegabytesIsLeftAloneAndTheOthersAreRead) {
  const std::string small = pair_field(1, "user", "alice");
  garbler_.messages = {
      field(1, record_bytes("big", "slack", pair_field(1, "user", std::string(100 * kMiB, 'x')))) +
      field(1, record_bytes("good", "slack", small))};
  const Peak peak;
  const auto records = thread_.run([this] { return session_->list_records("slack", nullptr); });
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_THAT(records->entries, SizeIs(1));
  EXPECT_THAT(records->unreadable, ::testing::ElementsAre("big"));
  if (kMemoryIsOurs) {
    EXPECT_LT(peak.mebibytes(), 200U);
  }
}

TEST_F(BigItemsTest, AnEntryThatIsTooBigIsNotTakenForNoneWhenItIsReadByItself) {
  garbler_.messages = {
      field(1, record_bytes("big", "slack", pair_field(1, "user", std::string(kMaxEntry, 'x'))))};
  const auto one = thread_.run([this] { return session_->read("big", "slack"); });
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().code, Errc::kDamaged);
}

TEST_F(BigItemsTest, MegabytesOfAnotherPluginAreNoMatter) {
  const std::string entries = pair_field(1, "jira", std::string(10 * kMiB, 'x')) +
                              pair_field(1, "slack", pair_field(1, "user", "alice"));
  garbler_.messages = {field(1, field(4, field(1, "r1")) + field(5, entries))};
  const auto records = thread_.run([this] { return session_->list_records("slack", nullptr); });
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_EQ(records->entries.at("r1").at("user"), "alice");
  EXPECT_THAT(records->unreadable, IsEmpty());
}

TEST_F(BigItemsTest, AnEntryOfTooManyKeysIsLeftAlone) {
  std::string entry;
  for (std::size_t i = 0; i <= kMaxEntryKeys; ++i) entry += pair_field(1, std::to_string(i), "x");
  garbler_.messages = {field(1, record_bytes("r1", "slack", entry))};
  const auto records = thread_.run([this] { return session_->list_records("slack", nullptr); });
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_THAT(records->unreadable, ::testing::ElementsAre("r1"));
}

// ---- What no message can carry ----

class SmallMessagesTest : public GrpcWorld {
 protected:
  static constexpr int kMax = 64 << 10;

  SmallMessagesTest() {
    const auto identity = load_identity(options().credentials, std::chrono::system_clock::now());
    if (!identity) throw std::runtime_error(identity.error().message);
    thread_.on([&] {
      door_ = std::make_shared<Door>(thread_.engine());
      session_ = make_session(make_channel(server_.address(), *identity, kMax), door_);
    });
  }
  ~SmallMessagesTest() override {
    thread_.on([this] {
      session_.reset();
      door_->close();
    });
  }

  std::string create_with_reason(std::size_t size) {
    sim::NewRequest request;
    request.user = "alice@example.com";
    request.roles = {"editor"};
    request.reason = std::string(size, 'r');
    return cluster_.create_request(request);
  }

  // In the order of their IDs.
  std::set<std::string> create_some(int count = 30) {
    std::set<std::string> made;
    for (int i = 0; i < count; ++i) made.insert(create_with_reason(100));
    return made;
  }
  std::string create_too_big() { return create_with_reason(2 * kMax); }

  struct Listed {
    std::set<std::string> ids;
    std::multiset<std::string> unreadable;
  };
  Listed list_all() {
    Listed all;
    std::string next;
    do {
      const auto page = thread_.run([&] { return session_->list(next, {}); });
      if (!page) throw std::runtime_error(page.error().message);
      for (const auto& request : page->requests) all.ids.insert(request->id);
      all.unreadable.insert(page->unreadable.begin(), page->unreadable.end());
      next = page->next;
    } while (!next.empty());
    return all;
  }
  std::uint64_t lists() const { return server_.calls(sim::AuthMethod::kListAccessRequests); }

  std::shared_ptr<Door> door_;
  std::shared_ptr<AuthSession> session_;
};

TEST_F(SmallMessagesTest, APageThatIsTooBigIsAskedForInParts) {
  std::set<std::string> made;
  for (int i = 0; i < 60; ++i) made.insert(create_with_reason(4000));
  const Listed listed = list_all();
  EXPECT_EQ(listed.ids, made);
  EXPECT_THAT(listed.unreadable, IsEmpty());
}

// The requests that fit into one message 8 at a time, in 125 pages. Two are refused on the way.
TEST_F(SmallMessagesTest, AThousandBigRequestsAreNotAskedForTooManyAtATimeAgainAndAgain) {
  for (int i = 0; i < 1000; ++i) create_with_reason(4000);
  EXPECT_THAT(list_all().ids, SizeIs(1000));
  EXPECT_LE(lists(), 130U);
}

TEST_F(SmallMessagesTest, SixtyOfSixtyOthersAreListedAroundOneThatCannotBeReceived) {
  std::set<std::string> made;
  for (int i = 0; i < 30; ++i) made.insert(create_with_reason(4000));
  const std::string big = create_too_big();
  for (int i = 0; i < 30; ++i) made.insert(create_with_reason(4000));
  const Listed listed = list_all();
  EXPECT_EQ(listed.ids, made);
  EXPECT_THAT(listed.unreadable, ElementsAre(big));
}

TEST_F(SmallMessagesTest, NinetyOfNinetyOthersAreListedAroundTwoThatCannotBeReceived) {
  auto made = create_some();
  const std::string first = create_too_big();
  made.merge(create_some());
  const std::string second = create_too_big();
  made.merge(create_some());
  const Listed listed = list_all();
  EXPECT_EQ(listed.ids, made);
  EXPECT_THAT(listed.unreadable, ElementsAre(first, second));
}

// Of the first in the list nobody tells the ID from there, but from the other end.
TEST_F(SmallMessagesTest, OthersAreListedBehindOneThatIsTheFirstAndAroundMoreOfThem) {
  const std::string first = create_too_big();
  auto made = create_some();
  const std::string second = create_too_big();
  made.merge(create_some());
  const Listed listed = list_all();
  EXPECT_EQ(listed.ids, made);
  EXPECT_THAT(listed.unreadable, ElementsAre("", first, second));
}

TEST_F(SmallMessagesTest, OthersAreListedAroundTwoInARow) {
  auto made = create_some();
  const std::string first = create_too_big();
  const std::string second = create_too_big();
  made.merge(create_some());
  const Listed listed = list_all();
  EXPECT_EQ(listed.ids, made);
  EXPECT_THAT(listed.unreadable, ElementsAre("", first, second));
}

TEST_F(SmallMessagesTest, AListOfNothingButSuchEnds) {
  for (int i = 0; i < 5; ++i) create_too_big();
  const Listed listed = list_all();
  EXPECT_THAT(listed.ids, IsEmpty());
  EXPECT_GE(listed.unreadable.count(""), 1U);
}

TEST_F(SmallMessagesTest, TheLastOfAllIsOneToo) {
  const auto made = create_some();
  const std::string big = create_too_big();
  const Listed listed = list_all();
  EXPECT_EQ(listed.ids, made);
  EXPECT_THAT(listed.unreadable, ElementsAre(big));
}

// More than comes in a minute never turns out to be too big.
TEST_F(SmallMessagesTest, APageThatDoesNotComeInTimeIsAskedForInParts) {
  const auto made = create_some();
  server_.faults().set(sim::AuthMethod::kListAccessRequests,
                       {.code = grpc::StatusCode::DEADLINE_EXCEEDED, .calls = 2});
  const Listed listed = list_all();
  EXPECT_EQ(listed.ids, made);
  EXPECT_THAT(listed.unreadable, IsEmpty());
}

TEST_F(SmallMessagesTest, AServerThatAnswersNothingInTimeIsAnErrorAllTheSame) {
  create();
  server_.faults().set(sim::AuthMethod::kListAccessRequests,
                       {.code = grpc::StatusCode::DEADLINE_EXCEEDED});
  const auto page = thread_.run([this] { return session_->list("", {}); });
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Errc::kTimeout);
  EXPECT_EQ(lists(), 3U) << "64, 8, 1";
}

// The older list says nothing of what comes behind it.
TEST_F(SmallMessagesTest, TheOlderListHasWhatComesBeforeOneThatCannotBeReceived) {
  sim::AuthQuirks quirks;
  quirks.no_list_access_requests = true;
  server_.faults().set_quirks(quirks);
  const auto made = create_some();
  create_too_big();
  create_some();
  const Listed listed = list_all();
  EXPECT_EQ(listed.ids, made);
  EXPECT_THAT(listed.unreadable, ElementsAre(""));
}

TEST_F(SmallMessagesTest, RecordsThatAreTooBigForOneMessageAreReadByThemselves) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(create());
    ASSERT_TRUE(cluster_.update_plugin_data({.resource = ids.back(),
                                             .plugin = "slack",
                                             .set = {{"user", std::string(5000, 'x')}},
                                             .expect = {}}));
  }
  const auto records = thread_.run([this] { return session_->list_records("slack", nullptr); });
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_THAT(records->entries, IsEmpty());
  EXPECT_THAT(records->unreadable, ::testing::ElementsAre(""));
  const auto one = thread_.run([&] { return session_->read(ids.front(), "slack"); });
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_THAT(one->at("user"), SizeIs(5000));
}

}  // namespace
}  // namespace notifyd::teleport
