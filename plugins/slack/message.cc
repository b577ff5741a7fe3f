#include "message.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "escape.h"
#include "notify/module.hpp"
#include "text.h"

namespace slack {
namespace {

using nlohmann::json;
using notify::view;

constexpr std::size_t kTextLimit = 3000;      // Slack's, of one text object
constexpr std::size_t kBlocksLimit = 12'900;  // about where Slack says msg_blocks_too_long
constexpr std::size_t kUrlLimit = 1000;       // a longer one is no link to a request
constexpr std::size_t kReviewersLimit = 400;  // of the names in the status line
constexpr std::size_t kSmallestLimit = 12;    // of one value; with this everything fits

struct StateNames {
  std::string_view name, emoji, reaction, happened;
};

constexpr std::array kNames{
    StateNames{"PENDING", "\u23F3", "", "waits for review"},
    StateNames{"APPROVED", "\u2705", "white_check_mark", "was approved"},
    StateNames{"DENIED", "\u274C", "x", "was denied"},
    StateNames{"PROMOTED", "", "white_check_mark", "was promoted to a long-term access"},
    StateNames{"EXPIRED", "\u231B", "hourglass", "expired"}};

const StateNames& names(State state) { return kNames.at(static_cast<std::size_t>(state)); }

// "✅ APPROVED"; PROMOTED has no emoji.
std::string marked(State state) {
  const StateNames& n = names(state);
  return n.emoji.empty() ? std::string(n.name) : std::string(n.emoji) + " " + std::string(n.name);
}

State state_of_resolution(std::uint32_t resolution) {
  switch (resolution) {
    case NOTIFY_APPROVED:
      return State::kApproved;
    case NOTIFY_DENIED:
      return State::kDenied;
    case NOTIFY_PROMOTED:
      return State::kPromoted;
    default:
      return State::kPending;
  }
}

// Verbatim: Slack makes no link of evil.example and no mention of #general.
json mrkdwn(std::string text) {
  return {{"type", "mrkdwn"}, {"text", std::move(text)}, {"verbatim", true}};
}
json section(std::string text) { return {{"type", "section"}, {"text", mrkdwn(std::move(text))}}; }

std::string line(std::string_view label, std::string_view value) {
  return "*" + std::string(label) + "*: " + std::string(value) + "\n";
}

bool blank(notify_str text) { return trim(view(text)).empty(); }

// "<https://...>", since nothing else becomes a link; "" unless it can stand as it is: a character
// that ends a link would break more than the link.
std::string link_of(const notify_request& request) {
  const std::string_view url = trim(view(request.url));
  const bool http = url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
  const bool sane = std::all_of(url.begin(), url.end(), [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("<>|\"`\\").find(c) == std::string_view::npos;
  });
  const std::string escaped = http && sane ? escape(url) : "";
  return escaped.empty() || escaped.size() > kUrlLimit ? "" : "<" + escaped + ">";
}

std::string_view title_of(const notify_request& request) {
  if (request.n_resources == 0) return "You have a new Role Request:";
  if (request.kind == NOTIFY_KIND_LONG_TERM) {
    return "You have a new Resource Request (long-term access):";
  }
  return "You have a new Resource Request:";
}

std::vector<std::string> sorted(const notify_str* items, std::size_t n) {
  std::vector<std::string> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) out.emplace_back(view(items[i]));
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> role_names(const notify_request& request) {
  std::vector<std::string> out;
  out.reserve(request.n_roles);
  for (std::size_t i = 0; i < request.n_roles; ++i) out.emplace_back(view(request.roles[i].name));
  std::sort(out.begin(), out.end());
  return out;
}

bool logins_known(const notify_request& request) {
  return std::any_of(request.roles, request.roles + request.n_roles,
                     [](const notify_role& role) { return role.n_logins > 0; });
}

std::vector<const notify_role*> roles_by_name(const notify_request& request) {
  std::vector<const notify_role*> roles;
  for (std::size_t i = 0; i < request.n_roles; ++i) roles.push_back(&request.roles[i]);
  std::sort(roles.begin(), roles.end(), [](const notify_role* a, const notify_role* b) {
    return view(a->name) < view(b->name);
  });
  return roles;
}

std::string login_line(const notify_role& role, std::size_t limit) {
  std::vector<std::string> logins{"-"};
  if (role.n_logins > 0) logins = sorted(role.logins, role.n_logins);
  return "*Role*: " + inline_code(view(role.name), limit) +
         " *Login(s)*: " + list_code(logins, ", ", limit) + "\n";
}

// One line per role, as many as four values may take; the rest is counted.
std::string login_lines(const notify_request& request, std::size_t limit) {
  std::string out;
  const auto roles = roles_by_name(request);
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const std::string next = login_line(*roles[i], limit);
    if (i > 0 && length(out) + length(next) > 4 * limit) {
      return out + line("Role", "+" + std::to_string(roles.size() - i) + " more");
    }
    out += next;
  }
  return out;
}

std::string role_lines(const notify_request& request, std::size_t limit) {
  if (request.n_roles == 0) return "";
  if (logins_known(request)) return login_lines(request, limit);
  return line("Role(s)", list_code(role_names(request), ",", limit));
}

std::string resource_line(const notify_request& request, std::size_t limit) {
  if (request.n_resources == 0) return "";
  return line("Resource(s)", list_code(sorted(request.resources, request.n_resources), ",", limit));
}

std::string link_lines(const notify_request& request, State state, std::size_t limit) {
  const std::string link = link_of(request);
  if (!link.empty()) return line("Link", link);
  if (state != State::kPending) return "";
  const std::string id(view(request.id));
  return line("Approve", inline_code("tsh request review --approve " + id, limit + 40)) +
         line("Deny", inline_code("tsh request review --deny " + id, limit + 40));
}

std::string fields(const notify_request& request, State state, std::size_t limit) {
  std::string out = line("ID", name_text(view(request.id), limit));
  if (!blank(request.cluster)) out += line("Cluster", name_text(view(request.cluster), limit));
  if (!blank(request.user)) out += line("User", name_text(view(request.user), limit));
  out += role_lines(request, limit) + resource_line(request, limit);
  if (!blank(request.reason)) out += line("Reason", block_code(view(request.reason), limit));
  return out + link_lines(request, state, limit);
}

std::string status(const notify_request& request, State state, std::size_t limit) {
  std::string out = "*Status*: " + marked(state);
  if (!blank(request.resolve_reason)) {
    out += "\n*Resolution reason*: " + block_code(view(request.resolve_reason), limit);
  }
  return out;
}

std::string reviewer(const notify_review& review, std::size_t limit) {
  const std::string_view emoji = names(state_of_resolution(review.proposed)).emoji;
  return std::string(emoji) + " " + name_text(view(review.author), limit);
}

// "2 reviews: ✅ alice@example.com, ❌ bob@example.com"
std::string review_line(const notify_request& request, std::size_t limit) {
  const std::size_t n = request.n_reviews;
  std::string out = std::to_string(n) + (n == 1 ? " review: " : " reviews: ");
  const std::size_t head = length(out);
  for (std::size_t i = 0; i < n; ++i) {
    const std::string next = (i > 0 ? ", " : "") + reviewer(*request.reviews[i], limit);
    if (i > 0 && length(out) - head + length(next) > kReviewersLimit) {
      return out + " +" + std::to_string(n - i) + " more";
    }
    out += next;
  }
  return out;
}

std::string not_told_line(std::size_t count) {
  return "+" + std::to_string(count) + " not told (too many suggested reviewers)";
}

json context(const notify_request& request, State state, std::size_t not_told, std::size_t limit) {
  json elements = json::array({mrkdwn(status(request, state, limit))});
  if (request.n_reviews > 0) elements.push_back(mrkdwn(review_line(request, limit)));
  if (not_told > 0) elements.push_back(mrkdwn(not_told_line(not_told)));
  return {{"type", "context"}, {"elements", std::move(elements)}};
}

bool texts_fit(const json& node) {
  if (node.is_string()) return length(node.get_ref<const std::string&>()) <= kTextLimit;
  return !node.is_structured() || std::all_of(node.begin(), node.end(), texts_fit);
}

bool fits(const json& blocks) {
  return texts_fit(blocks) &&
         blocks.dump(-1, ' ', false, json::error_handler_t::replace).size() <= kBlocksLimit;
}

bool fits(const std::string& text) { return length(text) <= kTextLimit; }

// `build` with the greatest limit per value that keeps Slack's limits.
template <class Build>
auto fitted(const Build& build) {
  std::size_t limit = kValueLimit;
  auto built = build(limit);
  while (!fits(built) && limit > kSmallestLimit) {
    limit = std::max(limit / 2, kSmallestLimit);
    built = build(limit);
  }
  return built;
}

// ---- The plain text: our own words, then theirs as quotations ----

std::string plain_list(const std::vector<std::string>& items, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string next = (i > 0 ? ", " : "") + quoted_name(items[i], limit);
    if (i > 0 && length(out) + length(next) > 2 * limit) {
      return out + " +" + std::to_string(items.size() - i) + " more";
    }
    out += next;
  }
  return out;
}

std::string what_text(const notify_request& request, std::size_t limit) {
  std::string out;
  if (request.n_roles > 0) out += " role " + plain_list(role_names(request), limit);
  if (request.n_resources > 0) {
    out += std::string(request.n_roles > 0 ? " on" : "") + " resource " +
           plain_list(sorted(request.resources, request.n_resources), limit);
  }
  return out.empty() ? " access" : out;
}

// "⏳ PENDING: alice@example.com requests role editor (cluster example.com). Reason: “...”. …"
std::string summary_cut(const notify_request& request, State state, std::size_t limit) {
  const std::string who = blank(request.user) ? "Somebody" : quoted_name(view(request.user), limit);
  std::string out = marked(state) + ": " + who + " requests" + what_text(request, limit);
  if (!blank(request.cluster))
    out += " (cluster " + quoted_name(view(request.cluster), limit) + ")";
  out += ".";
  if (!blank(request.reason)) out += " Reason: " + quoted(view(request.reason), limit) + ".";
  if (!blank(request.resolve_reason)) {
    out += " Resolution reason: " + quoted(view(request.resolve_reason), limit) + ".";
  }
  const std::string link = link_of(request);
  if (!link.empty()) return out + " " + link;
  return out + " Request " + quoted_name(view(request.id), limit);
}

std::string summary(std::string_view before, const notify_request& request, State state) {
  return fitted([&](std::size_t limit) {
    return std::string(before) + summary_cut(request, state, limit / 2);
  });
}

// As RFC 822 writes it, in UTC.
std::string time_text(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm tm{};
  if (gmtime_r(&seconds, &tm) == nullptr) return "";
  std::array<char, 32> buffer{};
  const std::size_t n = std::strftime(buffer.data(), buffer.size(), "%d %b %y %H:%M UTC", &tm);
  return {buffer.data(), n};
}

std::string verdict_title(const notify_request& request, State state, std::size_t limit) {
  return "Request with ID \"" + name_text(view(request.id), limit) + "\" has been updated: *" +
         std::string(state_name(state)) + "*";
}

std::string verdict_fields(const notify_request& request, State state, std::size_t limit) {
  std::string out = line("Decision", marked(state));
  out += role_lines(request, limit) + resource_line(request, limit);
  if (!blank(request.resolve_reason)) {
    out += line("Resolution reason", block_code(view(request.resolve_reason), limit));
  }
  if (request.n_reviews > 0) out += line("Reviewed by", review_line(request, limit));
  if (!blank(request.cluster)) out += line("Cluster", name_text(view(request.cluster), limit));
  return out + link_lines(request, state, limit);
}

std::string given_up_fields(const notify_request& request, std::string_view who,
                            std::string_view why, std::size_t limit) {
  std::string out = line("Not reached", name_text(who, limit));
  out += line("Why", block_code(why, limit)) + line("ID", name_text(view(request.id), limit));
  if (!blank(request.cluster)) out += line("Cluster", name_text(view(request.cluster), limit));
  if (!blank(request.user)) out += line("User", name_text(view(request.user), limit));
  out += role_lines(request, limit) + resource_line(request, limit);
  const std::string link = link_of(request);
  return link.empty() ? out : out + line("Link", link);
}

std::string reply_cut(const notify_review& review, std::size_t limit) {
  std::string out = quoted_name(view(review.author), limit) + " reviewed the request";
  const std::string at = review.created_ms > 0 ? time_text(review.created_ms) : "";
  if (!at.empty()) out += " at " + at;
  out += ".\nResolution: " + marked(state_of_resolution(review.proposed)) + ".";
  if (!blank(review.reason)) out += "\nReason: " + block_code(view(review.reason), limit);
  return out;
}

}  // namespace

State state_of(const notify_event& event) {
  const State state = state_of_resolution(event.request->resolution);
  const bool ended = event.kind == NOTIFY_REQUEST_EXPIRED;
  return ended && state == State::kPending ? State::kExpired : state;
}

std::string_view state_name(State state) { return names(state).name; }

std::string_view reaction_name(State state) { return names(state).reaction; }

std::string_view reaction_of(std::string_view state_name) {
  const auto* found = std::find_if(kNames.begin(), kNames.end(),
                                   [&](const StateNames& n) { return n.name == state_name; });
  return found == kNames.end() ? std::string_view() : found->reaction;
}

Message announcement(const notify_request& request, State state, std::size_t not_told) {
  Message message;
  message.text = summary("", request, state);
  if (not_told > 0) message.text += " " + not_told_line(not_told);
  message.blocks = fitted([&](std::size_t limit) {
    return json::array({section(std::string(title_of(request))),
                        section(fields(request, state, limit)),
                        context(request, state, not_told, limit)});
  });
  return message;
}

Message verdict(const notify_request& request, State state) {
  Message message;
  const std::string before = "Your access request " + std::string(names(state).happened) + ". ";
  message.text = summary(before, request, state);
  message.blocks = fitted([&](std::size_t limit) {
    return json::array({section(verdict_title(request, state, limit)),
                        section(verdict_fields(request, state, limit))});
  });
  return message;
}

Message given_up(const notify_request& request, State state, std::string_view who,
                 std::string_view why) {
  constexpr const char* kTitle = "Somebody could not be told of an access request:";
  constexpr const char* kMend =
      "They hear nothing more of this request, so tell them. The next one reaches them once the "
      "above is mended.";
  Message message;
  message.text = fitted([&](std::size_t limit) {
    return "Not told of an access request: " + quoted_name(who, limit / 2) +
           ". Why: " + quoted(why, limit) + ". " + summary_cut(request, state, limit / 2);
  });
  message.blocks = fitted([&](std::size_t limit) {
    return json::array(
        {section(kTitle), section(given_up_fields(request, who, why, limit)), section(kMend)});
  });
  return message;
}

std::string review_reply(const notify_review& review) {
  return fitted([&](std::size_t limit) { return reply_cut(review, limit); });
}

}  // namespace slack
