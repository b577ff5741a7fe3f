#include "delivery/turns.h"

#include <gmock/gmock.h>

#include <set>
#include <vector>

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TurnsTest : public ::testing::Test {
 protected:
  std::vector<std::string> some(std::size_t most) {
    woken_.clear();
    turns_.some(most, wake_);
    return woken_;
  }

  Turns turns_;
  std::set<std::string> ended_;
  std::vector<std::string> woken_;
  const Turns::Wake wake_ = [this](const std::string& recipient, const std::string& request) {
    if (ended_.contains(request)) return false;
    woken_.push_back(recipient + "/" + request);
    return true;
  };
};

TEST_F(TurnsTest, WakesOneOfEachRecipient) {
  for (const char* request : {"r1", "r2", "r3"}) turns_.wait("C1", request);
  turns_.wait("C2", "r4");
  EXPECT_THAT(some(3), ElementsAre("C1/r1", "C2/r4"));
}

TEST_F(TurnsTest, AnotherRecipientIsFirstEachTime) {
  for (const char* request : {"r1", "r2", "r3"}) {
    turns_.wait("C1", request);
    turns_.wait("C2", request);
  }
  EXPECT_THAT(some(1), ElementsAre("C1/r1"));
  EXPECT_THAT(some(2), ElementsAre("C2/r1", "C1/r2"));
  EXPECT_THAT(some(1), ElementsAre("C1/r3")) << "C2 was first";
  EXPECT_THAT(some(3), ElementsAre("C2/r2"));
}

TEST_F(TurnsTest, NoRequestIsWokenForTwoRecipients) {
  for (const char* recipient : {"C1", "C2"}) turns_.wait(recipient, "r1");
  EXPECT_THAT(some(3), ElementsAre("C1/r1"));
  EXPECT_THAT(some(3), ElementsAre("C2/r1"));
}

TEST_F(TurnsTest, WhoWaitsNoMoreLosesItsTurnToTheNextInItsLine) {
  for (const char* request : {"r1", "r2"}) turns_.wait("C1", request);
  ended_ = {"r1"};
  EXPECT_THAT(some(1), ElementsAre("C1/r2"));
}

TEST_F(TurnsTest, ALineOfNobodyTakesNoTurn) {
  turns_.wait("C1", "r1");
  turns_.wait("C2", "r2");
  ended_ = {"r1"};
  EXPECT_THAT(some(1), ElementsAre("C2/r2"));
  EXPECT_TRUE(turns_.empty());
}

TEST_F(TurnsTest, WakesAllOnce) {
  turns_.wait("C1", "r1");
  turns_.wait("C1", "r2");
  turns_.wait("C2", "r3");
  turns_.all(wake_);
  EXPECT_THAT(woken_, ElementsAre("C1/r1", "C1/r2", "C2/r3"));
  EXPECT_THAT(some(3), IsEmpty());
}

}  // namespace
}  // namespace notifyd::delivery
