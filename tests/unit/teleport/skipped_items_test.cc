#include "teleport/skipped_items.h"

#include <gmock/gmock.h>

#include "support/log_lines.h"

namespace notifyd::teleport {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class SkippedItemsTest : public ::testing::Test {
 protected:
  std::shared_ptr<test::LogLines> lines_ = std::make_shared<test::LogLines>();
  SkippedItems skipped_{Log(lines_)};
};

TEST_F(SkippedItemsTest, EachIsNamedOnceAndCountedEachTime) {
  for (int i = 0; i < 3; ++i) {
    skipped_.add(SkippedItem::kRequest, "r1");
    skipped_.add(SkippedItem::kRequest, "");
  }
  EXPECT_THAT(lines_->all(),
              ElementsAre(AllOf(HasSubstr("request=r1"), HasSubstr("cannot be decoded"),
                                HasSubstr("tctl requests get")),
                          HasSubstr("without a readable id")));
  EXPECT_EQ(skipped_.count(), 6U);
}

TEST_F(SkippedItemsTest, AnIdThatIsNotUtf8IsNamedInTextThatIs) {
  skipped_.add(SkippedItem::kRequest, "r\xff");
  EXPECT_THAT(lines_->all(),
              ElementsAre(AllOf(HasSubstr("r\xEF\xBF\xBD"), HasSubstr("ID is not UTF-8"))));
}

TEST_F(SkippedItemsTest, RecordsOfNobodyKnowsWhomAreNotSaidToBeThoseOfOneRequest) {
  skipped_.add(SkippedItem::kRecord, "r1");
  skipped_.add(SkippedItem::kRecord, "");
  EXPECT_THAT(lines_->all(), ElementsAre(HasSubstr("left alone until it is deleted"),
                                         AllOf(HasSubstr("every Access Request is read by itself"),
                                               Not(HasSubstr("left alone")))));
}

TEST_F(SkippedItemsTest, WhoMakesManyDoesNotFillTheLog) {
  const std::size_t many = SkippedItems::kMostNamed + 100;
  for (std::size_t i = 0; i < many; ++i) skipped_.add(SkippedItem::kEvent, std::to_string(i));
  ASSERT_THAT(lines_->all(), SizeIs(SkippedItems::kMostNamed + 1));
  EXPECT_THAT(lines_->all().back(), HasSubstr("only counted"));
  EXPECT_EQ(skipped_.count(), many);
}

TEST_F(SkippedItemsTest, ARequestWithMoreThanIsReadIsNamedOnceWithHowMuchIsLeftOut) {
  AccessRequest request;
  request.id = "r1";
  skipped_.look_at(request);
  EXPECT_THAT(lines_->all(), SizeIs(0));
  request.left_out.roles = 99'000;
  for (int i = 0; i < 3; ++i) skipped_.look_at(request);
  EXPECT_THAT(lines_->all(),
              ElementsAre(AllOf(HasSubstr("request=r1"), HasSubstr("roles_left_out=99000"))));
  EXPECT_EQ(skipped_.count(), 0U);
}

}  // namespace
}  // namespace notifyd::teleport
