#include "config.h"

#include <charconv>
#include <optional>
#include <stdexcept>

#include "text.h"

namespace slack {
namespace {

constexpr const char* kApiUrl = "https://slack.com/api/";
// Each has a place in the record of the request, which holds so many and not many more.
constexpr std::size_t kMostDirectMessages = 300;

std::string api_url(const notify::Host& host) {
  const std::optional<std::string> written = host.option("slack.api_url");
  const std::string name = written ? "slack.api_url" : "slack.apiurl";
  std::string url(trim(written ? *written : host.option(name.c_str()).value_or("")));
  if (url.empty()) url = kApiUrl;
  const bool http = url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
  if (!http || url.find_first_of(" ?#\t\r\n") != std::string::npos) {
    throw std::runtime_error(
        name +
        " must be an http or https address such as \"https://slack.com/api/\", without a query");
  }
  if (url.back() != '/') url += '/';
  return url;
}

bool published_pace(const notify::Host& host) {
  const std::string pace = host.option("slack.pace").value_or("published");
  if (pace == "published") return true;
  if (pace == "obey") return false;
  throw std::runtime_error(R"(slack.pace must be "published" or "obey")");
}

std::size_t max_direct_messages(const notify::Host& host) {
  const std::string text = host.option("slack.max_direct_messages").value_or("30");
  std::size_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = fault == std::errc{} && end == text.data() + text.size();
  if (whole && number <= kMostDirectMessages) return number;
  throw std::runtime_error(
      "slack.max_direct_messages must be a number from 0 to " +
      std::to_string(kMostDirectMessages) +
      "; 0: suggested reviewers get no direct messages. To tell more people, name a channel");
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

Config Config::read(const notify::Host& host) {
  Config config;
  require_bot_token(host);
  config.api_url = slack::api_url(host);
  config.published_pace = slack::published_pace(host);
  config.max_direct_messages = slack::max_direct_messages(host);
  config.notify_requester = host.option("slack.notify_requester").value_or("true") == "true";
  config.fallback = trim(host.option("slack.fallback").value_or(""));
  config.role_to_recipients = host.table("role_to_recipients");
  require_default_route(config);
  return config;
}

}  // namespace slack
