#include "webhook.h"

#include <algorithm>
#include <utility>

#include "event_json.h"
#include "notify/clip.hpp"
#include "notify/hmac.hpp"
#include "notify/text.hpp"

namespace webhook {
namespace {

using notify::Answer;
using notify::Task;
using notify::view;

constexpr std::string_view kFallback = "fallback:";
constexpr std::string_view kDone = "done ";  // a receipt: the id of the step that was done last
constexpr std::size_t kShownOfBody = 120;
constexpr std::uint64_t kShortestTimeoutMs = 5'000;

Answer later(notify_rc rc, std::string why, std::uint32_t ms = 0) {
  Answer answer;
  answer.rc = rc;
  answer.detail = std::move(why);
  answer.retry_after_ms = ms;
  return answer;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

std::string_view endpoint_of(std::string_view recipient) {
  const bool fallback = recipient.substr(0, kFallback.size()) == kFallback;
  return recipient.substr(fallback ? kFallback.size() : 0);
}

// "HTTP 400: invalid_payload": a receiver's own word says more than its number.
std::string said(const notify::HttpResponse& response) {
  if (response.outcome != NOTIFY_HTTP_ANSWERED) return response.error;
  const std::string_view start =
      notify::clipped(response.body, 4 * kShownOfBody, notify::Unit::kBytes);
  const std::string body =
      notify::clip(notify::visible(start), kShownOfBody, notify::Unit::kCodePoints);
  return "HTTP " + std::to_string(response.status) + (body.empty() ? "" : ": " + body);
}

// Of several places one that does not work is no reason to stop for all; where there is one only,
// nothing works without it.
notify_rc rc_for(notify_rc rc, bool one_place) {
  const bool broken = NOTIFY_CLASS(rc) == NOTIFY_BROKEN;
  if (!one_place) return broken ? notify_rc{NOTIFY_DROP_RECIPIENT} : rc;
  return rc == NOTIFY_DROP_RECIPIENT ? notify_rc{NOTIFY_BROKEN_CONFIG} : rc;
}

}  // namespace

Webhook::Webhook(notify::Host& host)
    : host_(host), config_(Config::read(host)), turns_(host, config_.interval_ms) {}

std::vector<std::string> Webhook::endpoints_for(const notify_request& request) const {
  std::vector<std::string> names;
  if (config_.one_place()) return {std::string(kOnePlace)};
  for (std::size_t i = 0; i < request.n_rule_recipients; ++i) {
    const std::string name(view(request.rule_recipients[i]));
    if (config_.endpoints.count(name) > 0)
      add_once(names, name);
    else
      host_.log(NOTIFY_LOG_WARN, "an Access Monitoring Rule names what is not under [endpoints]",
                {{"recipient", name}});
  }
  if (request.n_rule_recipients > 0) return names;
  if (config_.role_to_recipients.empty()) {
    for (const auto& [name, url] : config_.endpoints) names.push_back(name);
  }
  for (std::size_t i = 0; i < request.n_roles; ++i) {
    auto found = config_.role_to_recipients.find(view(request.roles[i].name));
    if (found == config_.role_to_recipients.end()) found = config_.role_to_recipients.find("*");
    if (found == config_.role_to_recipients.end()) continue;
    for (const std::string& name : found->second) add_once(names, name);
  }
  return names;
}

Task<Answer> Webhook::route(const notify_event& event) {
  Answer answer;
  for (const std::string& name : endpoints_for(*event.request)) {
    answer.recipients.push_back({name, name, NOTIFY_TO_REVIEWER});
  }
  if (!config_.fallback.empty()) {
    answer.recipients.push_back(
        {std::string(kFallback) + config_.fallback, config_.fallback, NOTIFY_TO_FALLBACK});
  }
  co_return answer;
}

std::optional<std::string> Webhook::url_of(std::string_view endpoint) const {
  if (config_.one_place()) return host_.option("webhook.url");
  const auto found = config_.endpoints.find(endpoint);
  return found == config_.endpoints.end() ? std::nullopt : std::optional(found->second);
}

bool Webhook::is_over(const notify_event& event) const {
  return event.deadline_ns != 0 && host_.mono_ms() >= event.deadline_ns / 1'000'000;
}

// Over the very bytes that are sent, and the time, so that nobody can send them again later.
bool Webhook::sign(notify::HttpRequest& request) const {
  notify_str secret{};
  const notify_rc rc = host_.table()->config(host_.table(), "webhook.secret", 0, &secret);
  if (rc == notify_rc{NOTIFY_DROP}) return true;
  if (rc != notify_rc{NOTIFY_OK} || secret.len == 0) return false;
  const std::string time = std::to_string(host_.unix_ms() / 1000);
  const auto mac = notify::hmac_sha256(view(secret), time + "." + request.body);
  request.headers.emplace_back("X-Notify-Signature", "t=" + time + ",v1=" + notify::to_hex(mac));
  return true;
}

// Nothing where a secret can't be read now.
std::optional<notify::HttpRequest> Webhook::request(const notify_event& event,
                                                    std::string url) const {
  notify::HttpRequest request;
  request.method = config_.method;
  request.url = std::move(url);
  request.body = body_for(config_, event_json(event));
  request.headers = config_.headers;
  request.headers.emplace_back("Content-Type", config_.content_type);
  request.headers.emplace_back("Idempotency-Key", '"' + delivery_id(event) + '"');
  notify_str authorization{};
  const notify_rc rc =
      host_.table()->config(host_.table(), "webhook.authorization", 0, &authorization);
  if (rc == notify_rc{NOTIFY_RETRY}) return std::nullopt;
  if (rc == notify_rc{NOTIFY_OK}) {
    request.headers.emplace_back("Authorization", std::string(view(authorization)));
  }
  request.timeout_ms = config_.timeout_ms;
  if (event.deadline_ns != 0) {  // not over, as the caller has seen
    const std::uint64_t left = event.deadline_ns / 1'000'000 - host_.mono_ms();
    request.timeout_ms = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(request.timeout_ms, std::max(left, kShortestTimeoutMs)));
  }
  if (!sign(request)) return std::nullopt;
  return request;
}

Answer Webhook::judged(const notify::HttpResponse& response, const std::string& endpoint) {
  const bool same = config_.method == "PUT";
  const notify::HttpVerdict verdict = notify::judge(
      response, same ? notify::Repeat::kHarmless : notify::Repeat::kDoubles, host_.unix_ms());
  if (verdict.rc == NOTIFY_RETRY_LIMITED) turns_.rest(endpoint, verdict.retry_after_ms);
  Answer answer;
  answer.rc = rc_for(verdict.rc, config_.one_place());
  answer.retry_after_ms = verdict.retry_after_ms;
  answer.whole_instance = config_.one_place() && verdict.rc == NOTIFY_RETRY_LIMITED;
  if (verdict.rc != NOTIFY_OK) answer.detail = endpoint + ": " + said(response);
  return answer;
}

Task<Answer> Webhook::deliver(const notify_event& event) {
  const std::string endpoint(endpoint_of(view(event.recipient)));
  const std::string receipt = std::string(kDone) + delivery_id(event);
  const bool first = event.kind == NOTIFY_REQUEST_PENDING || event.kind == NOTIFY_GIVEN_UP;
  if (view(event.receipt) == receipt || (!first && !config_.follow_ups)) {
    co_return later(NOTIFY_OK_SKIPPED, "");
  }
  auto waiting = turns_.take(endpoint);
  const bool may_go = co_await waiting;
  if (!may_go || is_over(event)) {
    co_return later(NOTIFY_RETRY_LIMITED, endpoint + ": goes on later", turns_.wait_ms(endpoint));
  }
  const auto url = url_of(endpoint);
  if (!url && !config_.one_place()) {
    co_return later(NOTIFY_DROP_RECIPIENT, endpoint + " is not under [endpoints] any more");
  }
  if (!url) co_return later(NOTIFY_RETRY, "webhook.url can't be read");
  if (!is_url(*url)) co_return later(NOTIFY_BROKEN_CONFIG, "webhook.url is no address");
  auto asked = request(event, *url);
  if (!asked)
    co_return later(NOTIFY_RETRY, "webhook.secret or webhook.authorization can't be read");
  auto sending = host_.http(std::move(*asked));
  const notify::HttpResponse response = co_await sending;
  Answer answer = judged(response, endpoint);
  if (answer.rc == NOTIFY_OK) answer.receipt = receipt;
  co_return answer;
}

}  // namespace webhook
