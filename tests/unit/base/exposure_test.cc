#include "base/exposure.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "support/file_table.h"
#include "support/temp_dir.h"

namespace notifyd {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Trust kDaemon{.user = 990, .group = 985};

std::string said_of(const std::string& table, const Trust& trust = kDaemon) {
  return exposure_of(test::FileTable(table), "/etc/n/token", trust);
}

TEST(Exposure, OfAFileOfOursIsMendedWithItsMode) {
  EXPECT_THAT(said_of("f 0600 990 985 /etc/n/token"), IsEmpty());
  EXPECT_EQ(said_of("f 0644 990 985 /etc/n/token"),
            "/etc/n/token holds a secret and can be read by everybody; run chmod go= /etc/n/token");
}

// root:root 0644, as a package installs it: without the other bits the daemon could not read it.
TEST(Exposure, OfAFileThatIsNotOursIsMendedSoThatWeCanStillReadIt) {
  for (const char* file : {"f 0644 0 0 /etc/n/token", "f 0644 0 985 /etc/n/token"}) {
    EXPECT_EQ(said_of(file),
              "/etc/n/token holds a secret and can be read by everybody; run chown root:985 "
              "/etc/n/token && chmod 0640 /etc/n/token");
  }
}

TEST(Exposure, IsNoneForRootsGroupAndForAnyOfOurs) {
  Trust trust = kDaemon;
  trust.more_groups = {40, 50};
  EXPECT_THAT(said_of("f 0640 0 0 /etc/n/token"), IsEmpty());
  EXPECT_THAT(said_of("f 0640 0 985 /etc/n/token"), IsEmpty());
  EXPECT_THAT(said_of("f 0640 0 50 /etc/n/token", trust), IsEmpty());
  EXPECT_THAT(said_of("f 0640 0 50 /etc/n/token"), HasSubstr("can be read by group 50"));
}

TEST(Exposure, IsNoneWhereAnAccessListNamesUsAlone) {
  const std::string credential = "f 0440 0 50 /etc/n/token user 990 4 owning ";
  EXPECT_THAT(said_of(credential + "0"), IsEmpty()) << "as systemd's LoadCredential makes it";
  EXPECT_THAT(said_of(credential + "4"), HasSubstr("can be read by group 50"));
}

TEST(Exposure, OnAReadOnlyMountNamesTheMount) {
  const std::string said = said_of("d 0755 0 0 /etc/n readonly\nf 0644 0 0 /etc/n/token");
  EXPECT_THAT(said, HasSubstr("where /etc/n, which is mounted read-only, comes from, give it mode "
                              "0400 and this program's user, 990, as its owner"));
  EXPECT_THAT(said, Not(HasSubstr("chmod")));
}

TEST(Exposure, OfAVolumeOfKubernetesNamesItsMode) {
  const std::string volume =
      "d 1777 0 0 /etc/n readonly\nl 0777 0 0 /etc/n/..data -> ..1\nd 0755 0 0 /etc/n/..1\n"
      "l 0777 0 0 /etc/n/token -> ..data/token\n";
  EXPECT_THAT(said_of(volume + "f 0644 0 2000 /etc/n/..1/token"),
              HasSubstr("set defaultMode: 0440 for the volume"));
  EXPECT_THAT(said_of(volume + "f 0440 0 2000 /etc/n/..1/token"), IsEmpty());
}

TEST(Exposure, OfWhatAnotherUserKeepsTakesItFromNobodyWhoNeedsIt) {
  Trust trust = kDaemon;
  trust.keeper = 970;
  const std::string said = said_of("f 0644 970 970 /etc/n/token", trust);
  EXPECT_THAT(said, HasSubstr("let user 970, who keeps it, give it to this program only"));
  EXPECT_THAT(said, Not(HasSubstr("chown")));
}

TEST(Exposure, OfARealFileIsSaid) {
  const test::TempDir dir;
  const std::string path = dir.write("token", "1");
  EXPECT_THAT(exposure_of(path), IsEmpty());
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_THAT(exposure_of(path), IsEmpty()) << "our own group's";
  ASSERT_EQ(::chmod(path.c_str(), 0604), 0);
  EXPECT_EQ(exposure_of(path),
            path + " holds a secret and can be read by everybody; run chmod go= " + path);
}

}  // namespace
}  // namespace notifyd
