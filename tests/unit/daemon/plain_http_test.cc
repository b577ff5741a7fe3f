#include "daemon/plain_http.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace notifyd::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string verdict(const std::string& name, const std::string& value, bool secret = false) {
  config::Settings settings;
  settings.file = "slack.toml";
  config::Settings::Entry& entry = settings.entries[name];
  entry.values = {value};
  entry.at = {"slack.toml", 3, 11};
  entry.secret = secret;
  entry.set = true;
  config::Faults faults;
  refuse_plain_http(settings, faults);
  return faults.empty() ? "accepted" : faults.lines().front();
}

TEST(PlainHttp, ToAnotherMachineIsRefusedWhereItIsWritten) {
  for (const char* name : {"slack.api_url", "slack.apiurl", "url"}) {
    const std::string message = verdict(name, "http://slack.example.com/api/");
    EXPECT_THAT(message, StartsWith("slack.toml:3:11: " + std::string(name) + " is an http://"));
    EXPECT_THAT(message, HasSubstr("allow_insecure = true at the top of the file"));
  }
  EXPECT_THAT(verdict("slack.api_url", "HTTP://127.0.0.1@evil.example/"), HasSubstr("3:11"));
}

TEST(PlainHttp, ToThisMachineIsTakenAndSoIsHttps) {
  for (const char* url : {"http://127.0.0.1:8080/api/", "http://localhost/", "http://[::1]/",
                          "https://slack.com/api/", "slack.com", ""}) {
    EXPECT_EQ(verdict("slack.api_url", url), "accepted") << url;
  }
  EXPECT_EQ(verdict("wiki.page", "http://wiki.example.com/"), "accepted") << "nobody calls it";
}

TEST(PlainHttp, SecretThatIsAnAddressIsLookedAtAndNotQuoted) {
  const test::TempDir dir;
  const std::string file = dir.write("hook", "http://hooks.example.com/T0/very-secret\n");
  for (const std::string& written :
       {std::string("http://hooks.example.com/T0/very-secret"), file}) {
    const std::string message = verdict("chat.hook", written, true);
    EXPECT_THAT(message, HasSubstr("3:11: chat.hook is an http://"));
    EXPECT_THAT(message, Not(HasSubstr("very-secret")));
  }
  EXPECT_EQ(verdict("slack.token", "xoxb-0123456789", true), "accepted");
}

}  // namespace
}  // namespace notifyd::daemon
