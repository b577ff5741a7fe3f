#include "args.h"

#include <gtest/gtest.h>

namespace slack {
namespace {

TEST(Args, AreJsonInTheOrderOfTheirNames) {
  Args args;
  EXPECT_EQ(args.as_json(), "{}");
  args.set("text", "a \"b\"");
  args.set_flag("link_names", false);
  args.set_json("blocks", R"([{"type":"section"}])");
  args.set("channel", "C1");
  EXPECT_EQ(args.as_json(), R"({"blocks":[{"type":"section"}],"channel":"C1","link_names":false,)"
                            R"("text":"a \"b\""})");
}

TEST(Args, AreAFormInTheOrderOfTheirNames) {
  Args args;
  EXPECT_EQ(args.as_form(), "");
  args.set("types", "public_channel,private_channel");
  args.set("email", "a+b@example.com");
  EXPECT_EQ(args.as_form(), "email=a%2Bb%40example.com&types=public_channel%2Cprivate_channel");
}

TEST(Args, ThatAreSetAgainHaveTheNewValue) {
  Args args;
  args.set("a", "[]");
  args.set_json("a", "[]");
  EXPECT_EQ(args.as_json(), R"({"a":[]})");
  EXPECT_EQ(args.at("a"), "[]");
  args.erase("a");
  EXPECT_EQ(args.at("a"), "");
  EXPECT_EQ(args.as_json(), "{}");
}

}  // namespace
}  // namespace slack
