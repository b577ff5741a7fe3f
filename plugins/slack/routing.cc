#include "routing.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "notify/module.hpp"
#include "text.h"

namespace slack {
namespace {

constexpr std::string_view kFallback = "fallback:";  // no channel's name and no address begins so

const std::vector<Recipient>& recipients_of_role(const Config& config, std::string_view role) {
  const auto own = config.role_to_recipients.find(role);
  if (own != config.role_to_recipients.end()) return own->second;
  return config.role_to_recipients.find("*")->second;
}

std::vector<Addressee> by_roles(const Config& config, const notify_request& request) {
  std::vector<Addressee> to;
  for (std::size_t i = 0; i < request.n_roles; ++i) {
    for (const Recipient& one : recipients_of_role(config, notify::view(request.roles[i].name)))
      to.push_back({one, NOTIFY_TO_REVIEWER});
  }
  return to;
}

// Whom Access Monitoring Rules name. Where that is nobody, roles count, as with teleport-slack.
std::vector<Addressee> by_rules(const notify_request& request, std::vector<std::string>& nobody) {
  std::vector<Addressee> to;
  for (std::size_t i = 0; i < request.n_rule_recipients; ++i) {
    auto parsed = parse_recipient(notify::view(request.rule_recipients[i]));
    if (auto* one = std::get_if<Recipient>(&parsed)) {
      to.push_back({std::move(*one), NOTIFY_TO_REVIEWER});
    } else {
      nobody.push_back(std::get<NoRecipient>(parsed).why);
    }
  }
  return to;
}

bool rules_apply(const notify_request& request) {
  std::vector<std::string> nobody;
  return !by_rules(request, nobody).empty();
}

// Who gets a direct message already, by address or id.
std::unordered_set<std::string> people(const std::vector<Addressee>& to) {
  std::unordered_set<std::string> known;
  for (const Addressee& one : to) {
    if (one.to.is_person()) known.insert(one.to.id());
  }
  return known;
}

std::optional<Recipient> requester(const Config& config, const notify_request& request) {
  if (!config.notify_requester) return std::nullopt;
  return recipient_of_user_name(notify::view(request.user));
}

void add_suggested(Addressees& all, const Config& config, const notify_request& request) {
  std::unordered_set<std::string> known = people(all.told);
  const std::size_t most = config.max_direct_messages;
  std::size_t left = most - std::min(most, known.size());
  if (const auto who = requester(config, request)) known.insert(who->id());
  for (std::size_t i = 0; i < request.n_suggested_reviewers; ++i) {
    auto reviewer = recipient_of_user_name(notify::view(request.suggested_reviewers[i]));
    if (!reviewer || !known.insert(reviewer->id()).second) continue;
    if (left == 0) {
      ++all.not_told;
      continue;
    }
    --left;
    all.told.push_back({std::move(*reviewer), NOTIFY_TO_REVIEWER});
  }
}

}  // namespace

Addressees addressees(const Config& config, const notify_request& request) {
  Addressees all;
  all.told = by_rules(request, all.nobody);
  if (all.told.empty()) {
    all.told = by_roles(config, request);
    add_suggested(all, config, request);
  }
  if (auto who = requester(config, request)) {
    all.told.push_back({std::move(*who), NOTIFY_TO_REQUESTER});
  }
  return all;
}

std::size_t not_told(const Config& config, const notify_event& event) {
  const notify_request& request = *event.request;
  if (Recipient::of_id(address_of(notify::view(event.recipient))).is_person()) {
    const auto configured = by_roles(config, request);
    const bool channel = std::any_of(configured.begin(), configured.end(),
                                     [](const Addressee& one) { return !one.to.is_person(); });
    if (channel) return 0;
  }
  return addressees(config, request).not_told;
}

std::string named_by(const Config& config, const notify_event& event) {
  if (event.audience == NOTIFY_TO_FALLBACK) return "slack.fallback";
  if (event.audience == NOTIFY_TO_REQUESTER) return "requester";
  if (event.request == nullptr) return "";  // a digest has none
  if (rules_apply(*event.request)) return "Access Monitoring Rule";
  const std::string_view label = NOTIFY_HAS(&event, label) ? notify::view(event.label) : "";
  for (std::size_t i = 0; i < event.request->n_roles; ++i) {
    const std::string_view role = notify::view(event.request->roles[i].name);
    const auto& all = recipients_of_role(config, role);
    const bool named = std::any_of(all.begin(), all.end(),
                                   [label](const Recipient& one) { return one.written == label; });
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
    if (!recipient_of_user_name(name)) names += (names.empty() ? "" : ", ") + one_line(clean(name));
  }
  return names;
}

std::string fallback_id(const Recipient& fallback) {
  return std::string(kFallback) + fallback.id();
}

std::string_view address_of(std::string_view recipient_id) {
  const bool fallback = recipient_id.substr(0, kFallback.size()) == kFallback;
  return recipient_id.substr(fallback ? kFallback.size() : 0);
}

}  // namespace slack
