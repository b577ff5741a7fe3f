#include "module/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace notifyd::modules {
namespace {

using ::testing::HasSubstr;

notify_str str(std::string_view s) { return {s.data(), s.size()}; }

notify_result result(notify_rc rc = NOTIFY_OK) {
  notify_result raw{};
  raw.size = sizeof raw;
  raw.rc = rc;
  return raw;
}

class Recipients {
 public:
  Recipients& add(std::string_view id, std::string_view label = "x",
                  std::uint32_t audience = NOTIFY_TO_REVIEWER) {
    all_.push_back({sizeof(notify_recipient), audience, str(id), str(label)});
    return *this;
  }
  TakenAnswer take() {
    std::vector<const notify_recipient*> pointers;
    for (const auto& r : all_) pointers.push_back(&r);
    notify_result raw = result();
    raw.recipients = pointers.data();
    raw.n_recipients = pointers.size();
    return take_answer(&raw);
  }

 private:
  std::vector<notify_recipient> all_;
};

TEST(Answer, IsCopied) {
  notify_result raw = result(NOTIFY_RETRY_LIMITED);
  raw.retry_after_ms = 7000;
  raw.whole_instance = 1;
  raw.receipt = str("C1/17.1");
  raw.message = str("C1/17.1");
  raw.detail = str("slow down");
  const TakenAnswer taken = take_answer(&raw);
  EXPECT_EQ(taken.misuse, "");
  EXPECT_EQ(taken.answer.rc, notify_rc{NOTIFY_RETRY_LIMITED});
  EXPECT_EQ(taken.answer.retry_after_ms, 7000U);
  EXPECT_TRUE(taken.answer.whole_instance);
  EXPECT_EQ(taken.answer.receipt, "C1/17.1");
  EXPECT_EQ(taken.answer.message, "C1/17.1");
  EXPECT_EQ(taken.answer.detail, "slow down");
}

TEST(Answer, OfAnUnknownClassIsRetried) {
  const notify_result unknown_class = result(0x0900);
  const notify_result unknown_detail = result(0x02ff);
  EXPECT_EQ(take_answer(&unknown_class).answer.rc, notify_rc{NOTIFY_RETRY});
  EXPECT_EQ(take_answer(&unknown_detail).answer.rc, 0x02ffU) << "a detail code from a newer ABI";
}

TEST(Answer, MayHaveNullForEmptyText) {
  notify_result raw = result();
  raw.receipt = {nullptr, 0};
  EXPECT_EQ(take_answer(&raw).misuse, "");
}

TEST(Answer, WithAReceiptOverTheLimitIsMisuse) {
  const std::string most(4096, 'x');
  notify_result raw = result();
  raw.receipt = str(most);
  EXPECT_EQ(take_answer(&raw).misuse, "");
  const std::string more(4097, 'x');
  raw.receipt = str(more);
  const TakenAnswer taken = take_answer(&raw);
  EXPECT_EQ(taken.misuse, "the receipt has 4097 bytes, at most 4096 are allowed");
  EXPECT_EQ(taken.answer.rc, notify_rc{NOTIFY_MISUSE});
  EXPECT_EQ(taken.answer.receipt, "");
}

TEST(Answer, WithTextThatTheRecordCannotHoldIsMisuse) {
  const auto with_receipt = [](std::string_view receipt) {
    notify_result raw = result();
    raw.receipt = str(receipt);
    return take_answer(&raw).misuse;
  };
  EXPECT_THAT(with_receipt(std::string_view("a\0b", 3)), HasSubstr("control character"));
  EXPECT_THAT(with_receipt("a\nb"), HasSubstr("control character"));
  EXPECT_THAT(with_receipt("\xff"), HasSubstr("not UTF-8"));
  EXPECT_EQ(with_receipt("grüße"), "");
}

// It is done, and would be done again for the sake of a name that nobody needs.
TEST(Answer, KeepsItsReceiptWhenTheMessagesNameCannotBeKept) {
  const std::string long_name(256, 'x');
  for (const std::string_view name : {"a,b", "a\nb", "a\x7f", "\xff", long_name.c_str()}) {
    notify_result raw = result();
    raw.receipt = str("C1/17.1");
    raw.message = str(name);
    const TakenAnswer taken = take_answer(&raw);
    EXPECT_EQ(taken.misuse, "") << name;
    EXPECT_EQ(taken.answer.rc, notify_rc{NOTIFY_OK}) << name;
    EXPECT_EQ(taken.answer.receipt, "C1/17.1") << name;
    EXPECT_EQ(taken.answer.message, "") << name;
    ASSERT_EQ(taken.left_out.size(), 1U) << name;
    EXPECT_THAT(taken.left_out[0], HasSubstr("the message's name")) << name;
  }
}

TEST(Answer, GivesRecipients) {
  const TakenAnswer taken = Recipients().add("C1", "#ops").add("U1", "alice@example.com").take();
  ASSERT_EQ(taken.answer.recipients.size(), 2U);
  EXPECT_EQ(taken.answer.recipients[1].id, "U1");
  EXPECT_EQ(taken.answer.recipients[1].label, "alice@example.com");
}

TEST(Answer, LeavesOutTheRecipientThatCannotBeUsedAndKeepsTheOthers) {
  const std::string too_long(256, 'x');
  const std::vector<std::pair<std::string_view, std::string_view>> unusable{
      {"", "has no id"},
      {std::string_view("a\0b", 3), "has an id that has a control character"},
      {"a\nb", "has an id that has a control character"},
      {"a\x1b[2J", "has an id that has a control character"},
      {"a\x7f", "has an id that has a control character"},
      {"\xff", "has an id that is not UTF-8"},
      {"\xed\xa0\x80", "has an id that is not UTF-8"},
      {"C1", "has the id of another"},
      {too_long, "has an id that has 256 bytes, at most 255 are allowed"}};
  for (const auto& [id, why] : unusable) {
    const TakenAnswer taken = Recipients().add("C1").add(id, "").add("C3").take();
    EXPECT_EQ(taken.misuse, "") << why;
    EXPECT_EQ(taken.answer.rc, notify_rc{NOTIFY_OK}) << why;
    ASSERT_EQ(taken.answer.recipients.size(), 2U) << why;
    EXPECT_EQ(taken.answer.recipients[1].id, "C3") << why;
    ASSERT_EQ(taken.left_out.size(), 1U) << why;
    EXPECT_THAT(taken.left_out[0], HasSubstr(why));
  }
}

TEST(Answer, NamesTheRecipientThatItLeavesOutInOneShortLine) {
  const TakenAnswer taken =
      Recipients().add("C1").add("C2\n", "#ops\nERROR forged" + std::string(300, 'x')).take();
  ASSERT_EQ(taken.left_out.size(), 1U);
  EXPECT_THAT(taken.left_out[0], ::testing::StartsWith("recipient \"#ops ERROR forgedxxx"));
  EXPECT_LT(taken.left_out[0].size(), 150U);
}

TEST(Answer, LeavesOutARecipientInARoleThatIsNotKnown) {
  const notify_recipient known{sizeof known, NOTIFY_TO_REVIEWER, str("C1"), str("#ops")};
  const notify_recipient newer{sizeof newer, 99, str("C2"), str("#audit")};
  const notify_recipient* const recipients[] = {&newer, &known};
  notify_result raw = result();
  raw.recipients = recipients;
  raw.n_recipients = 2;
  const TakenAnswer taken = take_answer(&raw);
  EXPECT_EQ(taken.misuse, "");
  ASSERT_EQ(taken.answer.recipients.size(), 1U);
  EXPECT_EQ(taken.answer.recipients[0].id, "C1");
  EXPECT_THAT(taken.left_out,
              ::testing::ElementsAre("recipient \"#audit\" has the audience 99, which this daemon "
                                     "does not know"));
}

TEST(Answer, OfNobodyWhoCanBeUsedIsMisuse) {
  const TakenAnswer taken = Recipients().add("a\tb", "#ops").take();
  EXPECT_EQ(taken.misuse,
            "no recipient can be used, recipient \"#ops\" has an id that has a control character");
  EXPECT_EQ(taken.answer.rc, notify_rc{NOTIFY_MISUSE});
  EXPECT_TRUE(taken.answer.recipients.empty());
}

TEST(Answer, WithMoreRecipientsThanOneRequestMayHaveIsCutAndIsNoMisuse) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20'000; ++i) ids.push_back("U" + std::to_string(i));
  Recipients recipients;
  for (const std::string& id : ids) recipients.add(id);
  recipients.add("alice", "x", NOTIFY_TO_REQUESTER).add("fallback", "x", NOTIFY_TO_FALLBACK);
  const TakenAnswer taken = recipients.take();
  EXPECT_EQ(taken.misuse, "");
  ASSERT_EQ(taken.answer.recipients.size(), 992U) << "990 reviewers, who asked, and the fallback";
  EXPECT_EQ(taken.answer.recipients[989].id, "U989") << "the first named";
  EXPECT_EQ(taken.answer.recipients[991].id, "fallback");
  EXPECT_EQ(taken.beyond_most, 19'010U);
}

TEST(Answer, ThatCountsRecipientsAndHasNoneIsMisuse) {
  notify_result raw = result();
  raw.n_recipients = 1;
  EXPECT_THAT(take_answer(&raw).misuse, HasSubstr("recipients is NULL"));
}

TEST(Answer, ThatIsNullIsMisuse) { EXPECT_THAT(take_answer(nullptr).misuse, HasSubstr("is NULL")); }

TEST(Answer, WithoutItsSizeIsMisuse) {
  notify_result raw = result();
  raw.size = 8;
  EXPECT_EQ(take_answer(&raw).misuse,
            "the result has size 8, expected at least 80; set it to sizeof(notify_result)");
}

TEST(Answer, WithARecipientWithoutItsSizeIsMisuse) {
  const notify_recipient recipient{0, NOTIFY_TO_REVIEWER, str("C1"), str("#ops")};
  const notify_recipient* const recipients[] = {&recipient, nullptr};
  notify_result raw = result();
  raw.recipients = recipients;
  raw.n_recipients = 1;
  EXPECT_THAT(take_answer(&raw).misuse,
              HasSubstr("a recipient has size 0, expected at least 40; set it to"));
  raw.recipients = recipients + 1;
  EXPECT_THAT(take_answer(&raw).misuse, HasSubstr("a recipient is NULL"));
}

TEST(Answer, OfANewerModuleIsCutToWhatThisDaemonKnows) {
  struct {
    notify_recipient known;
    const void* later;
  } recipient{{sizeof recipient, NOTIFY_TO_REVIEWER, str("C1"), str("#ops")}, this};
  const notify_recipient* const recipients[] = {&recipient.known};
  struct {
    notify_result known;
    const void* later;
  } newer{result(), this};
  newer.known.size = sizeof newer;
  newer.known.recipients = recipients;
  newer.known.n_recipients = 1;
  const TakenAnswer taken = take_answer(&newer.known);
  EXPECT_EQ(taken.misuse, "");
  EXPECT_EQ(taken.answer.recipients.at(0).label, "#ops");
}

TEST(Answer, DetailIsMadeOneBoundedLine) {
  const std::string detail = "two\nlines\xff" + std::string(5000, 'x');
  notify_result raw = result();
  raw.detail = str(detail);
  const TakenAnswer taken = take_answer(&raw);
  EXPECT_EQ(taken.misuse, "") << "it is only for the log";
  EXPECT_THAT(taken.answer.detail, ::testing::StartsWith("two lines\xEF\xBF\xBDx"));
  EXPECT_LT(taken.answer.detail.size(), 1100U);
}

TEST(Answer, CodesHaveNames) {
  EXPECT_EQ(rc_name(NOTIFY_BROKEN_AUTH), "BROKEN_AUTH");
  EXPECT_EQ(rc_name(0x02ff), "DROP");
  EXPECT_EQ(rc_name(0x0900), "RETRY");
}

}  // namespace
}  // namespace notifyd::modules
