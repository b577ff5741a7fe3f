#include "config.h"

#include <optional>
#include <stdexcept>

#include "text.h"

namespace slack {
namespace {

using notify::option;

constexpr const char* kApiUrl = "https://slack.com/api/";
constexpr const char* kNothing = "does nothing; remove it";

constexpr notify_option kToken =
    option("slack.token", NOTIFY_TEXT,
           "bot token (xoxb-...), or the absolute path of a file that holds it",
           NOTIFY_REQUIRED | NOTIFY_SECRET);
constexpr notify_option kRoles =
    option("role_to_recipients", NOTIFY_TABLE,
           "role = channels and e-mail addresses to notify; \"*\" is for every other role",
           NOTIFY_REQUIRED);
constexpr notify_option kNotifyRequester =
    option("slack.notify_requester", NOTIFY_BOOL,
           "whether the requester gets the request and the answer as direct messages", 0, "true");
constexpr notify_option kPace =
    option("slack.pace", NOTIFY_TEXT,
           "\"published\" keeps to Slack's published limits; \"obey\" sends at once and waits only "
           "when Slack says so",
           0, "published");
constexpr notify_option kApi =
    option("slack.api_url", NOTIFY_TEXT,
           "base of the Web API, e.g. https://slack-gov.com/api/ for GovSlack", 0, nullptr);
constexpr notify_option kApiOldName =
    option("slack.apiurl", NOTIFY_TEXT, "teleport-slack's name for slack.api_url", 0, nullptr);

constexpr notify_option ignored_text(const char* name) {
  return option(name, NOTIFY_TEXT, kNothing, NOTIFY_IGNORED);
}
constexpr notify_option kOldSecret = ignored_text("slack.secret");
constexpr notify_option kOldRecipients =
    option("slack.recipients", NOTIFY_LIST, kNothing, NOTIFY_IGNORED);
constexpr notify_option kOldListen = ignored_text("http.listen");
constexpr notify_option kOldListenAddr = ignored_text("http.listen_addr");
constexpr notify_option kOldPublicAddr = ignored_text("http.public_addr");
constexpr notify_option kOldKeyFile = ignored_text("http.https_key_file");
constexpr notify_option kOldCertFile = ignored_text("http.https_cert_file");
constexpr notify_option kOldHostname = ignored_text("http.hostname");
constexpr notify_option kOldRawPort = ignored_text("http.raw_port");
constexpr notify_option kOldInsecure =
    option("http.insecure", NOTIFY_BOOL, kNothing, NOTIFY_IGNORED);
constexpr notify_option kOldUser = ignored_text("http.basic_auth.username");
constexpr notify_option kOldPassword =
    option("http.basic_auth.password", NOTIFY_TEXT, kNothing, NOTIFY_IGNORED | NOTIFY_SECRET);

std::string api_url(const notify::Host& host) {
  const std::optional<std::string> written = host.option("slack.api_url");
  std::string url(trim(written ? *written : host.option("slack.apiurl").value_or("")));
  if (url.empty()) url = kApiUrl;
  const bool http = url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
  if (!http || url.find_first_of(" ?#\t\r\n") != std::string::npos) {
    throw std::runtime_error(
        "slack.api_url must be an http or https address such as \"https://slack.com/api/\", "
        "without a query");
  }
  if (url.back() != '/') url += '/';
  return url;
}

bool published_pace(const notify::Host& host) {
  const std::string pace = host.option("slack.pace").value_or("published");
  if (pace == "published") return true;
  if (pace == "obey") return false;
  throw std::runtime_error("slack.pace must be \"published\" or \"obey\"");
}

void require_default_route(const Config& config) {
  if (config.role_to_recipients.count("*") > 0) return;
  throw std::runtime_error(
      "role_to_recipients has no entry \"*\"; add, under [role_to_recipients], \"*\" = "
      "[\"access-requests\"] with the channel or the e-mail address for every role that has no "
      "entry of its own, or \"*\" = [] to notify nobody about those");
}

void require_bot_token(const notify::Host& host) {
  const std::string token = host.option("slack.token").value_or("");
  if (trim(token).empty()) {
    throw std::runtime_error(
        "slack.token is empty or its file can't be read; it must be the app's bot token "
        "(xoxb-...), from OAuth & Permissions in the app's settings");
  }
  if (trim(token).substr(0, 5) == "xapp-") {
    throw std::runtime_error(
        "slack.token is an app-level token (xapp-...); it must be the bot token (xoxb-...), from "
        "OAuth & Permissions in the app's settings");
  }
}

}  // namespace

const notify_option* const kOptions[] = {
    &kToken,         &kRoles,      &kNotifyRequester, &kPace,        &kApi,
    &kApiOldName,    &kOldSecret,  &kOldRecipients,   &kOldListen,   &kOldListenAddr,
    &kOldPublicAddr, &kOldKeyFile, &kOldCertFile,     &kOldHostname, &kOldRawPort,
    &kOldInsecure,   &kOldUser,    &kOldPassword,     nullptr};

Config Config::read(const notify::Host& host) {
  Config config;
  require_bot_token(host);
  config.api_url = slack::api_url(host);
  config.published_pace = slack::published_pace(host);
  config.notify_requester = host.option("slack.notify_requester").value_or("true") == "true";
  config.role_to_recipients = host.table("role_to_recipients");
  require_default_route(config);
  return config;
}

}  // namespace slack
