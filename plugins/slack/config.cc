#include "config.h"

#include <charconv>
#include <optional>
#include <stdexcept>

#include "ids.h"
#include "spelling.h"
#include "text.h"
#include "token.h"

namespace slack {
namespace {

constexpr const char* kApiUrl = "https://slack.com/api/";
// Each has a place in the record of the request, which holds so many and not many more.
constexpr std::size_t kMostDirectMessages = 300;

using Faults = std::vector<std::string>;  // each begins with the option that it is about

bool is_http(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

// Of Slack's own hosts it is known what must follow.
bool is_slack_without_api(std::string_view url) {
  for (const std::string_view host : {"https://slack.com", "https://slack-gov.com",
                                      "https://www.slack.com", "https://api.slack.com"}) {
    if (!url.starts_with(host)) continue;
    const std::string_view path = url.substr(host.size());
    return path.empty() || (path.front() == '/' && path != "/api" && path != "/api/");
  }
  return false;
}

std::string api_url(const notify::Host& host, Faults& faults) {
  const std::optional<std::string> written = host.option("slack.api_url");
  const std::string name = written ? "slack.api_url" : "slack.apiurl";
  std::string url(trim(written ? *written : host.option(name.c_str()).value_or("")));
  if (url.empty()) return kApiUrl;
  if (!is_http(url) || url.find_first_of(" ?#\t\r\n") != std::string::npos) {
    faults.push_back(name +
                     " must be an http or https address such as \"https://slack.com/api/\", "
                     "without a query");
  } else if (is_slack_without_api(url)) {
    faults.push_back(name +
                     " is not where Slack answers; write \"https://slack.com/api/\", or "
                     "\"https://slack-gov.com/api/\" for GovSlack");
  }
  if (url.back() != '/') url += '/';
  return url;
}

bool published_pace(const notify::Host& host, Faults& faults) {
  const std::string pace = host.option("slack.pace").value_or("published");
  if (pace != "published" && pace != "obey") {
    faults.emplace_back(R"(slack.pace must be "published" or "obey")");
  }
  return pace != "obey";
}

std::size_t max_direct_messages(const notify::Host& host, Faults& faults) {
  const std::string text = host.option("slack.max_direct_messages").value_or("30");
  std::size_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = fault == std::errc{} && end == text.data() + text.size();
  if (whole && number <= kMostDirectMessages) return number;
  faults.push_back(
      "slack.max_direct_messages must be a number from 0 to " +
      std::to_string(kMostDirectMessages) +
      "; 0: suggested reviewers get no direct messages. To tell more people, name a channel");
  return 0;
}

void require_default_route(const Config& config, Faults& faults) {
  if (config.role_to_recipients.count("*") > 0) return;
  faults.emplace_back(
      "role_to_recipients has no entry \"*\"; add, under [role_to_recipients], \"*\" = "
      "[\"access-requests\"] with the channel or the e-mail address for every role that has no "
      "entry of its own, or \"*\" = [] to notify nobody about those");
}

std::string team_id(const notify::Host& host, Faults& faults) {
  const std::string text(trim(host.option("slack.team_id").value_or("")));
  if (!text.empty() && !is_team(text)) {
    faults.emplace_back(
        "slack.team_id must be the id of a workspace such as \"T0123ABCD\", as in "
        "https://app.slack.com/client/T0123ABCD; it is only for a token of a whole organisation");
  }
  return text;
}

// `key`: where it is written, e.g. `role_to_recipients."dev"`.
std::optional<Recipient> recipient(const std::string& key, const std::string& written,
                                   Faults& faults) {
  auto parsed = parse_recipient(written);
  if (auto* found = std::get_if<Recipient>(&parsed)) return std::move(*found);
  faults.push_back(key + ": " + std::get<NoRecipient>(parsed).why);
  return std::nullopt;
}

using Routes = std::map<std::string, std::vector<Recipient>, std::less<>>;

Routes routes(const notify::Host& host, Faults& faults) {
  Routes out;
  for (const auto& [role, texts] : host.table("role_to_recipients")) {
    const std::string key = "role_to_recipients.\"" + one_line(clean(role)) + "\"";
    std::vector<Recipient>& named = out[role];
    for (const std::string& text : texts) {
      if (auto one = recipient(key, text, faults)) named.push_back(std::move(*one));
    }
  }
  return out;
}

std::optional<Recipient> fallback(const notify::Host& host, Faults& faults) {
  const std::string written = host.option("slack.fallback").value_or("");
  if (without_edges(written).empty()) return std::nullopt;
  return recipient("slack.fallback", written, faults);
}

void require_bot_token(const notify::Host& host, Faults& faults) {
  const std::string written = host.option("slack.token").value_or("");
  const std::string_view token = trim(written);
  if (token.empty()) {
    faults.emplace_back(
        "slack.token is empty or its file can't be read; it must be the app's bot token "
        "(xoxb-...), from OAuth & Permissions in the app's settings");
  } else if (const std::string fault = token_fault(token); !fault.empty()) {
    faults.push_back("slack.token " + fault);
  } else if (is_rotating(token)) {
    host.log(NOTIFY_LOG_WARN,
             "slack.token is one that Slack rotates (xoxe.xoxb-...) and ends after 12 hours: name "
             "a file that is renewed, or make an app with token_rotation_enabled: false");
  }
}

// All of them: a person mends them in one go.
void refuse_all(const notify::Host& host, const Faults& faults) {
  if (faults.empty()) return;
  for (std::size_t i = 0; i + 1 < faults.size(); ++i) host.log(NOTIFY_LOG_ERROR, faults[i]);
  throw std::runtime_error(faults.back());
}

}  // namespace

Config Config::read(const notify::Host& host) {
  Config config;
  Faults faults;
  require_bot_token(host, faults);
  config.api_url = slack::api_url(host, faults);
  config.published_pace = slack::published_pace(host, faults);
  config.max_direct_messages = slack::max_direct_messages(host, faults);
  config.team_id = slack::team_id(host, faults);
  config.notify_requester = host.option("slack.notify_requester").value_or("true") == "true";
  config.role_to_recipients = routes(host, faults);
  config.fallback = slack::fallback(host, faults);
  require_default_route(config, faults);
  refuse_all(host, faults);
  return config;
}

}  // namespace slack
