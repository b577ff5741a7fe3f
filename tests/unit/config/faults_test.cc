#include "config/faults.h"

#include <gmock/gmock.h>

namespace notifyd::config {
namespace {

using testing::ElementsAre;

TEST(Faults, ComeInTheOrderOfTheFileWhateverWasReadFirst) {
  Faults faults("z.toml");
  faults.add({"z.toml", 5, 1}, "third");
  faults.add({"z.toml", 2, 9}, "second");
  faults.add({"z.toml"}, "first");
  EXPECT_THAT(faults.lines(),
              ElementsAre("z.toml: first", "z.toml:2:9: second", "z.toml:5:1: third"));
}

TEST(Faults, OfTheHostsFileComeBeforeThoseOfOthers) {
  Faults faults("z.toml");
  faults.add({"b.toml", 1, 1}, "third");
  faults.add({"a.toml", 7, 1}, "second");
  faults.add({"z.toml", 9, 1}, "first");
  EXPECT_THAT(faults.lines(),
              ElementsAre("z.toml:9:1: first", "a.toml:7:1: second", "b.toml:1:1: third"));
}

TEST(Faults, OfTheMachineComeAfterThoseOfTheText) {
  Faults faults("z.toml");
  faults.add({"z.toml", 1, 1}, "second", FoundIn::kMachine);
  faults.add({"a.toml", 1, 1}, "first");
  EXPECT_THAT(faults.lines(), ElementsAre("a.toml:1:1: first", "z.toml:1:1: second"));
}

TEST(Faults, AreSaidOnceAndCounted) {
  Faults faults;
  EXPECT_TRUE(faults.empty());
  faults.add(invalid("libnotify_x.so: no"), {"a.toml", 1, 1});
  faults.add(invalid("libnotify_x.so: no"), {"b.toml", 1, 1});
  EXPECT_THAT(faults.lines(), ElementsAre("libnotify_x.so: no"));
  EXPECT_EQ(faults.count(), "1 thing to mend");
  faults.add({"b.toml", 1, 1}, "more");
  EXPECT_EQ(faults.count(), "2 things to mend");
}

}  // namespace
}  // namespace notifyd::config
