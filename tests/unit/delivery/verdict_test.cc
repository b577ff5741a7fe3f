#include "delivery/verdict.h"

#include <gtest/gtest.h>

namespace notifyd::delivery {
namespace {

using Fate = Verdict::Fate;
using Again = Verdict::Again;

struct Row {
  const char* name;
  notify_rc rc;
  Verdict delivery, search, search_of_a_reply;
};

class EachAnswer : public ::testing::TestWithParam<Row> {};

TEST_P(EachAnswer, HasOneMeaning) {
  const Row& row = GetParam();
  EXPECT_EQ(judge_delivery(row.rc), row.delivery);
  EXPECT_EQ(judge_search(row.rc, Step::announce()), row.search);
  EXPECT_EQ(judge_search(row.rc, Step::tell(End::kDenied)), row.search);
  EXPECT_EQ(judge_search(row.rc, Step::reply(0)), row.search_of_a_reply);
}

constexpr Verdict kDone{Fate::kDone, Again::kNow};
constexpr Verdict kNotDone{Fate::kNotDone, Again::kNow};
constexpr Verdict kNotDoneLater{Fate::kNotDone, Again::kLater};
constexpr Verdict kMaybeLater{Fate::kMaybe, Again::kLater};
constexpr Verdict kMaybeParked{Fate::kMaybe, Again::kParked};

INSTANTIATE_TEST_SUITE_P(
    Table, EachAnswer,
    ::testing::Values(
        Row{"Ok", NOTIFY_OK, kDone, kDone, kDone},
        Row{"OkSkipped", NOTIFY_OK_SKIPPED, kDone, kNotDone, kNotDone},
        Row{"Retry", NOTIFY_RETRY, kNotDoneLater, kMaybeLater, kMaybeLater},
        Row{"RetryLimited", NOTIFY_RETRY_LIMITED, kNotDoneLater, kMaybeLater, kMaybeLater},
        Row{"RetryOffline", NOTIFY_RETRY_OFFLINE, kNotDoneLater, kMaybeLater, kMaybeLater},
        Row{"RetryUnsure", NOTIFY_RETRY_UNSURE, kMaybeLater, kMaybeLater, kMaybeLater},
        Row{"DropRecipient",
            NOTIFY_DROP_RECIPIENT,
            {Fate::kUnreached, Again::kRarely},
            kNotDone,
            {Fate::kLeftOut, Again::kNow}},
        Row{"DropPayload",
            NOTIFY_DROP_PAYLOAD,
            {Fate::kRefused, Again::kNow},
            kNotDone,
            {Fate::kLeftOut, Again::kNow}},
        Row{"Broken",
            NOTIFY_BROKEN_AUTH,
            {Fate::kNotDone, Again::kParked},
            kMaybeParked,
            kMaybeParked},
        Row{"Cancelled", NOTIFY_CANCELLED, kMaybeLater, kMaybeLater, kMaybeLater},
        Row{"Misuse", NOTIFY_MISUSE, kMaybeLater, kMaybeLater, kMaybeLater}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace notifyd::delivery
