#include "event_json.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "notify/hmac.hpp"
#include "notify/module.hpp"

namespace webhook {
namespace {

using notify::view;

constexpr int kFormat = 1;  // of the default body; a field may be added without another number

Json text(notify_str s) { return std::string(view(s)); }

Json text_or_null(notify_str s) { return s.len == 0 ? Json() : text(s); }

// RFC 3339, in UTC.
Json time(std::int64_t unix_ms) {
  namespace chrono = std::chrono;
  if (unix_ms == 0) return {};
  const auto at = chrono::sys_time<chrono::milliseconds>(chrono::milliseconds(unix_ms));
  const auto day = chrono::floor<chrono::days>(at);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(at - day);
  std::array<char, 48> out{};
  const int size = std::snprintf(
      out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return std::string(out.data(), static_cast<std::size_t>(size));
}

Json seconds(std::int64_t ms) { return ms == 0 ? Json() : Json(ms / 1000); }

Json texts(const notify_str* items, std::size_t n) {
  Json list = Json::array();
  for (std::size_t i = 0; i < n; ++i) list.push_back(text(items[i]));
  return list;
}

Json map(const notify_annotation* items, std::size_t n) {
  Json object = Json::object();
  for (std::size_t i = 0; i < n; ++i) {
    object[std::string(view(items[i].key))] = texts(items[i].values, items[i].n_values);
  }
  return object;
}

Json roles(const notify_request& request) {
  Json list = Json::array();
  for (std::size_t i = 0; i < request.n_roles; ++i) list.push_back(text(request.roles[i].name));
  return list;
}

std::string_view resolution_name(std::uint32_t resolution) {
  switch (resolution) {
    case NOTIFY_APPROVED:
      return "approved";
    case NOTIFY_DENIED:
      return "denied";
    case NOTIFY_PROMOTED:
      return "promoted";
    default:
      return "pending";
  }
}

Json review_json(const notify_review& review) {
  return {{"author", text(review.author)},
          {"proposed", resolution_name(review.proposed)},
          {"reason", text_or_null(review.reason)},
          {"created_at", time(review.created_ms)},
          {"submitted_by", text_or_null(review.submitted_by)}};
}

Json reviews(const notify_request& request) {
  Json list = Json::array();
  for (std::size_t i = 0; i < request.n_reviews; ++i) {
    list.push_back(review_json(*request.reviews[i]));
  }
  return list;
}

Json threshold_json(const notify_threshold& threshold) {
  const auto given = [&](std::uint32_t n) { return threshold.given_known != 0 ? Json(n) : Json(); };
  return {{"name", text_or_null(threshold.name)},
          {"approvals_needed", threshold.approvals_needed},
          {"denials_needed", threshold.denials_needed},
          {"approvals_given", given(threshold.approvals_given)},
          {"denials_given", given(threshold.denials_given)}};
}

Json thresholds(const notify_request& request) {
  Json list = Json::array();
  for (std::size_t i = 0; i < request.n_thresholds; ++i) {
    list.push_back(threshold_json(*request.thresholds[i]));
  }
  return list;
}

Json request_json(const notify_request& request, bool expired) {
  const auto state = expired ? "expired" : resolution_name(request.resolution);
  Json out = {{"id", text(request.id)},
              {"cluster", text(request.cluster)},
              {"state", state},
              {"pending", state == "pending"},
              {"user", text(request.user)},
              {"user_email", text_or_null(request.user_email)},
              {"reason", text_or_null(request.reason)},
              {"resolve_reason", text_or_null(request.resolve_reason)},
              {"url", text_or_null(request.url)}};
  out["roles"] = roles(request);
  out["resources"] = texts(request.resources, request.n_resources);
  out["suggested_reviewers"] = texts(request.suggested_reviewers, request.n_suggested_reviewers);
  out["created_at"] = time(request.created_ms);
  out["expires_at"] = time(request.expires_ms);
  out["access_starts_at"] = time(request.access_starts_ms);
  out["access_expires_at"] = time(request.access_expires_ms);
  out["max_duration_s"] = seconds(request.max_duration_ms);
  out["promoted_to"] =
      request.promoted_to == nullptr ? Json() : text_or_null(request.promoted_to->title);
  out["reviews"] = reviews(request);
  out["thresholds"] = thresholds(request);
  out["annotations"] = map(request.annotations, request.n_annotations);
  out["user_traits"] = map(request.user_traits, request.n_user_traits);
  return out;
}

// When it happened, as well as is known: the same in each attempt where the request says it.
std::int64_t occurred_ms(const notify_event& event) {
  const notify_request* const request = event.request;
  if (request == nullptr) return event.occurred_ms;
  if (event.kind == NOTIFY_REQUEST_PENDING && request->created_ms != 0) return request->created_ms;
  if (event.review != nullptr && event.review->created_ms != 0) return event.review->created_ms;
  const bool decided = event.kind == NOTIFY_REQUEST_RESOLVED && request->n_reviews > 0;
  const std::int64_t last = decided ? request->reviews[request->n_reviews - 1]->created_ms : 0;
  return last != 0 ? last : event.occurred_ms;
}

std::string_view event_name(std::uint32_t kind) {
  switch (kind) {
    case NOTIFY_REQUEST_REVIEWED:
      return "reviewed";
    case NOTIFY_REQUEST_RESOLVED:
      return "resolved";
    case NOTIFY_REQUEST_EXPIRED:
      return "expired";
    case NOTIFY_GIVEN_UP:
      return "given_up";
    default:
      return "pending";
  }
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : "";
}

std::string joined(const Json& list) {
  std::string out;
  for (const Json& item : list) out += (out.empty() ? "" : ", ") + item.get<std::string>();
  return out;
}

std::string asked_for(const Json& request) {
  const std::string roles = joined(request["roles"]);
  const std::string resources = joined(request["resources"]);
  std::string out = roles.empty() ? "" : " as " + roles;
  if (!resources.empty()) out += " to " + resources;
  return out;
}

std::string review_title(const Json& event, const std::string& whose) {
  if (event["review"].is_null()) return "There is a review of " + whose;
  const std::string proposed = text_at(event["review"], "proposed");
  return text_at(event["review"], "author") + (proposed == "denied" ? " denies " : " approves ") +
         whose;
}

// "*": see full_sample().
Json sample_request(std::string_view event) {
  const bool resolved = event == "resolved";
  const std::string state = event == "expired" ? "expired" : resolved ? "approved" : "pending";
  const char* const when = "2030-01-01T00:00:00.000Z";
  const Json any = {{"*", Json::array({"value"})}};
  return {{"id", "11111111-2222-3333-4444-555555555555"},
          {"cluster", "example.teleport.sh"},
          {"state", state},
          {"pending", state == "pending"},
          {"user", "alice@example.com"},
          {"user_email", "alice@example.com"},
          {"reason", "to mend \"it\""},
          {"resolve_reason", "fine"},
          {"url", "https://example.teleport.sh/web/requests/1"},
          {"roles", Json::array({"editor", "auditor"})},
          {"resources", Json::array({"/example/node/1", "/example/node/2"})},
          {"suggested_reviewers", Json::array({"bob", "carol"})},
          {"created_at", when},
          {"expires_at", when},
          {"access_starts_at", when},
          {"access_expires_at", when},
          {"max_duration_s", 3600},
          {"promoted_to", "admins"},
          {"reviews", Json::array()},
          {"thresholds", Json::array()},
          {"annotations", any},
          {"user_traits", any}};
}

Json sample_review() {
  return {{"author", "bob"},
          {"proposed", "approved"},
          {"reason", "fine"},
          {"created_at", "2030-01-01T00:00:00.000Z"},
          {"submitted_by", "carol"}};
}

Json sample_threshold() {
  return {{"name", "default"},
          {"approvals_needed", 2},
          {"denials_needed", 1},
          {"approvals_given", 1},
          {"denials_given", 0}};
}

}  // namespace

std::string delivery_id(const notify_event& event) {
  return notify::to_hex(notify::sha256(view(event.key))).substr(0, 32);
}

Json event_json(const notify_event& event) {
  const bool expired = event.kind == NOTIFY_REQUEST_EXPIRED;
  const bool has_request = event.request != nullptr;
  const std::string name = has_request ? std::string(view(event.request->id)) : "";
  Json out = {{"format", kFormat},
              {"id", delivery_id(event)},
              {"event", event_name(event.kind)},
              {"title", ""},
              {"recipient", text(event.label.len != 0 ? event.label : event.recipient)},
              {"occurred_at", time(occurred_ms(event))},
              {"fingerprint", notify::to_hex(notify::sha256(name)).substr(0, 16)}};
  out["request"] = has_request ? request_json(*event.request, expired) : Json();
  out["review"] = event.review != nullptr ? review_json(*event.review) : Json();
  out["lost"] = text_or_null(event.lost);
  out["lost_why"] = text_or_null(event.lost_why);
  out["title"] = title_of(out);
  return out;
}

std::string title_of(const Json& event) {
  const Json& request = event["request"];
  const std::string kind = text_at(event, "event");
  const std::string whose = text_at(request, "user") + "'s Access Request";
  if (request.is_null()) return "Something happened to an Access Request";
  if (kind == "reviewed") return review_title(event, whose);
  if (kind == "resolved") return whose + " was " + text_at(request, "state");
  if (kind == "expired") return whose + " expired without a decision";
  if (kind == "given_up") return text_at(event, "lost") + " could not be told of " + whose;
  return text_at(request, "user") + " asks for access" + asked_for(request);
}

Json full_sample(std::string_view event) {
  Json out = {{"format", kFormat},
              {"id", std::string(32, '0')},
              {"event", event},
              {"title", ""},
              {"recipient", "ops"},
              {"occurred_at", "2030-01-01T00:00:00.000Z"},
              {"fingerprint", std::string(16, '0')}};
  out["request"] = sample_request(event);
  out["request"]["reviews"].push_back(sample_review());
  out["request"]["reviews"].push_back(sample_review());
  out["request"]["thresholds"].push_back(sample_threshold());
  out["request"]["thresholds"].push_back(sample_threshold());
  out["review"] = sample_review();
  out["lost"] = "dev";
  out["lost_why"] = "no such channel";
  out["title"] = title_of(out);
  return out;
}

Json bare_sample(std::string_view event) {
  Json out = full_sample(event);
  for (auto& [key, value] : out["request"].items()) {
    if (value.is_array())
      value = Json::array();
    else if (value.is_object())
      value = Json::object();
    else if (key != "id" && key != "cluster" && key != "user" && key != "state" && key != "pending")
      value = nullptr;
  }
  for (const char* key : {"review", "lost", "lost_why"}) out[key] = nullptr;
  out["title"] = title_of(out);
  return out;
}

}  // namespace webhook
