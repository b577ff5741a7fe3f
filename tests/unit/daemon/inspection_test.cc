#include "daemon/inspection.h"

#include <gmock/gmock.h>

#include "support/installation.h"

namespace notifyd::daemon {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class InspectionTest : public testing::Test {
 protected:
  InspectionTest() { here_.write("conf.d/good.toml", ""); }

  Inspection inspected() {
    const auto config = config::load_notifyd_config(here_.path("notifyd.toml"));
    if (!config) throw std::runtime_error(config.error().message);
    return inspect(*config);
  }

  test::Installation here_;
};

TEST_F(InspectionTest, FindsWhatWouldRun) {
  const Inspection found = inspected();
  EXPECT_FALSE(found.fault) << found.fault->message;
  EXPECT_FALSE(found.stuck);
  EXPECT_THAT(found.warnings, IsEmpty());
  EXPECT_EQ(found.address, "auth.example.com:3025");
  ASSERT_TRUE(found.identity);
  EXPECT_EQ(found.identity->file, here_.path("identity"));
  EXPECT_EQ(found.identity->facts.user, "access-plugin");
  EXPECT_GT(found.identity->left, hours(23));
  ASSERT_EQ(found.notifiers.size(), 1U);
  EXPECT_EQ(found.notifiers[0].name, "good");
  EXPECT_EQ(found.notifiers[0].version, "1.2");
  EXPECT_EQ(found.notifiers[0].file, here_.path("conf.d/good.toml"));
}

TEST_F(InspectionTest, EndsAtTheFirstFaultAndKeepsWhatItFoundBefore) {
  here_.install("create");
  here_.write("conf.d/create.toml", "");
  here_.write("conf.d/zz.toml", "module = \"good\"\n");
  here_.identity_valid_until(std::chrono::system_clock::now() + hours(5));
  const Inspection found = inspected();
  ASSERT_TRUE(found.fault);
  EXPECT_THAT(found.fault->message, StartsWith(here_.path("conf.d/create.toml")));
  ASSERT_EQ(found.warnings.size(), 1U);
  EXPECT_THAT(found.warnings[0], HasSubstr("ends in 4 hours"));
  EXPECT_THAT(found.notifiers, IsEmpty());
}

}  // namespace
}  // namespace notifyd::daemon
