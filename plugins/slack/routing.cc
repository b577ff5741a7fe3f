#include "routing.h"

#include <algorithm>
#include <unordered_set>

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

bool is_person(std::string_view name) { return is_email(name) || is_user_id(name); }

// Who gets a direct message already, by address or id.
std::unordered_set<std::string> people(const std::vector<Addressee>& to) {
  std::unordered_set<std::string> known;
  for (const Addressee& one : to) {
    if (is_person(one.name)) known.insert(is_email(one.name) ? lower(one.name) : one.name);
  }
  return known;
}

bool tells_requester(const Config& config, const notify_request& request) {
  return config.notify_requester && is_email(trim(notify::view(request.user)));
}

// A suggested reviewer is a Teleport user name; only an e-mail address names a Slack user too.
void add_suggested(Addressees& all, const Config& config, const notify_request& request) {
  std::unordered_set<std::string> known = people(all.told);
  const std::size_t most = config.max_direct_messages;
  std::size_t left = most - std::min(most, known.size());
  if (tells_requester(config, request)) known.insert(lower(trim(notify::view(request.user))));
  for (std::size_t i = 0; i < request.n_suggested_reviewers; ++i) {
    const std::string_view name = trim(notify::view(request.suggested_reviewers[i]));
    if (!is_email(name) || !known.insert(lower(name)).second) continue;
    if (left == 0) {
      ++all.not_told;
      continue;
    }
    --left;
    add(all.told, name, NOTIFY_TO_REVIEWER);
  }
}

void add_by_rules(std::vector<Addressee>& to, const notify_request& request) {
  for (std::size_t i = 0; i < request.n_rule_recipients; ++i) {
    add(to, notify::view(request.rule_recipients[i]), NOTIFY_TO_REVIEWER);
  }
}

}  // namespace

Addressees addressees(const Config& config, const notify_request& request) {
  Addressees all;
  if (request.n_rule_recipients > 0) {
    add_by_rules(all.told, request);
  } else {
    add_by_roles(all.told, config, request);
    add_suggested(all, config, request);
  }
  if (tells_requester(config, request)) {
    add(all.told, notify::view(request.user), NOTIFY_TO_REQUESTER);
  }
  return all;
}

std::size_t not_told(const Config& config, const notify_event& event) {
  const notify_request& request = *event.request;
  if (request.n_rule_recipients > 0) return 0;
  if (is_person(address_of(notify::view(event.recipient)))) {
    std::vector<Addressee> configured;
    add_by_roles(configured, config, request);
    const bool channel = std::any_of(configured.begin(), configured.end(),
                                     [](const Addressee& one) { return !is_person(one.name); });
    if (channel) return 0;
  }
  return addressees(config, request).not_told;
}

std::string named_by(const Config& config, const notify_event& event) {
  if (event.audience == NOTIFY_TO_FALLBACK) return "slack.fallback";
  if (event.audience == NOTIFY_TO_REQUESTER) return "requester";
  if (event.request == nullptr) return "";  // a digest has none
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
  constexpr std::size_t kEnough = 1000;  // more than anybody reads
  std::string names;
  for (std::size_t i = 0; i < request.n_suggested_reviewers && names.size() < kEnough; ++i) {
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
