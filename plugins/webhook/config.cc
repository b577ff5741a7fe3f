#include "config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>

#include "event_json.h"
#include "formats.h"

namespace webhook {
namespace {

using notify::Host;

// All that is wrong; each begins with the option that it is about.
using Faults = std::vector<std::string>;

// What a recipient's id and label may hold; see abi.h.
constexpr std::size_t kLongestName = 200;

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_token(std::string_view text) {
  constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={}";
  return !text.empty() && is_visible(text) &&
         text.find_first_of(kSeparators) == std::string_view::npos;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  return text;
}

bool is_name(std::string_view name) { return !name.empty() && name.size() <= kLongestName; }

void read_endpoints(const Host& host, Config& config, Faults& faults) {
  for (const auto& [name, values] : host.table("endpoints")) {
    const std::string option = "endpoints.\"" + name + "\"";
    if (!is_name(name)) {
      faults.push_back(option + " has a name of no length, or of more than 200 bytes");
    } else if (values.size() != 1 || !is_url(values.front())) {
      faults.push_back(option + " must be one address such as \"https://example.com/hook\"");
    }
    config.endpoints.emplace(name, values.empty() ? "" : values.front());
  }
}

void read_places(const Host& host, Config& config, Faults& faults) {
  read_endpoints(host, config, faults);
  notify_str ignored{};
  const bool has_url =
      host.table()->config(host.table(), "webhook.url", 0, &ignored) != notify_rc{NOTIFY_DROP};
  if (has_url && !config.endpoints.empty()) {
    faults.emplace_back(
        "webhook.url and [endpoints] are both there; a single place is webhook.url, several are "
        "[endpoints]");
  } else if (!has_url && config.endpoints.empty()) {
    faults.emplace_back(
        "webhook.url is missing; write url = \"https://...\" under [webhook], or name several "
        "places under [endpoints]");
  }
  const auto url = host.option("webhook.url");  // none: its file cannot be read, which may pass
  if (url && !is_url(*url)) {
    faults.emplace_back(
        "webhook.url must be an address such as \"https://example.com/hook\", or the absolute "
        "path of a file that holds one");
  }
}

void require_endpoint(const Config& config, const std::string& name, const std::string& option,
                      Faults& faults) {
  if (config.one_place()) {
    faults.push_back(option + " names a place, so there must be some under [endpoints]");
  } else if (config.endpoints.count(name) == 0) {
    faults.push_back(option + " names \"" + name + "\", which is not under [endpoints]");
  }
}

void read_routes(const Host& host, Config& config, Faults& faults) {
  for (auto& [role, names] : host.table("role_to_recipients")) {
    for (const std::string& name : names) {
      require_endpoint(config, name, "role_to_recipients.\"" + role + "\"", faults);
    }
    config.role_to_recipients.emplace(role, std::move(names));
  }
  config.fallback = host.option("webhook.fallback").value_or("");
  if (!config.fallback.empty()) {
    require_endpoint(config, config.fallback, "webhook.fallback", faults);
  }
}

// The host's, or set by other options: two of them would be sent.
bool is_taken(const std::string& header) {
  constexpr std::array<std::string_view, 8> kTaken{
      "host",         "content-length", "transfer-encoding",  "connection",
      "content-type", "authorization",  "x-notify-signature", "idempotency-key"};
  return std::find(kTaken.begin(), kTaken.end(), lower(header)) != kTaken.end();
}

bool is_one_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || (c >= ' ' && c != '\x7f'); });
}

void read_headers(const Host& host, Config& config, Faults& faults) {
  for (const auto& [name, values] : host.table("webhook.headers")) {
    const std::string option = "webhook.headers.\"" + name + "\"";
    if (!is_token(name)) {
      faults.push_back(option + " is not a name that a header can have");
    } else if (is_taken(name)) {
      faults.push_back(option +
                       " can't be set here; see webhook.content_type, webhook.authorization and "
                       "webhook.secret");
    } else if (values.size() != 1 || !is_one_line(values.front())) {
      faults.push_back(option + " must be one text of one line");
    } else {
      config.headers.emplace_back(name, values.front());
    }
  }
}

struct Range {
  std::uint64_t least_ms, most_ms;
  const char* text;
};

std::uint32_t duration(const Host& host, const std::string& name, const Range& range,
                       Faults& faults) {
  const std::string text = host.option(name.c_str()).value_or("");
  std::uint64_t ms = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), ms);
  const bool number = fault == std::errc{} && end == text.data() + text.size();
  if (number && ms >= range.least_ms && ms <= range.most_ms) return static_cast<std::uint32_t>(ms);
  faults.push_back(name + " must be " + range.text);
  return 0;
}

void read_call(const Host& host, Config& config, Faults& faults) {
  config.method = host.option("webhook.method").value_or("POST");
  if (config.method != "POST" && config.method != "PUT" && config.method != "PATCH") {
    faults.emplace_back(R"(webhook.method must be "POST", "PUT" or "PATCH")");
  }
  config.content_type = host.option("webhook.content_type").value_or("application/json");
  const std::string& type = config.content_type;
  const bool printable =
      std::all_of(type.begin(), type.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
  if (type.find('/') == std::string::npos || !printable) {
    faults.emplace_back("webhook.content_type must be a type such as \"application/json\"");
  }
  config.body = body_of(type);
  config.timeout_ms = duration(host, "webhook.timeout", {1'000, 60'000, "from 1s to 60s"}, faults);
  config.interval_ms = duration(host, "webhook.interval", {0, 3'600'000, "from 0s to 1h"}, faults);
  config.follow_ups = host.flag("webhook.follow_ups");
}

Markup markup_of(const Host& host, Markup of_format, Faults& faults) {
  const std::string name = host.option("webhook.markup").value_or("");
  if (name.empty()) return of_format;
  if (name == "slack") return Markup::kSlack;
  if (name == "markdown") return Markup::kMarkdown;
  if (name != "none") {
    faults.emplace_back(R"(webhook.markup must be "none", "slack" or "markdown")");
  }
  return Markup::kNone;
}

// What keeps `sample` from being JSON as a body; "" for nothing.
std::string json_fault(const Config& config, const Json& sample) {
  try {
    [[maybe_unused]] const Json made = Json::parse(body_for(config, sample));
    return "";
  } catch (const Json::parse_error& e) {
    return "at byte " + std::to_string(e.byte) + " of what comes out: " + e.what();
  }
}

// Every event must make JSON, not only the one that is tried first.
void require_json(const Config& config, Faults& faults) {
  if (config.body != Body::kJson) return;
  for (const std::string_view event : kEventNames) {
    for (const Json& sample : {full_sample(event), bare_sample(event)}) {
      const std::string fault = json_fault(config, sample);
      if (fault.empty()) continue;
      faults.push_back("webhook.body makes no JSON for the event \"" + std::string(event) + "\", " +
                       fault);
      return;
    }
  }
}

void read_body(const Host& host, Config& config, Faults& faults) {
  const std::string name = host.option("webhook.format").value_or("event");
  const Format* const format = find_format(name);
  if (format == nullptr) {
    faults.emplace_back(
        R"(webhook.format must be "event", "slack", "mattermost" or "alertmanager")");
  }
  const auto own = host.option("webhook.body");
  if (own && name != "event") {
    faults.emplace_back("webhook.body and webhook.format are both there; leave one out");
  }
  config.markup = markup_of(host, format != nullptr ? format->markup : Markup::kNone, faults);
  const std::string text = own ? *own : std::string(format != nullptr ? format->body : "");
  if (text.empty()) return;
  try {
    config.text.emplace(text);
    config.text->check_names(full_sample("pending"));
    require_json(config, faults);
  } catch (const TemplateError& e) {
    faults.push_back(std::string("webhook.body, ") + e.what());
  }
}

}  // namespace

Config Config::read(const Host& host) {
  Config config;
  Faults faults;
  read_places(host, config, faults);
  read_routes(host, config, faults);
  read_headers(host, config, faults);
  read_call(host, config, faults);
  read_body(host, config, faults);
  if (faults.empty()) return config;
  for (std::size_t i = 0; i + 1 < faults.size(); ++i) host.log(NOTIFY_LOG_ERROR, faults[i]);
  throw std::runtime_error(faults.back());
}

bool is_url(std::string_view url) {
  const std::size_t scheme = url.rfind("https://", 0) == 0  ? 8
                             : url.rfind("http://", 0) == 0 ? 7
                                                            : 0;
  const std::string_view rest = url.substr(scheme);
  const bool has_host = !rest.empty() && rest.front() != '/' && rest.front() != '?';
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  return scheme != 0 && has_host && is_visible(url) &&
         authority.find('@') == std::string_view::npos && url.find('#') == std::string_view::npos;
}

std::string body_for(const Config& config, const Json& event) {
  if (!config.text) return json_text(event);
  return config.text->render(event, [&config](std::string_view text, bool markup) {
    return escaped(text, markup ? config.markup : Markup::kNone, config.body);
  });
}

}  // namespace webhook
