#include "api.h"

#include <algorithm>

#include "notify/http_status.hpp"
#include "text.h"

namespace slack {
namespace {

constexpr std::uint32_t kTimeoutMs = 30'000;
constexpr std::uint64_t kShortestTimeoutMs = 5'000;
constexpr std::uint64_t kPromptMs = 1'000;  // more calls at once would only wait for each other
constexpr std::uint32_t kLongestOfAProxyMs = 10 * 60 * 1000;

// Half a minute where the header is missing or senseless. Slack names whole seconds: a fraction is
// not Slack's, and counts as senseless.
std::uint32_t asked_wait_ms(const notify::HttpResponse& response, std::int64_t now_ms) {
  const bool fraction = response.header("retry-after").find('.') != std::string_view::npos;
  const auto named = fraction ? std::nullopt : notify::retry_after_ms(response, now_ms);
  return named.value_or(notify::kUnnamedWaitMs);
}

// What Slack says beside the code.
std::string remarks(const Json& body) {
  std::string out;
  const Json& messages = child_at(child_at(body, "response_metadata"), "messages");
  if (!messages.is_array()) return out;
  for (const Json& message : messages) {
    if (!message.is_string() || out.size() > 200) continue;
    if (!out.empty()) out += "; ";
    out += message.get<std::string>();
  }
  return out;
}

// The message that a call is about, as its method calls it.
std::string_view message_of(const ApiCall& call) {
  for (const char* name : {"ts", "timestamp", "thread_ts"}) {
    if (const std::string_view ts = call.args.at(name); !ts.empty()) return ts;
  }
  return "";
}

ApiReply failed(const ApiCall& call, Kind kind, const std::string& why) {
  ApiReply reply;
  reply.outcome = outcome_of(kind, call.posts, call.method + ": " + why);
  return reply;
}

ApiReply not_answered(const ApiCall& call, const notify::HttpResponse& response) {
  const std::string why = shortened(one_line(clean(response.error)), 200);
  switch (response.outcome) {
    case NOTIFY_HTTP_NOT_SENT:
      return failed(call, Kind::kOffline, "Slack was not reached: " + why);
    case NOTIFY_HTTP_CANCELLED:
      return failed(call, Kind::kCancelled, "given up while waiting for Slack");
    default: {
      ApiReply reply = failed(call, Kind::kUnsure, "no whole answer from Slack: " + why);
      reply.cut_off = true;
      return reply;
    }
  }
}

ApiReply limited(const ApiCall& call, const Json& body, std::uint32_t retry_after_ms) {
  ApiReply reply;
  const std::string code = text_at(body, "error");
  reply.outcome = refused(call.method, code.empty() ? "ratelimited" : code, call.posts, "", "");
  if (reply.outcome.kind != Kind::kLimited) {
    reply.outcome = refused(call.method, "ratelimited", call.posts, "", "");
  }
  if (reply.outcome.retry_after_ms == 0) {
    const bool from_slack = child_at(body, "ok").is_boolean();
    reply.outcome.retry_after_ms =
        std::min(retry_after_ms, from_slack ? notify::kLongestRetryAfterMs : kLongestOfAProxyMs);
  }
  return reply;
}

// While Slack takes no posts at all there is nothing new to say anywhere; a full queue, or a method
// that is not for posts, is no reason to stop for all.
ApiReply not_made(const ApiCall& call, const Limiter::Refusal& refusal) {
  using Why = Limiter::Refusal::Why;
  if (refusal.why == Why::kEnding) {
    return failed(call, Kind::kEnding, "not called any more, the daemon is stopping");
  }
  const bool closed = refusal.why == Why::kClosed;
  ApiReply later = failed(
      call, Kind::kLimited,
      closed ? "Slack asked to slow down"
             : "waited long enough behind others, goes on later; Slack takes no more at a time");
  later.outcome.retry_after_ms = static_cast<std::uint32_t>(refusal.wait_ms);
  later.outcome.whole_instance = closed && call.posts;
  return later;
}

// Slack took it and answered, be it yes or no.
bool came_back_well(const notify::HttpResponse& response, const ApiReply& reply) {
  const bool answered = response.outcome == NOTIFY_HTTP_ANSWERED && response.status < 500;
  return answered && reply.outcome.kind != Kind::kLimited;
}

ApiReply too_late(const ApiCall& call) {
  return failed(call, Kind::kLimited, "the time for it is over, goes on later");
}

// An answer without Slack's JSON: from a proxy, a captive portal, or Slack in trouble. Not for
// notify::judge(): what Slack refuses it says in JSON, so a 401 or 404 without any is no word about
// the token or the channel, and nobody is given up for it.
ApiReply not_from_slack(const ApiCall& call, std::uint32_t status) {
  const std::string http = "HTTP " + std::to_string(status);
  if (status >= 300 && status < 400) {
    return failed(call, Kind::kRetry,
                  http +
                      " instead of an answer; redirects are not followed, so slack.api_url must be "
                      "the final address");
  }
  if (status >= 400 && status < 500 && status != 408) {
    return failed(
        call, Kind::kRetry,
        http + " instead of an answer; check slack.api_url and the proxy between here and Slack");
  }
  if (status >= 500) return failed(call, Kind::kUnsure, http + "; Slack has trouble");
  ApiReply reply = failed(
      call, Kind::kUnsure,
      http + " without Slack's JSON, or with more of it than Slack sends; is a proxy answering?");
  reply.cut_off = true;
  return reply;
}

ApiReply understood(const ApiCall& call, Json body) {
  ApiReply reply;
  if (const Json& ok = child_at(body, "ok"); !ok.is_boolean() || !ok.get<bool>()) {
    reply.outcome = refused(call.method, text_at(body, "error"), call.posts,
                            text_at(body, "needed"), remarks(body));
  }
  reply.body = std::move(body);
  return reply;
}

}  // namespace

ApiReply classify(const ApiCall& call, const notify::HttpResponse& response, std::int64_t now_ms) {
  if (response.outcome != NOTIFY_HTTP_ANSWERED) return not_answered(call, response);
  Json body = parse_answer(response.body);
  const bool from_slack = child_at(body, "ok").is_boolean();
  if (response.status == 429 || kind_of(text_at(body, "error")) == Kind::kLimited) {
    return limited(call, body, asked_wait_ms(response, now_ms));
  }
  const bool trouble = response.status >= 500 || (response.status >= 300 && response.status < 400);
  if (!from_slack || trouble) return not_from_slack(call, response.status);
  return understood(call, std::move(body));
}

notify::Task<ApiReply> Api::call(const ApiCall& call) {
  const std::uint64_t patience =
      call.at_once ? 0 : Limiter::longest_wait_ms(call.standing.priority);
  std::uint64_t deadline = host_.mono_ms() + patience;
  if (call.until_ms != 0) deadline = std::min(deadline, call.until_ms);
  for (;;) {
    if (is_over(call)) co_return too_late(call);
    auto entering = limiter_.enter(call.method, call.channel, call.standing, deadline);
    Limiter::Permit permit = co_await entering;
    if (!permit.granted()) co_return not_made(call, permit.refusal());
    if (is_over(call)) co_return too_late(call);  // the process may have been stopped in between
    const std::optional<std::string> bearer = token();
    if (!bearer) {
      co_return failed(call, Kind::kAuth, "slack.token can't be read, or is not a token");
    }
    const std::uint64_t began = host_.mono_ms();
    auto sending = host_.http(request(call, *bearer));
    const notify::HttpResponse response = co_await sending;
    learn_scopes(response);
    ApiReply reply = classify(call, response, host_.unix_ms());
    const std::uint64_t took = host_.mono_ms() - began;
    if (took <= kPromptMs && came_back_well(response, reply)) permit.came_back_well();
    log_call(call, response, reply, took);
    say_setup(reply.outcome);
    // Slack may have taken the old one back before its answer was here.
    const bool renewed = reply.outcome.kind == Kind::kAuth && token() != bearer;
    if (renewed) continue;
    if (reply.outcome.kind != Kind::kLimited) co_return reply;
    limiter_.block(call.method, call.channel, reply.outcome.retry_after_ms);
  }
}

bool Api::is_over(const ApiCall& call) const {
  return call.until_ms != 0 && host_.mono_ms() >= call.until_ms;
}

// A call waits for a connection within its time-out, and is not to leave long after its time.
std::uint32_t Api::timeout_ms(const ApiCall& call) const {
  if (call.until_ms == 0) return kTimeoutMs;
  const std::uint64_t now = host_.mono_ms();
  const std::uint64_t left = call.until_ms > now ? call.until_ms - now : 0;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(left, kShortestTimeoutMs, kTimeoutMs));
}

std::optional<bool> Api::has_scope(std::string_view scope) const {
  if (!scopes_) return std::nullopt;
  return scopes_->count(scope) > 0;
}

// Read for each call: the host re-reads the file that slack.token may name, so a renewed token is
// used at once. Anything but visible ASCII would end the header line.
std::optional<std::string> Api::token() const {
  const std::optional<std::string> value = host_.option("slack.token");
  if (!value) return std::nullopt;
  const std::string_view token = trim(*value);
  const bool sane = !token.empty() && std::all_of(token.begin(), token.end(),
                                                  [](char c) { return c > ' ' && c < '\x7f'; });
  return sane ? std::optional<std::string>(token) : std::nullopt;
}

notify::HttpRequest Api::request(const ApiCall& call, const std::string& token) const {
  const bool json = call.encoding == Encoding::kJson;
  notify::HttpRequest request;
  request.method = "POST";
  request.url = base_ + call.method;
  request.body = json ? call.args.as_json() : call.args.as_form();
  request.headers.emplace_back("content-type", json ? "application/json; charset=utf-8"
                                                    : "application/x-www-form-urlencoded");
  request.headers.emplace_back("accept", "application/json");
  request.headers.emplace_back("authorization", "Bearer " + token);
  request.timeout_ms = timeout_ms(call);
  return request;
}

// Slack names the token's scopes in every answer, and only there.
void Api::learn_scopes(const notify::HttpResponse& response) {
  std::string_view header = response.header("x-oauth-scopes");
  if (trim(header).empty() || header == scopes_header_) return;
  scopes_header_ = header;
  scopes_.emplace();
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    scopes_->emplace(trim(header.substr(0, comma)));
    header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
  }
}

// What a person must mend will be tried again and again: it is said at once, and once.
void Api::say_setup(const Outcome& outcome) {
  if (!waits_for_mending(outcome.kind) || !said_.insert(outcome.code).second) return;
  host_.log(NOTIFY_LOG_WARN, "messages are kept back until this is mended",
            {{"reason", outcome.detail}});
}

void Api::log_call(const ApiCall& call, const notify::HttpResponse& response, const ApiReply& reply,
                   std::uint64_t ms) const {
  const std::string status = std::to_string(response.status);
  const std::string took = std::to_string(ms);
  const std::string retry_after = std::to_string(reply.outcome.retry_after_ms);
  const std::string_view outcome = reply.ok() ? std::string_view("ok") : reply.outcome.detail;
  host_.log(NOTIFY_LOG_DEBUG, "called Slack",
            {{"method", call.method},
             {"channel", call.args.at("channel")},
             {"ts", message_of(call)},
             {"status", status},
             {"outcome", outcome},
             {"retry_after_ms", retry_after},
             {"ms", took}});
  if (reply.outcome.kind == Kind::kLimited) host_.count("slack_throttled");
}

}  // namespace slack
