// The part of facts.h that says how long the access lasts and what the request waits for.
#include "escape.h"
#include "facts.h"
#include "notify/module.hpp"
#include "text.h"
#include "times.h"

namespace slack {
namespace {

using notify::view;
using Time = std::string (*)(std::int64_t unix_ms);

// An older host knows nothing of the access; what stands behind it is there only with all of it.
bool has_access(const notify_request& request) { return NOTIFY_HAS(&request, user_email); }

std::int64_t length_ms(const notify_request& request) {
  const std::int64_t begins =
      request.access_starts_ms > 0 ? request.access_starts_ms : request.created_ms;
  const bool known = begins > 0 && request.access_expires_ms > begins;
  return known ? request.access_expires_ms - begins : 0;
}

// "until 15 Nov 23 06:13 UTC (8 hours from the request on)". Teleport counts from there, whenever
// it is approved.
std::string until_words(const notify_request& request, Time time) {
  const std::string end = time(request.access_expires_ms);
  const std::string lasts = length_text(length_ms(request));
  if (end.empty()) {
    const std::string most = length_text(request.max_duration_ms);
    return most.empty() ? "" : "for " + most + " at most";
  }
  const char* from = request.access_starts_ms > 0 ? "" : " from the request on";
  return "until " + end + (lasts.empty() ? "" : " (" + lasts + from + ")");
}

std::string login_words(const notify_request& request) {
  const std::int64_t lasts = length_ms(request);
  const bool shorter = lasts == 0 || request.session_ttl_ms + 60'000 < lasts;
  const std::string ttl = shorter ? length_text(request.session_ttl_ms) : "";
  return ttl.empty() ? "" : "each login for " + ttl + " at most";
}

void add(std::string& to, std::string_view separator, const std::string& part) {
  if (!to.empty() && !part.empty()) to += separator;
  to += part;
}

std::string access_value(const notify_request& request, Time time) {
  const std::string start = time(request.access_starts_ms);
  std::string out = start.empty() ? "" : "from " + start;
  add(out, " ", until_words(request, time));
  add(out, ", ", login_words(request));
  return out;
}

std::string list_title(const notify_request& request) {
  const notify_access_list* list = request.promoted_to;
  if (list == nullptr) return "";
  return std::string(blank(list->title) ? view(list->id) : view(list->title));
}

std::string given_words(const notify_threshold& one, std::uint32_t given, std::uint32_t needed,
                        const std::string& name) {
  const std::string of = (needed == 1 ? name : name + "s");
  if (one.given_known == 0) return std::to_string(needed) + " " + of + " needed";
  return std::to_string(given) + " of " + std::to_string(needed) + " " + of;
}

// Denials only where they are more than the usual one that decides, or where there are some.
std::string threshold_words(const notify_threshold& one) {
  std::string out;
  if (one.approvals_needed > 0) {
    out = given_words(one, one.approvals_given, one.approvals_needed, "approval");
  }
  const bool denials = one.approvals_needed == 0 || one.denials_needed > 1 ||
                       (one.given_known != 0 && one.denials_given > 0);
  if (one.denials_needed > 0 && denials) {
    add(out, ", ", given_words(one, one.denials_given, one.denials_needed, "denial"));
  }
  return out;
}

// What tells a threshold from the others: the roles that it is for, and its name.
std::string whose(const notify_threshold& one, std::size_t limit) {
  std::vector<std::string_view> roles;
  for (std::size_t i = 0; i < one.n_roles; ++i) roles.push_back(view(one.roles[i]));
  std::string out;
  if (!roles.empty()) out += " for " + list_code(roles, ",", limit);
  if (!blank(one.name)) out += " (" + inline_code(view(one.name), limit) + ")";
  return out;
}

// "1 of 2 approvals", or with more than one threshold "1 of 2 approvals for `admin`; ..."
std::string progress(const notify_request& request, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < request.n_thresholds; ++i) {
    const notify_threshold& one = *request.thresholds[i];
    std::string words = threshold_words(one);
    if (!words.empty() && request.n_thresholds > 1) words += whose(one, limit);
    if (!out.empty() && length(out) + length(words) > 2 * limit) {
      return out + "; +" + std::to_string(request.n_thresholds - i) + " more";
    }
    add(out, "; ", words);
  }
  return out;
}

std::string line_if(std::string_view label, const std::string& value) {
  return value.empty() ? "" : line(label, value);
}

}  // namespace

// Whoever is promoted is a member of the list: no end of this request holds for that.
std::string access_lines(const Facts& facts, std::size_t limit) {
  if (!has_access(facts.request)) return "";
  if (facts.state != State::kPromoted) {
    return line_if("Access", access_value(facts.request, &time_markup));
  }
  const std::string title = list_title(facts.request);
  return title.empty() ? "" : line("Access List", inline_code(title, limit));
}

std::string waiting_lines(const Facts& facts, std::size_t limit) {
  if (!has_access(facts.request) || facts.state != State::kPending) return "";
  return line_if("Decide by", time_markup(facts.request.expires_ms)) +
         line_if("Progress", progress(facts.request, limit));
}

std::string access_words(const Facts& facts, std::size_t limit) {
  const notify_request& request = facts.request;
  if (!has_access(request)) return "";
  if (facts.state == State::kPromoted) {
    const std::string title = list_title(request);
    return title.empty() ? "" : " Access List: " + quoted(title, limit) + ".";
  }
  const bool counts = facts.state == State::kPending || facts.state == State::kApproved;
  const std::string access = counts ? access_value(request, &time_text) : "";
  std::string out = access.empty() ? "" : " Access " + access + ".";
  const std::string by = time_text(request.expires_ms);
  if (facts.state == State::kPending && !by.empty()) out += " Decide by " + by + ".";
  return out;
}

}  // namespace slack
