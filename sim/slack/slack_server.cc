#include "sim/slack/slack_server.h"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "sim/http/http_server.h"
#include "sim/slack/api_request.h"
#include "sim/slack/methods.h"

namespace notifyd::sim {
namespace {

// Calls that were on their way when the refusal was sent are not the client's fault.
constexpr std::chrono::milliseconds kOnTheWay{250};

std::optional<std::chrono::seconds> whole_seconds(const std::string& text) {
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool number = error == std::errc() && end == text.data() + text.size();
  return number ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

struct Answer {
  int status = 200;
  MethodAnswer method;
  std::optional<std::string> retry_after;
};

std::string scope_list(const Method& method) {
  std::string list;
  for (const std::string_view scope : method.scopes) {
    list.append(list.empty() ? "" : ",").append(scope);
  }
  return list;
}

void add_warnings(const std::vector<std::string>& warnings, Json& body) {
  if (warnings.empty()) return;
  std::string list;
  for (const std::string& warning : warnings) list.append(list.empty() ? "" : ",").append(warning);
  body["warning"] = list;
  body["response_metadata"]["warnings"] = warnings;
}

std::string request_id(int number) {
  std::string digits = std::to_string(number);
  return std::string(32 - digits.size(), '0') + digits;
}

// False when the server stopped first.
bool sleep_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

HttpResponse broken() {
  HttpResponse response;
  response.manner = HttpResponse::Manner::kReset;
  return response;
}

}  // namespace

class SlackServer::Impl {
 public:
  Impl(Workspace& workspace, SlackServerOptions options)
      : workspace_(workspace),
        options_(std::move(options)),
        faults_(options_.fault_seed),
        limiter_(std::make_unique<RateLimiter>(options_.limits)),
        http_(options_.port, [this](const HttpRequest& request) { return handle(request); }) {}

  HttpServer& http() { return http_; }
  Faults& faults() { return faults_; }

  void set_limits(RateLimits limits) {
    workspace_.apply([&](SlackState&) {
      limiter_ = std::make_unique<RateLimiter>(std::move(limits));
      return false;
    });
  }

 private:
  HttpResponse handle(const HttpRequest& http);
  HttpResponse strike(const Fault& fault, Answer answer, const HttpRequest& http,
                      const ApiRequest& request);
  Answer run(const HttpRequest& http, const ApiRequest& request, const Fault* fault,
             SlackTime arrived);
  Answer run_method(SlackState& state, const ApiRequest& request, SlackTime now);
  Answer refuse_rate(const Refusal& refusal) const;
  MethodAnswer authorized(SlackState& state, const ApiRequest& request, SlackTime now) const;
  std::string channel_key(SlackState& state, const ApiRequest& request) const;
  void remember_refusal(const std::string& method, const std::string& retry_after, SlackTime now);
  bool inside_retry_after(const std::string& method, SlackTime now) const;
  HttpResponse proper(Answer answer, const ApiRequest& request);
  void add_headers(const ApiRequest& request, HttpResponse& response);

  Workspace& workspace_;
  const SlackServerOptions options_;
  Faults faults_;

  struct RetryAfter {
    SlackTime said;
    SlackTime until;
  };
  // Guarded by the workspace's lock: touched inside Workspace::apply() only.
  std::unique_ptr<RateLimiter> limiter_;
  std::map<std::string, RetryAfter> outstanding_;  // by method
  int requests_ = 0;

  HttpServer http_;  // last: its threads use the rest
};

// ---- One call ----

HttpResponse SlackServer::Impl::handle(const HttpRequest& http) {
  const SlackTime arrived = workspace_.now();
  const Method* method = find_method(method_name(http));
  const ApiRequest request =
      parse_api_request(http, method && method->json, method == nullptr || method->read);
  const std::optional<Fault> fault = faults_.draw(request.method, request.args.text("channel"));
  if (fault && fault->kind() == Fault::Kind::kDelay && !fault->strikes_after_effect()) {
    if (!sleep_for(fault->time(), http.stop)) return broken();
  }
  Answer answer = run(http, request, fault ? &*fault : nullptr, arrived);
  if (!fault) return proper(std::move(answer), request);
  return strike(*fault, std::move(answer), http, request);
}

Answer SlackServer::Impl::run(const HttpRequest& http, const ApiRequest& request,
                              const Fault* fault, SlackTime arrived) {
  const bool takes_effect =
      !fault || fault->strikes_after_effect() || fault->kind() == Fault::Kind::kDelay;
  Answer answer;
  answer.method = answer_error("internal_error");  // unless it gets to take effect
  workspace_.apply([&](SlackState& state) {
    const SlackTime now = workspace_.now();
    Call call;
    call.inside_retry_after = inside_retry_after(request.method, now);
    if (takes_effect) answer = run_method(state, request, now);
    if (fault && fault->retry_after()) remember_refusal(request.method, *fault->retry_after(), now);
    call.arrived = arrived;
    call.time = now;
    call.method = request.method;
    call.args = request.args.all();
    call.channel = answer.method.channel;
    call.ts = answer.method.ts;
    call.status = fault && fault->kind() == Fault::Kind::kHttp ? fault->status() : answer.status;
    call.error =
        fault && !fault->error().empty() ? fault->error() : answer.method.body.value("error", "");
    call.ok =
        takes_effect && answer.method.ok() && (!fault || fault->kind() == Fault::Kind::kDelay);
    call.effect = answer.method.effect;
    call.fault = fault != nullptr;
    call.connection = http.connection;
    state.journal.push_back(std::move(call));
    return true;
  });
  return answer;
}

Answer SlackServer::Impl::run_method(SlackState& state, const ApiRequest& request, SlackTime now) {
  const auto refusal = limiter_->take(request.method, channel_key(state, request), now);
  if (refusal) {
    remember_refusal(request.method, std::to_string(refusal->retry_after), now);
    return refuse_rate(*refusal);
  }
  Answer answer;
  answer.method =
      request.error.empty() ? authorized(state, request, now) : answer_error(request.error);
  return answer;
}

Answer SlackServer::Impl::refuse_rate(const Refusal& refusal) const {
  Answer answer;
  answer.status = 429;
  answer.retry_after = std::to_string(refusal.retry_after);
  answer.method = answer_error(refusal.of_channel ? options_.post_limit_code : "ratelimited");
  return answer;
}

MethodAnswer SlackServer::Impl::authorized(SlackState& state, const ApiRequest& request,
                                           SlackTime now) const {
  const Method* method = find_method(request.method);
  if (method == nullptr) return answer_error("unknown_method");
  if (request.token.empty()) return answer_error("not_authed");
  const auto token = state.tokens.find(request.token);
  if (token == state.tokens.end()) return answer_error("invalid_auth");
  if (!token->second.refusal.empty()) return answer_error(token->second.refusal);
  // Where several scopes stand, which is needed depends on the channel: the method says.
  if (method->scopes.size() == 1 &&
      !token->second.scopes.contains(std::string(method->scopes.front()))) {
    return answer_missing_scope(method->scopes.front(), token->second);
  }
  return method->run({state, request.args, token->second, now, options_.unit});
}

// A DM has one bucket, whether it is named by its own id or by the user's.
std::string SlackServer::Impl::channel_key(SlackState& state, const ApiRequest& request) const {
  const std::string name = request.args.text("channel");
  const SlackChannel* channel = state.find_channel(name);
  if (channel == nullptr) return name;
  return channel->kind == ChannelKind::kIm ? channel->user : channel->id;
}

// ---- Rate limits ----

void SlackServer::Impl::remember_refusal(const std::string& method, const std::string& retry_after,
                                         SlackTime now) {
  const auto wait = whole_seconds(retry_after);
  if (wait) outstanding_[method] = {now, now + *wait};
}

bool SlackServer::Impl::inside_retry_after(const std::string& method, SlackTime now) const {
  const auto found = outstanding_.find(method);
  if (found == outstanding_.end()) return false;
  return now > found->second.said + kOnTheWay && now < found->second.until;
}

// ---- The answer ----

HttpResponse SlackServer::Impl::proper(Answer answer, const ApiRequest& request) {
  std::vector<std::string> warnings = request.warnings;
  warnings.insert(warnings.end(), answer.method.warnings.begin(), answer.method.warnings.end());
  add_warnings(warnings, answer.method.body);
  HttpResponse response;
  response.status = answer.status;
  response.content_type = "application/json; charset=utf-8";
  response.body = answer.method.body.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (answer.retry_after) response.headers.emplace("Retry-After", *answer.retry_after);
  add_headers(request, response);
  return response;
}

void SlackServer::Impl::add_headers(const ApiRequest& request, HttpResponse& response) {
  auto& headers = response.headers;
  headers.emplace("cache-control", "private, no-cache, no-store, must-revalidate");
  headers.emplace("access-control-expose-headers", "x-slack-req-id, retry-after");
  workspace_.apply([&](SlackState& state) {
    headers.emplace("x-slack-req-id", request_id(++requests_));
    const auto token = state.tokens.find(request.token);
    if (token == state.tokens.end()) return false;
    headers.emplace("x-oauth-scopes", comma_list(token->second.scopes));
    if (const Method* method = find_method(request.method)) {
      headers.emplace("x-accepted-oauth-scopes", scope_list(*method));
    }
    return false;
  });
}

HttpResponse SlackServer::Impl::strike(const Fault& fault, Answer answer, const HttpRequest& http,
                                       const ApiRequest& request) {
  if (fault.kind() == Fault::Kind::kCode) answer = {200, answer_error(fault.error()), std::nullopt};
  HttpResponse response = proper(std::move(answer), request);
  switch (fault.kind()) {
    case Fault::Kind::kHttp:
      response.status = fault.status();
      response.body = fault.body();
      response.content_type = fault.content_type();
      if (!fault.location().empty()) response.headers.emplace("Location", fault.location());
      if (fault.retry_after()) response.headers.emplace("Retry-After", *fault.retry_after());
      break;
    case Fault::Kind::kTruncated:
      response.body.resize(response.body.size() / 2);
      break;
    case Fault::Kind::kWrongLength:
      response.manner = HttpResponse::Manner::kShort;
      break;
    case Fault::Kind::kNoAnswer:
      response.manner = HttpResponse::Manner::kSilence;
      break;
    case Fault::Kind::kReset:
      response.manner = HttpResponse::Manner::kReset;
      break;
    case Fault::Kind::kDelay:
      if (fault.strikes_after_effect() && !sleep_for(fault.time(), http.stop)) return broken();
      break;
    case Fault::Kind::kCode:
      break;
  }
  return response;
}

// ---- SlackServer ----

SlackServer::SlackServer(Workspace& workspace, SlackServerOptions options)
    : impl_(std::make_unique<Impl>(workspace, std::move(options))) {}
SlackServer::~SlackServer() = default;

std::string SlackServer::base_url() const {
  return "http://127.0.0.1:" + std::to_string(port()) + "/api/";
}

int SlackServer::port() const { return impl_->http().port(); }
void SlackServer::stop() { impl_->http().stop(); }
void SlackServer::start() { impl_->http().start(); }
Faults& SlackServer::faults() { return impl_->faults(); }
void SlackServer::set_limits(RateLimits limits) { impl_->set_limits(std::move(limits)); }

}  // namespace notifyd::sim
