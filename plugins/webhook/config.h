// What the instance's file says, judged before anything is sent.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "escape.h"
#include "notify/module.hpp"
#include "template.h"

namespace webhook {

struct Config {
  using Names = std::vector<std::string>;

  // All that is wrong is logged, the last of it thrown as std::runtime_error: each begins with the
  // option to mend.
  static Config read(const notify::Host& host);

  // Where to, by name. Empty: one place only, webhook.url, which is a secret and read at each call.
  std::map<std::string, std::string, std::less<>> endpoints;
  std::map<std::string, Names, std::less<>> role_to_recipients;  // empty: all endpoints
  std::string fallback;                                          // an endpoint, or ""

  std::string method, content_type;
  notify::Pairs headers;
  std::uint32_t timeout_ms = 0, interval_ms = 0;
  bool follow_ups = true;
  Markup markup = Markup::kNone;
  Body body = Body::kJson;
  std::optional<Template> text;  // none: the event itself

  bool one_place() const { return endpoints.empty(); }
};

// Whether an address may be called. Its query may be there; whether http:// may is the host's.
bool is_url(std::string_view url);

// The name of the one place that webhook.url is, as the id of a recipient.
inline constexpr std::string_view kOnePlace = "webhook";

// The body for `event`.
std::string body_for(const Config& config, const Json& event);

}  // namespace webhook
