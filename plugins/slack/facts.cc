#include "facts.h"

#include <algorithm>

#include "escape.h"
#include "notify/module.hpp"
#include "text.h"

namespace slack {
namespace {

using notify::view;

constexpr std::size_t kUrlLimit = 1000;       // a longer one is no link to a request
constexpr std::size_t kReviewersLimit = 400;  // of the names in the status line

bool by_name(const notify_role* a, const notify_role* b) { return view(a->name) < view(b->name); }

bool logins_known(const notify_request& request) {
  return std::any_of(request.roles, request.roles + request.n_roles,
                     [](const notify_role& role) { return role.n_logins > 0; });
}

// The first of them: each takes a character at least.
std::vector<std::string_view> logins_of(const notify_role& role, std::size_t limit) {
  if (role.n_logins == 0) return {"-"};
  std::vector<std::string_view> all;
  all.reserve(role.n_logins);
  for (std::size_t i = 0; i < role.n_logins; ++i) all.push_back(view(role.logins[i]));
  const auto shown = static_cast<std::ptrdiff_t>(std::min(all.size(), limit + 1));
  std::partial_sort(all.begin(), all.begin() + shown, all.end());
  return all;
}

std::string login_line(const notify_role& role, std::size_t limit) {
  return "*Role*: " + inline_code(view(role.name), limit) +
         " *Login(s)*: " + list_code(logins_of(role, limit), ", ", limit) + "\n";
}

// One line per role, as many as four values may take; the rest is counted.
std::string login_lines(const Facts& facts, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < facts.roles.size(); ++i) {
    const std::string next = login_line(*facts.roles[i], limit);
    if (i > 0 && length(out) + length(next) > 4 * limit) {
      return out + line("Role", "+" + std::to_string(facts.roles.size() - i) + " more");
    }
    out += next;
  }
  return out;
}

std::string reviewer(const notify_review& review, std::size_t limit) {
  const std::string_view mark = state_mark(state_of_resolution(review.proposed));
  return std::string(mark) + " " + name_text(view(review.author), limit);
}

// A character that ends a link would break more than the link.
std::string link_of(const notify_request& request) {
  const std::string_view url = trim(view(request.url));
  const bool http = url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
  const bool sane = std::all_of(url.begin(), url.end(), [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("<>|\"`\\").find(c) == std::string_view::npos;
  });
  const std::string escaped = http && sane && url.size() <= kUrlLimit ? escape(url) : "";
  return escaped.empty() || escaped.size() > kUrlLimit ? "" : "<" + escaped + ">";
}

}  // namespace

Facts::Facts(const notify_request& of, State now) : request(of), state(now), link(link_of(of)) {
  for (std::size_t i = 0; i < of.n_roles; ++i) roles.push_back(&of.roles[i]);
  std::sort(roles.begin(), roles.end(), by_name);
  for (const notify_role* role : roles) role_names.push_back(view(role->name));
  for (std::size_t i = 0; i < of.n_resources; ++i) resources.push_back(view(of.resources[i]));
  std::sort(resources.begin(), resources.end());
}

bool blank(notify_str text) { return trim(view(text)).empty(); }

std::string line(std::string_view label, std::string_view value) {
  std::string out = "*";
  return out.append(label).append("*: ").append(value).append("\n");
}

std::string title(const Facts& facts) {
  const std::string what = facts.request.n_resources == 0 ? "Role" : "Resource";
  const bool lasting = facts.request.kind == NOTIFY_KIND_LONG_TERM;
  return "You have a new " + what + " Request" + (lasting ? " (long-term access):" : ":");
}

std::string role_lines(const Facts& facts, std::size_t limit) {
  if (facts.roles.empty()) return "";
  if (logins_known(facts.request)) return login_lines(facts, limit);
  return line("Role(s)", list_code(facts.role_names, ",", limit));
}

std::string resource_line(const Facts& facts, std::size_t limit) {
  if (facts.resources.empty()) return "";
  return line("Resource(s)", list_code(facts.resources, ",", limit));
}

std::string link_lines(const Facts& facts, std::size_t limit) {
  if (!facts.link.empty()) return line("Link", facts.link);
  if (facts.state != State::kPending) return "";
  const std::string id(view(facts.request.id));
  return line("Approve", inline_code("tsh request review --approve " + id, limit + 40)) +
         line("Deny", inline_code("tsh request review --deny " + id, limit + 40));
}

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

}  // namespace slack
