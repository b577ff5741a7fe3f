#include "delivery/turns.h"

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <vector>

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Request : public Waiter {
 public:
  Request(std::string name, std::vector<std::string>& woken)
      : name_(std::move(name)), woken_(woken) {}
  void turn_has_come(const std::string& recipient) override {
    woken_.push_back(recipient + "/" + name_);
  }

 private:
  const std::string name_;
  std::vector<std::string>& woken_;
};

class TurnsTest : public ::testing::Test {
 protected:
  void wait(const std::string& recipient, const std::string& request) {
    auto& waiter = requests_[request];
    if (!waiter) waiter = std::make_shared<Request>(request, woken_);
    turns_.wait(recipient, waiter);
  }
  void end(const std::string& request) { requests_.erase(request); }
  std::vector<std::string> some(std::size_t most) {
    woken_.clear();
    turns_.wake_some(most);
    return woken_;
  }

  Turns turns_;
  std::vector<std::string> woken_;
  std::map<std::string, std::shared_ptr<Request>> requests_;
};

TEST_F(TurnsTest, WakesOneOfEachRecipient) {
  for (const char* request : {"r1", "r2", "r3"}) wait("C1", request);
  wait("C2", "r4");
  EXPECT_THAT(some(3), ElementsAre("C1/r1", "C2/r4"));
}

TEST_F(TurnsTest, AnotherRecipientIsFirstEachTime) {
  for (const char* request : {"r1", "r2", "r3"}) {
    wait("C1", request);
    wait("C2", request);
  }
  EXPECT_THAT(some(1), ElementsAre("C1/r1"));
  EXPECT_THAT(some(2), ElementsAre("C2/r1", "C1/r2"));
  EXPECT_THAT(some(1), ElementsAre("C1/r3")) << "C2 was first";
  EXPECT_THAT(some(3), ElementsAre("C2/r2"));
}

TEST_F(TurnsTest, NoRequestIsWokenForTwoRecipients) {
  for (const char* recipient : {"C1", "C2"}) wait(recipient, "r1");
  EXPECT_THAT(some(3), ElementsAre("C1/r1"));
  EXPECT_THAT(some(3), ElementsAre("C2/r1"));
}

TEST_F(TurnsTest, WhoWaitsNoMoreLosesItsTurnToTheNextInItsLine) {
  for (const char* request : {"r1", "r2"}) wait("C1", request);
  end("r1");
  EXPECT_THAT(some(1), ElementsAre("C1/r2"));
}

TEST_F(TurnsTest, ALineOfNobodyTakesNoTurn) {
  wait("C1", "r1");
  wait("C2", "r2");
  end("r1");
  EXPECT_THAT(some(1), ElementsAre("C2/r2"));
  EXPECT_THAT(some(1), IsEmpty());
}

TEST_F(TurnsTest, WakesAllOnce) {
  wait("C1", "r1");
  wait("C1", "r2");
  wait("C2", "r3");
  turns_.wake_all();
  EXPECT_THAT(woken_, ElementsAre("C1/r1", "C1/r2", "C2/r3"));
  EXPECT_THAT(some(3), IsEmpty());
}

}  // namespace
}  // namespace notifyd::delivery
