#include "module/calls.h"

#include <utility>

#include "base/crash_point.h"
#include "module/abi_text.h"
#include "module/sized.h"

namespace notifyd::modules {
namespace {

net::HttpRequest copy_of(const notify_http_request& raw, bool allow_insecure) {
  net::HttpRequest request;
  request.allow_insecure = allow_insecure;
  request.method = text(raw.method);
  request.url = text(raw.url);
  request.body = text(raw.body);
  request.timeout_ms = raw.timeout_ms;
  for (std::size_t i = 0; raw.headers != nullptr && i < raw.n_headers; ++i) {
    request.headers.emplace_back(text(raw.headers[i].key), text(raw.headers[i].value));
  }
  return request;
}

std::uint32_t outcome_of(net::HttpResponse::Outcome outcome) {
  switch (outcome) {
    case net::HttpResponse::Outcome::kAnswered:
      return NOTIFY_HTTP_ANSWERED;
    case net::HttpResponse::Outcome::kNotSent:
      return NOTIFY_HTTP_NOT_SENT;
    case net::HttpResponse::Outcome::kUnsure:
      return NOTIFY_HTTP_UNSURE;
    case net::HttpResponse::Outcome::kCancelled:
      break;
  }
  return NOTIFY_HTTP_CANCELLED;
}

net::HttpResponse unanswered(net::HttpResponse::Outcome outcome, std::string error) {
  net::HttpResponse response;
  response.outcome = outcome;
  response.error = std::move(error);
  return response;
}

// The module's authors cannot know that the host has a key for it.
std::string error_of(const net::HttpResponse& response) {
  if (!response.untrusted) return response.error;
  return response.error +
         "; if it is from a CA that this machine does not know, name a file with that CA as "
         "ca_file in the module's section";
}

}  // namespace

Calls::Calls(std::shared_ptr<Engine> loop, std::shared_ptr<Outlet> outlet, bool allow_insecure,
             Enter enter)
    : loop_(std::move(loop)),
      outlet_(std::move(outlet)),
      allow_insecure_(allow_insecure),
      enter_(std::move(enter)) {}

std::uint64_t Calls::add(const Call& call) {
  const std::lock_guard lock(mutex_);
  calls_.emplace(++last_, call);
  return last_;
}

bool Calls::take(std::uint64_t id, Call* call) {
  const std::lock_guard lock(mutex_);
  auto node = calls_.extract(id);
  if (node) *call = node.mapped();
  return !node.empty();
}

std::uint64_t Calls::http(const notify_http_request* theirs, notify_http_done done, void* user) {
  Call call;
  call.http_done = done;
  call.user = user;
  const std::uint64_t id = add(call);
  // The loop may outlive us, its queue is never run again then: `this` is safe inside the work.
  const auto hand_on = [this, id, loop = loop_](net::HttpResponse response) {
    crash_point("after an HTTP call");
    loop->post([this, id, response = std::move(response)] { http_ended(id, response); });
  };
  const auto request = checked(theirs, "notify_http_request");
  if (!request) {
    hand_on(unanswered(net::HttpResponse::Outcome::kNotSent,
                       "the module's notify_http_request " + request.error().message));
    return id;
  }
  crash_point("before an HTTP call");
  const std::uint64_t number = outlet_->send(copy_of(*request, allow_insecure_), hand_on);
  if (number == 0) hand_on(unanswered(net::HttpResponse::Outcome::kCancelled, "stopping"));
  const std::lock_guard lock(mutex_);
  if (const auto found = calls_.find(id); found != calls_.end()) found->second.http = number;
  return id;
}

std::uint64_t Calls::timer(std::uint32_t after_ms, notify_timer_done done, void* user) {
  Call call;
  call.timer_done = done;
  call.user = user;
  const std::uint64_t id = add(call);
  // Timers belong to the loop's thread, and timer() may be called from any.
  loop_->post([this, id, after_ms] { arm(id, after_ms); });
  return id;
}

void Calls::arm(std::uint64_t id, std::uint32_t after_ms) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  found->second.timer = loop_->after(Millis(after_ms), [this, id] { timer_fired(id); });
}

void Calls::http_ended(std::uint64_t id, const net::HttpResponse& response) {
  Call call;
  if (!take(id, &call)) return;
  std::vector<notify_kv> headers;
  headers.reserve(response.headers.size());
  for (const auto& [key, value] : response.headers) headers.push_back({str(key), str(value)});
  notify_http_response raw{};
  raw.size = sizeof raw;
  raw.outcome = outcome_of(response.outcome);
  raw.status = response.status;
  raw.body = str(response.body);
  const std::string error = error_of(response);
  raw.error = str(error);
  raw.headers = headers.data();
  raw.n_headers = headers.size();
  enter_("an http callback", [&] { call.http_done(call.user, &raw); });
}

void Calls::timer_fired(std::uint64_t id) {
  Call call;
  if (take(id, &call)) enter_("a timer callback", [&] { call.timer_done(call.user); });
}

void Calls::stop(const Call& call) {
  if (call.http != 0) outlet_->cancel(call.http);
  loop_->cancel(call.timer);
}

void Calls::cancel(std::uint64_t id) {
  Call call;
  if (take(id, &call)) stop(call);
}

void Calls::drop_all() {
  std::map<std::uint64_t, Call> calls;
  {
    const std::lock_guard lock(mutex_);
    calls.swap(calls_);
  }
  for (const auto& [id, call] : calls) stop(call);
}

}  // namespace notifyd::modules
