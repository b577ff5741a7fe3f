#include "delivery/view.h"

#include <gtest/gtest.h>

namespace notifyd::delivery {
namespace {

using model::End;

model::AccessRequestPtr request(End end, std::size_t reviews = 0) {
  auto request = std::make_shared<model::AccessRequest>();
  request->end = end;
  request->reviews.resize(reviews);
  return request;
}

TEST(View, ANewReviewIsNews) {
  View view;
  EXPECT_EQ(view.see(request(End::kNone)), View::News::kSome);
  EXPECT_EQ(view.see(request(End::kNone, 1)), View::News::kSome);
  EXPECT_EQ(view.reviews(), 1U);
}

TEST(View, AnEndIsNewsOfItsOwn) {
  View view;
  view.see(request(End::kNone));
  EXPECT_EQ(view.see(request(End::kApproved)), View::News::kEnd);
  EXPECT_EQ(view.see(request(End::kDenied)), View::News::kEnd) << "a denial overrules";
}

TEST(View, AnOlderViewChangesNothing) {
  View view;
  view.see(request(End::kDenied, 2));
  EXPECT_EQ(view.see(request(End::kNone, 3)), View::News::kNone);
  EXPECT_EQ(view.see(request(End::kDenied, 1)), View::News::kNone);
  EXPECT_EQ(view.end(), End::kDenied);
  EXPECT_EQ(view.reviews(), 2U);
}

TEST(View, ReviewsThatAreLeftOutCountToo) {
  const auto with_left_out = [](std::size_t reviews, std::size_t left_out) {
    model::AccessRequest of(*request(End::kNone, reviews));
    of.left_out.reviews = left_out;
    return std::make_shared<const model::AccessRequest>(of);
  };
  View view;
  view.see(request(End::kNone, 1000));
  EXPECT_EQ(view.see(with_left_out(500, 501)), View::News::kSome);
  EXPECT_EQ(view.see(with_left_out(600, 400)), View::News::kNone);
}

TEST(View, NothingIsSeenOfARequestThatIsGone) {
  View view;
  EXPECT_EQ(view.vanish(), View::News::kEnd);
  EXPECT_EQ(view.vanish(), View::News::kNone);
  EXPECT_EQ(view.see(request(End::kNone)), View::News::kNone);
  EXPECT_FALSE(view.seen_pending());
}

TEST(View, RemembersThatItWasSeenPending) {
  View view;
  view.see(request(End::kNone));
  view.see(request(End::kApproved));
  EXPECT_TRUE(view.seen_pending());
}

}  // namespace
}  // namespace notifyd::delivery
