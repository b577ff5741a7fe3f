#include "base/trusted_path.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "support/file_table.h"

namespace notifyd {
namespace {

using test::FileTable;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Trust kDaemon{1000, 1000};

std::string verdict(const std::string& table, const std::string& path, Use use = Use::kFile,
                    const Trust& trust = kDaemon) {
  const FileTable files(table);
  const auto found = walk_trusted(files, path, trust, use);
  if (!found) return found.error().message;
  return found->missing.empty() ? found->path : "missing " + found->missing.front();
}

TEST(TrustedPath, OfRootOrOfTheDaemonIsGood) {
  EXPECT_EQ(verdict("f 0644 0 0 /etc/n/token", "/etc/n/token"), "/etc/n/token");
  EXPECT_EQ(verdict("d 0700 1000 1000 /v/n\nf 0600 1000 1000 /v/n/token", "/v/n/token"),
            "/v/n/token");
}

TEST(TrustedPath, OfSomebodyElseIsRefusedWithTheComponentAndTheCommand) {
  EXPECT_EQ(verdict("d 0755 1001 1001 /srv/app\nf 0644 0 0 /srv/app/token", "/srv/app/token"),
            "/srv/app (mode 0755, user 1001, group 1001) belongs to user 1001, who could change "
            "what is read there; it must belong to root or to the daemon's user, 1000: run this "
            "program as that user, or move what it needs to a directory of root's, or, where user "
            "1001 has no business, chown root /srv/app");
  EXPECT_THAT(verdict("f 0600 1000 1000 /home/a/token", "/home/a/token", Use::kFile, {0, 0}),
              HasSubstr("it must belong to root, as whom this runs"));
}

TEST(TrustedPath, OfAFileOfSomebodyElseIsToBeGivenToWhoMustReadIt) {
  EXPECT_THAT(verdict("f 0600 1001 1001 /etc/token", "/etc/token"),
              HasSubstr(": chown 1000 /etc/token, or run this program as that user"));
  EXPECT_THAT(verdict("f 0600 1001 1001 /etc/token", "/etc/token", Use::kFile, {0, 0}),
              HasSubstr(": chown root /etc/token, or run this program as that user"));
}

TEST(TrustedPath, InAUserNamespaceThatDoesNotKnowRootIsNotToBeGivenAway) {
  EXPECT_THAT(verdict("d 0755 65534 65534 /\nf 0600 1000 1000 /token", "/token"),
              AllOf(StartsWith("/ (mode 0755, user 65534"),
                    HasSubstr("belongs to a user whom this user namespace does not know; map root "
                              "into it, or start this program outside of it"),
                    Not(HasSubstr("chown"))));
}

TEST(TrustedPath, ThatOthersCanWriteIsRefusedWithTheComponentAndTheCommand) {
  EXPECT_EQ(verdict("d 0777 0 0 /etc/n/conf.d", "/etc/n/conf.d", Use::kDirectory),
            "/etc/n/conf.d (mode 0777, user 0, group 0) can be written by others than root and the "
            "daemon's user; run chmod go-w /etc/n/conf.d");
  EXPECT_THAT(
      verdict("f 0602 0 0 /etc/n/token", "/etc/n/token"),
      AllOf(StartsWith("/etc/n/token (mode 0602"), HasSubstr("run chmod o-w /etc/n/token")));
}

TEST(TrustedPath, IsJudgedUpToTheTop) {
  EXPECT_THAT(verdict("d 0777 0 0 /srv\nf 0600 0 0 /srv/a/b/token", "/srv/a/b/token"),
              StartsWith("/srv (mode 0777"));
}

TEST(TrustedPath, MayBeWrittenByTheGroupOfRootAndOfTheDaemonOnly) {
  const std::string home = "d 0775 1000 1000 /home/a\nf 0664 1000 1000 /home/a/token";
  EXPECT_EQ(verdict(home, "/home/a/token"), "/home/a/token");
  EXPECT_EQ(verdict("d 0775 0 0 /opt/n", "/opt/n", Use::kDirectory), "/opt/n");
  EXPECT_THAT(verdict("d 2775 0 50 /opt/n", "/opt/n", Use::kDirectory),
              AllOf(HasSubstr("mode 2775, user 0, group 50"), HasSubstr("chmod go-w /opt/n")));
}

// With Group=users every member can add a file to a conf.d of root:users 0775.
TEST(TrustedPath, MayNotBeWrittenByAGroupOfOursThatOthersAreIn) {
  const std::string table = "d 0775 0 1000 /etc/n/conf.d";
  EXPECT_EQ(verdict(table, "/etc/n/conf.d", Use::kDirectory), "/etc/n/conf.d");
  Trust trust = kDaemon;
  trust.group_is_shared = true;
  EXPECT_THAT(verdict(table, "/etc/n/conf.d", Use::kDirectory, trust),
              AllOf(StartsWith("/etc/n/conf.d (mode 0775"), HasSubstr("chmod go-w")));
  EXPECT_EQ(verdict("d 0775 0 0 /etc/n", "/etc/n", Use::kDirectory, trust), "/etc/n");
}

TEST(TrustedPath, CountsAnAccessListAsItsEntriesSay) {
  const auto token = [](const std::string& list) {
    return verdict("f 0660 0 0 /etc/n/token " + list, "/etc/n/token");
  };
  EXPECT_EQ(token("user 1001 4 group 50 5 owning 6"), "/etc/n/token") << "others only read";
  EXPECT_EQ(token("user 1000 6 user 0 7 group 1000 6"), "/etc/n/token");
  for (const char* list : {"user 1001 6", "group 50 2", "user 1000 6 user 1001 3"}) {
    EXPECT_THAT(token(list), HasSubstr("run setfacl -b /etc/n/token")) << list;
  }
  EXPECT_EQ(verdict("f 0640 0 0 /etc/n/token user 1001 6", "/etc/n/token"), "/etc/n/token")
      << "the mask takes it away";
  EXPECT_THAT(verdict("f 0660 0 50 /etc/n/token owning 6", "/etc/n/token"), HasSubstr("setfacl"));
  EXPECT_EQ(verdict("f 0660 0 50 /etc/n/token owning 4", "/etc/n/token"), "/etc/n/token");
}

// As `tbot init --owner=teleport --reader-user=US` leaves it.
constexpr char kBot[] =
    "d 0770 970 970 /opt/bot user 970 7 user 1000 5 owning 0\n"
    "f 0660 970 970 /opt/bot/identity user 970 6 user 1000 4 owning 0\n";

Trust with_keeper(std::optional<uid_t> keeper) {
  Trust trust = kDaemon;
  trust.keeper = keeper;
  trust.keeper_key = "[teleport] identity_owner";
  return trust;
}

TEST(TrustedPath, MayBelongToTheUserThatIsNamedAsItsKeeper) {
  EXPECT_EQ(verdict(kBot, "/opt/bot/identity", Use::kFile, with_keeper(970)), "/opt/bot/identity");
}

TEST(TrustedPath, OfAKeeperWhoIsNotNamedSaysWhereToNameThem) {
  for (const auto& keeper : {std::optional<uid_t>(), std::optional<uid_t>(971)}) {
    EXPECT_THAT(verdict(kBot, "/opt/bot/identity", Use::kFile, with_keeper(keeper)),
                AllOf(StartsWith("/opt/bot (mode 0770, user 970"),
                      HasSubstr("write [teleport] identity_owner = \"970\""),
                      Not(HasSubstr("chown")), Not(HasSubstr("setfacl"))));
  }
}

TEST(TrustedPath, OfAKeeperMayBeWrittenByNobodyElse) {
  EXPECT_THAT(verdict("f 0660 970 970 /opt/identity user 970 6 user 1001 6", "/opt/identity",
                      Use::kFile, with_keeper(970)),
              AllOf(HasSubstr("can be written by others than root and the daemon's user and user "
                              "970; its access list (getfacl /opt/identity)"),
                    Not(HasSubstr("setfacl"))));
  EXPECT_THAT(verdict("d 0755 1001 1001 /opt\n" + std::string(kBot), "/opt/bot/identity",
                      Use::kFile, with_keeper(970)),
              StartsWith("/opt (mode 0755, user 1001"));
}

constexpr char kTmp[] = "d 1777 0 0 /tmp\n";

TEST(TrustedPath, LeadsThroughAStickyDirectoryToWhatIsOurs) {
  EXPECT_EQ(verdict(kTmp + std::string("f 0600 1000 1000 /tmp/token"), "/tmp/token"), "/tmp/token");
  EXPECT_THAT(verdict(kTmp + std::string("f 0600 1001 1001 /tmp/token"), "/tmp/token"),
              HasSubstr("/tmp/token (mode 0600, user 1001, group 1001) belongs to user 1001"));
  EXPECT_THAT(verdict(kTmp, "/tmp", Use::kDirectory), StartsWith("/tmp (mode 1777"));
}

TEST(TrustedPath, FollowsLinksAndJudgesWhereTheyLead) {
  const std::string link = "l 0777 0 0 /etc/n -> ../srv/conf\nf 0600 0 0 /srv/conf/token\n";
  EXPECT_EQ(verdict(link, "/etc/n/token"), "/srv/conf/token");
  EXPECT_THAT(verdict(link + "d 0777 0 0 /srv", "/etc/n/token"), StartsWith("/srv (mode 0777"));
  EXPECT_THAT(verdict("d 0777 0 0 /srv\nl 0777 0 0 /srv/link -> /etc/token\nf 0600 0 0 /etc/token",
                      "/srv/link"),
              StartsWith("/srv (mode 0777"));
}

TEST(TrustedPath, RefusesALinkThatSomebodyElsePlanted) {
  EXPECT_THAT(
      verdict(kTmp + std::string("l 0777 1001 1001 /tmp/log -> /etc/passwd\n"
                                 "f 0644 0 0 /etc/passwd"),
              "/tmp/log", Use::kLog),
      AllOf(StartsWith("/tmp/log (mode 0777, user 1001"), HasSubstr("chown -h root /tmp/log")));
}

TEST(TrustedPath, EndsWhenLinksLeadInARing) {
  EXPECT_THAT(verdict("l 0777 0 0 /a -> b\nl 0777 0 0 /b -> a", "/a"),
              HasSubstr("too many symbolic links"));
}

TEST(TrustedPath, DotsLeadWhereTheKernelGoes) {
  const std::string table =
      "l 0777 0 0 /etc/n -> /srv/a/b\nf 0600 0 0 /srv/a/token\nd 0755 0 0 /srv/a/b";
  EXPECT_EQ(verdict(table, "/etc/n/../token"), "/srv/a/token");
  EXPECT_EQ(verdict(table, "/../../srv/./a//token"), "/srv/a/token");
}

TEST(TrustedPath, ThatIsMissingSaysFromWhereOn) {
  const FileTable files("");
  const auto found = walk_trusted(files, "/var/lib/n", kDaemon, Use::kDirectory);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->path, "/");
  EXPECT_THAT(found->missing, ElementsAre("var", "lib", "n"));
}

TEST(TrustedPath, OfALogMayLeadThroughADirectoryOfAnotherGroup) {
  const std::string table = "d 0775 0 104 /var/log\n";
  EXPECT_EQ(verdict(table, "/var/log/n.log", Use::kLog), "missing n.log");
  EXPECT_THAT(verdict(table, "/var/log/n.log"), StartsWith("/var/log (mode 0775"));
  EXPECT_THAT(
      verdict(table + "l 0777 104 104 /var/log/n.log -> /etc/passwd", "/var/log/n.log", Use::kLog),
      HasSubstr("belongs to user 104"));
  EXPECT_THAT(verdict("d 0777 0 0 /var/log", "/var/log/n.log", Use::kLog),
              StartsWith("/var/log (mode 0777"));
}

// /dev/stdout, and nginx's x.log -> /dev/stdout, are links that end in a description.
TEST(TrustedPath, OfALogMayLeadToAStreamOfOurs) {
  const std::string own = "/proc/" + std::to_string(::getpid());
  for (const std::string& directory : {own + "/fd", own + "/task/7/fd"}) {
    const FileTable files("l 0777 0 0 /var/log/n.log -> " + directory + "/1\nl 0700 1000 1000 " +
                          directory + "/1 -> pipe:[1234]");
    const auto found = walk_trusted(files, "/var/log/n.log", kDaemon, Use::kLog);
    ASSERT_TRUE(found.ok()) << found.error().message;
    EXPECT_EQ(found->stream, 1);
  }
}

TEST(TrustedPath, OfALogDoesNotLeadToAPipeOfAnotherProcess) {
  EXPECT_THAT(verdict("l 0700 0 0 /proc/1/fd/1 -> pipe:[1234]", "/proc/1/fd/1", Use::kLog),
              HasSubstr("/proc/1/fd/1 is a pipe or a socket of another process; write \"stdout\""));
  EXPECT_EQ(verdict("l 0700 0 0 /proc/1/fd/1 -> /dev/null\nf 0666 0 0 /dev/null", "/proc/1/fd/1",
                    Use::kLog),
            "/dev/null");
}

// As kubelet makes them: Secrets are tmpfs with 1777, ConfigMaps are 0777.
std::string volume(const std::string& mode, const std::string& mount) {
  return "d " + mode + " 0 0 /etc/n " + mount +
         "\nl 0777 0 0 /etc/n/..data -> ..2026_1\nd 0755 0 0 /etc/n/..2026_1\n"
         "l 0777 0 0 /etc/n/token -> ..data/token\nf 0440 0 2000 /etc/n/..2026_1/token\n";
}

TEST(TrustedPath, LeadsIntoAVolumeOfKubernetes) {
  for (const char* mode : {"0777", "1777", "3777"}) {
    EXPECT_EQ(verdict(volume(mode, "readonly"), "/etc/n/token"), "/etc/n/..2026_1/token") << mode;
    EXPECT_EQ(verdict(volume(mode, "readonly"), "/etc/n", Use::kDirectory), "/etc/n") << mode;
  }
}

// Between the reading of "..data" and the next step kubelet leads it elsewhere, and removes what it
// led to.
class Swapped : public FileTable {
 public:
  Swapped() : FileTable(volume("1777", "readonly")) {}
  Result<std::string> target(const PathNode& link) const override {
    const auto now = FileTable::target(link);
    if (!now || *now != "..2026_1" || ++looks_ > stale_) return now;
    return std::string("..2025_9");
  }
  int stale_ = 1;
  mutable int looks_ = 0;
};

TEST(TrustedPath, IsFoundInAVolumeThatIsSwappedMeanwhile) {
  Swapped files;
  const auto found = walk_trusted(files, "/etc/n/token", kDaemon, Use::kFile);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->path, "/etc/n/..2026_1/token");
  EXPECT_EQ(files.looks_, 2);
}

TEST(TrustedPath, ThatIsMissingInAVolumeIsLookedForTwiceOnly) {
  Swapped files;
  files.stale_ = 100;
  EXPECT_FALSE(walk_trusted(files, "/etc/n/token", kDaemon, Use::kFile)->missing.empty());
  EXPECT_EQ(files.looks_, 2);
}

TEST(TrustedPath, IntoAVolumeThatAnybodyMayWriteSaysWhatAContainerCanDo) {
  for (const char* mount : {"d 0777 0 0 /config mount", "d 2775 0 2000 /config mount"}) {
    EXPECT_THAT(verdict(mount, "/config", Use::kDirectory),
                HasSubstr("run chmod go-w /config; in a container, mount a Secret or a ConfigMap "
                          "there, or run as the user that the volume belongs to"));
  }
}

TEST(TrustedPath, IsNoVolumeWhereItCanBeWritten) {
  EXPECT_THAT(verdict(volume("0777", ""), "/etc/n/token"), StartsWith("/etc/n (mode 0777"));
  EXPECT_THAT(verdict(volume("1777", ""), "/etc/n", Use::kDirectory),
              StartsWith("/etc/n (mode 1777"));
}

TEST(TrustedPath, ThatIsReadOnlyButNoVolumeIsJudgedAsAnyOther) {
  EXPECT_THAT(verdict("d 0777 0 0 /etc/n readonly\nf 0600 0 0 /etc/n/token", "/etc/n/token"),
              StartsWith("/etc/n (mode 0777"));
}

TEST(TrustedPath, IsQuotedForTheShellWhereItMustBe) {
  EXPECT_THAT(verdict("f 0666 0 0 /etc/it's", "/etc/it's"),
              HasSubstr("run chmod go-w '/etc/it'\\''s'"));
}

TEST(TrustedPath, WithoutSenseIsRefused) {
  EXPECT_FALSE(walk_trusted(FileTable(), "", kDaemon, Use::kFile).ok());
  EXPECT_FALSE(walk_trusted(FileTable(), std::string("/a\0b", 4), kDaemon, Use::kFile).ok());
  EXPECT_FALSE(walk_trusted(FileTable(), std::string(5000, '/'), kDaemon, Use::kFile).ok());
  EXPECT_THAT(verdict("f 0644 0 0 /etc/token", "/etc/token/.."), HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace notifyd
