#include "receipt.h"

#include <gtest/gtest.h>

namespace slack {
namespace {

TEST(Receipt, ComesBackAsItWas) {
  Receipt receipt;
  receipt.channel = "C0AAAAAAAA1";
  receipt.ts = "1779393408.521249";
  receipt.replies = 2;
  receipt.shown = "APPROVED";
  receipt.reacted = "APPROVED";
  receipt.told = "DENIED";
  EXPECT_EQ(receipt.str(), "C0AAAAAAAA1/1779393408.521249;r=2;s=APPROVED;x=APPROVED;t=DENIED");
  EXPECT_EQ(Receipt::parse(receipt.str()).str(), receipt.str());
  EXPECT_EQ(receipt.message(), "C0AAAAAAAA1/1779393408.521249");
}

TEST(Receipt, RemembersHowManyWereNotTold) {
  const Receipt receipt = Receipt::parse("C1/1.2;s=PENDING;u=4970");
  EXPECT_EQ(receipt.not_told, 4970U);
  EXPECT_EQ(receipt.str(), "C1/1.2;s=PENDING;u=4970");
}

TEST(Receipt, AcceptsWhatTeleportSlackLeft) {
  const Receipt receipt = Receipt::parse("CHANNEL1/0000001");
  EXPECT_TRUE(receipt.announced());
  EXPECT_EQ(receipt.channel, "CHANNEL1");
  EXPECT_EQ(receipt.ts, "0000001");
  EXPECT_EQ(receipt.shown, "");
}

TEST(Receipt, RemembersARequesterWhoWasOnlyTold) {
  Receipt receipt;
  receipt.told = "APPROVED";
  EXPECT_EQ(receipt.str(), ";t=APPROVED");
  EXPECT_FALSE(Receipt::parse(receipt.str()).announced());
  EXPECT_EQ(Receipt::parse(receipt.str()).told, "APPROVED");
}

TEST(Receipt, SurvivesGarbage) {
  for (const char* garbage : {"", "/", "C1/", "/1.2", "C1/x", "C 1/1.2", ";;;=;r=;r=-1;s=", "C1",
                              "C1/1.2/3", "\xff\xfe/1.2"}) {
    const Receipt receipt = Receipt::parse(garbage);
    EXPECT_FALSE(receipt.announced()) << garbage;
    EXPECT_EQ(receipt.replies, 0U) << garbage;
  }
  EXPECT_EQ(Receipt::parse("C1/1.2;r=99999999999999999999;s=<b>;y=1").str(), "C1/1.2");
}

}  // namespace
}  // namespace slack
