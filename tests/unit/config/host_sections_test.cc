#include "config/host_sections.h"

#include <gmock/gmock.h>

#include "config/check.h"
#include "config/teleport_section.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Read {
  TeleportConfig config;
  std::vector<std::string> warnings;
  std::string error;
};

std::string first(const Faults& faults) { return faults.empty() ? "" : faults.lines().front(); }

Read teleport(const std::string& lines) {
  const Tree tree = *read_toml("[teleport]\n" + lines + "\n", "f.toml");
  Faults faults;
  const auto checked = check(tree, "f.toml", teleport_options(), faults);
  Read read;
  read.config = teleport_config(checked.settings, "", tree, faults, read.warnings);
  read.error = first(faults);
  return read;
}

Result<LogConfig> log(const std::string& lines) {
  const auto tree = read_toml("[log]\n" + lines + "\n", "f.toml");
  Faults faults;
  const Checked checked = check(*tree, "f.toml", log_options(), faults);
  const LogConfig config = log_config(checked.settings, faults);
  return faults.empty() ? Result<LogConfig>(config) : invalid(first(faults));
}

Result<DeliveryConfig> delivery(const std::string& lines) {
  const auto tree = read_toml("[delivery]\n" + lines + "\n", "f.toml");
  Faults faults;
  const Checked checked = check(*tree, "f.toml", delivery_options(), faults);
  const DeliveryConfig config = delivery_config(checked.settings, faults);
  return faults.empty() ? Result<DeliveryConfig>(config) : invalid(first(faults));
}

TEST(TeleportSection, IsReadWhole) {
  const auto read = teleport(
      "addr = \"auth.example.com:3025\"\nidentity = \"/id\"\nrefresh_identity = true\n"
      "refresh_identity_interval = \"5m\"");
  EXPECT_EQ(read.error, "");
  EXPECT_THAT(read.config.addrs, ::testing::ElementsAre("auth.example.com:3025"));
  EXPECT_EQ(read.config.identity, "/id");
  EXPECT_TRUE(read.config.refresh_identity);
  EXPECT_EQ(read.config.refresh_identity_interval, std::chrono::minutes(5));
  EXPECT_EQ(read.config.at.str(), "f.toml:1:1");
  EXPECT_THAT(read.warnings, IsEmpty());
}

TEST(TeleportSection, NamesTheUserWhoKeepsTheIdentityByNameOrNumber) {
  EXPECT_EQ(teleport("identity = \"/id\"").config.identity_owner, std::nullopt);
  EXPECT_EQ(teleport("identity = \"/id\"\nidentity_owner = \"970\"").config.identity_owner, 970U);
  EXPECT_EQ(teleport("identity = \"/id\"\nidentity_owner = \"root\"").config.identity_owner, 0U);
  EXPECT_EQ(teleport("identity = \"/id\"\nidentity_owner = \"nobody-here\"").error,
            "f.toml:3:18: no user of this machine is called \"nobody-here\"; write the name or the "
            "number of the user that tbot runs as");
}

TEST(TeleportSection, HasUpstreamsDefaults) {
  const auto read = teleport("identity = \"/id\"");
  EXPECT_THAT(read.config.addrs, ::testing::ElementsAre("localhost:3025"));
  EXPECT_FALSE(read.config.refresh_identity);
  EXPECT_EQ(read.config.refresh_identity_interval, std::chrono::minutes(1));
}

TEST(TeleportSection, TakesTheOldNameOfTheAddressWithAWarning) {
  const auto read = teleport("identity = \"/id\"\nauth_server = \"old:3025\"");
  EXPECT_THAT(read.config.addrs, ::testing::ElementsAre("old:3025"));
  EXPECT_THAT(read.warnings, ElementsAre("f.toml:3:15: teleport.auth_server is the old name of "
                                         "teleport.addr; write addr = ..."));
}

TEST(TeleportSection, AddrWinsOverItsOldName) {
  const auto read = teleport("identity = \"/id\"\nauth_server = \"old:1\"\naddr = \"new:2\"");
  EXPECT_THAT(read.config.addrs, ::testing::ElementsAre("new:2"));
  EXPECT_THAT(read.warnings, ElementsAre(HasSubstr("which is there too and wins; remove it")));
}

TEST(TeleportSection, AnAddressThatIsWrongIsSaidOnce) {
  const auto read = teleport("identity = \"/id\"\naddr = \"${HOST}:3025\"");
  EXPECT_THAT(read.error, HasSubstr("f.toml:3:8: teleport.addr names an environment variable"));
  EXPECT_THAT(read.config.addrs, ::testing::ElementsAre("localhost:3025"))
      << "nothing more can be wrong with it";
}

TEST(TeleportSection, SaysWhereTheAddressIsWritten) {
  EXPECT_EQ(teleport("identity = \"/id\"\naddr = \"a:1\"").config.addr_at.str(), "f.toml:3:8");
  EXPECT_EQ(teleport("identity = \"/id\"").config.addr_at.str(), "f.toml");
}

TEST(TeleportSection, SaysWhereTheCredentialsAreWritten) {
  EXPECT_EQ(teleport("identity = \"/id\"").config.credentials_at.str(), "f.toml:2:12");
  EXPECT_EQ(teleport("client_key = \"/k\"\nclient_crt = \"/c\"\nroot_cas = \"/r\"")
                .config.credentials_at.str(),
            "f.toml:3:14");
}

TEST(TeleportSection, WithoutCredentialsSaysWhatToWrite) {
  EXPECT_EQ(teleport("addr = \"a:1\"").error,
            "f.toml:1:1: [teleport] has no credentials; write identity = "
            "\"/path/of/the/identity/file\" (tctl auth sign --format=file makes one, or a bot "
            "does), or client_key, client_crt and root_cas");
}

TEST(TeleportSection, PartOfTheKeysNamesWhatIsThereAndWhatIsMissing) {
  EXPECT_EQ(teleport("client_key = \"/k\"\nclient_crt = \"/c\"").error,
            "f.toml:2:14: [teleport] has client_key and client_crt without root_cas; write "
            "client_key, client_crt and root_cas, or identity instead of them");
  EXPECT_THAT(teleport("root_cas = \"/r\"").error,
              HasSubstr("has root_cas without client_key and client_crt"));
  EXPECT_EQ(teleport("client_key = \"/k\"\nclient_crt = \"/c\"\nroot_cas = \"/r\"").error, "");
}

TEST(TeleportSection, IdentityAndKeysExcludeEachOther) {
  EXPECT_THAT(
      teleport("identity = \"/id\"\nclient_key = \"/k\"\nclient_crt = \"/c\"\nroot_cas = \"/r\"")
          .error,
      HasSubstr("f.toml:3:14: [teleport] has identity and client_key and client_crt and root_cas, "
                "and only one kind of credentials can be used; remove client_key and client_crt "
                "and root_cas, or remove identity"));
}

TEST(TeleportSection, IdentityBesideOneOfTheKeysSaysWhichToRemove) {
  EXPECT_EQ(teleport("identity = \"/id\"\nclient_crt = \"/c\"").error,
            "f.toml:3:14: [teleport] has identity and client_crt, and only one kind of credentials "
            "can be used; remove client_crt, or remove identity and write client_key and root_cas "
            "too");
}

TEST(TeleportSection, RefreshNeedsAnIdentityFile) {
  EXPECT_THAT(teleport("refresh_identity = true\nclient_key = \"/k\"\nclient_crt = \"/c\"\n"
                       "root_cas = \"/r\"")
                  .error,
              HasSubstr("f.toml:2:20: refresh_identity needs identity; write identity"));
}

TEST(TeleportSection, RefreshIntervalIsASecondAtLeast) {
  EXPECT_THAT(teleport("identity = \"/id\"\nrefresh_identity_interval = \"10ms\"").error,
              HasSubstr("is shorter than a second; write \"1m\""));
}

TEST(LogSection, KnowsUpstreamsNamesOfTheStreams) {
  for (const char* name : {"stderr", "error", "2"}) {
    EXPECT_EQ(log("output = \"" + std::string(name) + "\"")->output, "stderr") << name;
  }
  for (const char* name : {"stdout", "out", "1", "", "/dev/stdout", "/proc/self/fd/1"}) {
    EXPECT_EQ(log("output = \"" + std::string(name) + "\"")->output, "stdout") << name;
  }
  EXPECT_EQ(log("output = \"/var/log/x.log\"")->output, "/var/log/x.log");
  EXPECT_EQ(log("")->output, "stderr");
}

TEST(LogSection, KnowsTheSeveritiesInAnyCase) {
  EXPECT_EQ(log("severity = \"INFO\"")->severity, Severity::kInfo);
  EXPECT_EQ(log("severity = \"debug\"")->severity, Severity::kDebug);
  EXPECT_EQ(log("severity = \"Warn\"")->severity, Severity::kWarn);
  EXPECT_EQ(log("severity = \"warning\"")->severity, Severity::kWarn);
  EXPECT_EQ(log("severity = \"err\"")->severity, Severity::kError);
  EXPECT_EQ(log("severity = \"ERROR\"")->severity, Severity::kError);
  EXPECT_EQ(log("")->severity, Severity::kInfo);
}

TEST(LogSection, RefusesOtherSeverities) {
  const auto refused = log("severity = \"loud\"");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message,
            "f.toml:2:12: log.severity is not known; write \"debug\", \"info\", \"warn\" or "
            "\"error\"");
}

TEST(DeliverySection, AClaimRunsForHalfAMinute) {
  EXPECT_EQ(delivery("")->claim_time, std::chrono::seconds(30));
  EXPECT_EQ(delivery("claim_time = \"1m\"")->claim_time, std::chrono::minutes(1));
}

TEST(DeliverySection, EverythingIsListedAnewEveryTenMinutes) {
  EXPECT_EQ(delivery("")->resync_interval, std::chrono::minutes(10));
  EXPECT_EQ(delivery("")->digest_after, 100U);
  EXPECT_EQ(delivery("digest_after = 0")->digest_after, 0U);
  EXPECT_EQ(delivery("digest_after = -1").error().message,
            "f.toml:2:16: delivery.digest_after must be between 0, which means never, and 100000");
  EXPECT_EQ(delivery("resync_interval = \"1m\"")->resync_interval, std::chrono::minutes(1));
  EXPECT_EQ(delivery("resync_interval = \"9s\"").error().message,
            "f.toml:2:19: delivery.resync_interval is shorter than 10 seconds; write \"10m\"");
}

TEST(DeliverySection, RefusesClaimsThatAreTooShortOrEndTooLate) {
  for (const char* time : {"4s", "11m"}) {
    const auto refused = delivery("claim_time = \"" + std::string(time) + "\"");
    ASSERT_FALSE(refused.ok()) << time;
    EXPECT_EQ(refused.error().message,
              "f.toml:2:14: delivery.claim_time must be between 5 seconds and 10 minutes; write "
              "\"30s\"");
  }
}

}  // namespace
}  // namespace notifyd::config
