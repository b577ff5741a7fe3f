#include "routing.h"

#include <algorithm>

#include "directory.h"
#include "notify/module.hpp"
#include "text.h"

namespace slack {
namespace {

constexpr std::string_view kFallback = "fallback:";  // no channel's name and no address begins so

void add(std::vector<Addressee>& to, std::string_view name, std::uint32_t audience) {
  const std::string_view trimmed = trim(name);
  if (!trimmed.empty()) to.push_back({std::string(trimmed), audience});
}

const std::vector<std::string>& recipients_of_role(const Config& config, std::string_view role) {
  const auto own = config.role_to_recipients.find(role);
  if (own != config.role_to_recipients.end()) return own->second;
  return config.role_to_recipients.find("*")->second;
}

void add_by_roles(std::vector<Addressee>& to, const Config& config, const notify_request& request) {
  for (std::size_t i = 0; i < request.n_roles; ++i) {
    for (const std::string& name : recipients_of_role(config, notify::view(request.roles[i].name)))
      add(to, name, NOTIFY_TO_REVIEWER);
  }
}

// A suggested reviewer is a Teleport user name; only an e-mail address names a Slack user too.
void add_suggested(std::vector<Addressee>& to, const notify_request& request) {
  for (std::size_t i = 0; i < request.n_suggested_reviewers; ++i) {
    const std::string_view name = trim(notify::view(request.suggested_reviewers[i]));
    if (is_email(name)) add(to, name, NOTIFY_TO_REVIEWER);
  }
}

void add_by_rules(std::vector<Addressee>& to, const notify_request& request) {
  for (std::size_t i = 0; i < request.n_rule_recipients; ++i) {
    add(to, notify::view(request.rule_recipients[i]), NOTIFY_TO_REVIEWER);
  }
}

}  // namespace

std::vector<Addressee> addressees(const Config& config, const notify_request& request) {
  std::vector<Addressee> to;
  if (request.n_rule_recipients > 0) {
    add_by_rules(to, request);
  } else {
    add_by_roles(to, config, request);
    add_suggested(to, request);
  }
  const std::string_view requester = trim(notify::view(request.user));
  if (config.notify_requester && is_email(requester)) add(to, requester, NOTIFY_TO_REQUESTER);
  return to;
}

std::string named_by(const Config& config, const notify_event& event) {
  if (event.audience == NOTIFY_TO_FALLBACK) return "slack.fallback";
  if (event.audience == NOTIFY_TO_REQUESTER) return "requester";
  if (event.request->n_rule_recipients > 0) return "Access Monitoring Rule";
  const std::string_view label = NOTIFY_HAS(&event, label) ? notify::view(event.label) : "";
  for (std::size_t i = 0; i < event.request->n_roles; ++i) {
    const std::string_view role = notify::view(event.request->roles[i].name);
    const auto& names = recipients_of_role(config, role);
    const bool named = std::any_of(names.begin(), names.end(), [label](const std::string& name) {
      return trim(name) == label;
    });
    if (!named) continue;
    const bool own = config.role_to_recipients.find(role) != config.role_to_recipients.end();
    return "role_to_recipients.\"" + (own ? one_line(clean(role)) : "*") + "\"";
  }
  for (std::size_t i = 0; i < event.request->n_suggested_reviewers; ++i) {
    if (trim(notify::view(event.request->suggested_reviewers[i])) == label) {
      return "suggested reviewer";
    }
  }
  return "";
}

std::string unreachable(const notify_request& request) {
  std::string names;
  for (std::size_t i = 0; i < request.n_suggested_reviewers; ++i) {
    const std::string_view name = trim(notify::view(request.suggested_reviewers[i]));
    if (!is_email(name)) names += (names.empty() ? "" : ", ") + one_line(clean(name));
  }
  return names;
}

std::string fallback_id(const std::string& name) {
  return std::string(kFallback) + (is_email(name) ? lower(name) : channel_of(name));
}

std::string_view address_of(std::string_view recipient_id) {
  const bool fallback = recipient_id.substr(0, kFallback.size()) == kFallback;
  return recipient_id.substr(fallback ? kFallback.size() : 0);
}

std::string channel_of(const std::string& name) {
  if (is_user_id(name) || is_channel_id(name)) return name;
  return "#" + lower(name.front() == '#' ? name.substr(1) : name);
}

}  // namespace slack
