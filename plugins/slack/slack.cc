#include "slack.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "text.h"

namespace slack {
namespace {

using notify::Answer;
using notify::Task;
using notify::view;

constexpr std::uint64_t kLookupsMs = 5000;  // that route() waits for answers to its questions
constexpr std::size_t kMostBytes = 255;     // of a recipient's id and label, by the ABI
constexpr std::size_t kMostSaid = 8192;     // requests that are remembered as named in the log

struct Scope {
  std::string_view name, cost;
};

// Without these something is missing that people notice. One more is said by the poster.
constexpr std::array kScopes{
    Scope{"chat:write", "nothing can be posted"},
    Scope{"users:read", "e-mail addresses can't be resolved, so nobody gets direct messages"},
    Scope{"users:read.email",
          "e-mail addresses can't be resolved, so nobody gets direct messages"}};
constexpr std::array kHelpfulScopes{
    Scope{"chat:write.public", "the app must be invited to each public channel"},
    Scope{"channels:history", "after a crash a message in a public channel may be posted twice"},
    Scope{"groups:history", "after a crash a message in a private channel may be posted twice"},
    Scope{"im:history", "after a crash a direct message may be posted twice"},
    Scope{"im:write", "after a crash a direct message may be posted twice"},
    Scope{"channels:read",
          "after a crash a message in a channel that is configured by name may be posted twice"},
    Scope{"groups:read",
          "after a crash a message in a private channel that is configured by name may be posted "
          "twice"}};

template <std::size_t N>
std::string missing_scopes(const Api& api, const std::array<Scope, N>& scopes) {
  std::string out;
  for (const Scope& scope : scopes) {
    if (api.has_scope(scope.name).value_or(true)) continue;
    if (!out.empty()) out += "; ";
    out += std::string(scope.name) + " (" + std::string(scope.cost) + ")";
  }
  return out;
}

Answer failed(const Outcome& outcome) {
  Answer answer;
  answer.rc = outcome.rc;
  answer.retry_after_ms = outcome.retry_after_ms;
  answer.whole_instance = outcome.whole_instance;
  answer.detail = outcome.detail;
  return answer;
}

// While nothing can work, or Slack is away, nothing is lost by asking for all of it again later.
Outcome reason_to_wait(const std::vector<Lookup>& lookups) {
  bool away = !lookups.empty();
  for (const Lookup& lookup : lookups) {
    const Kind kind = lookup.outcome.kind;
    if (kind == Kind::kAuth || kind == Kind::kCancelled || kind == Kind::kEnding) {
      return lookup.outcome;
    }
    away = away && kind == Kind::kOffline;
  }
  return away ? lookups.front().outcome : Outcome{};
}

Answer without_request() {
  Answer answer;
  answer.rc = NOTIFY_OK_SKIPPED;
  return answer;
}

}  // namespace

Slack::Slack(notify::Host& host)
    : host_(host),
      config_(Config::read(host)),
      limiter_(host, config_.published_pace),
      api_(host, limiter_, config_.api_url),
      poster_(host, api_, limiter_),
      directory_(host, api_, config_.team_id),
      search_(host, api_, directory_),
      steps_(host, config_, directory_, poster_, search_) {}

Task<Answer> Slack::deliver(const notify_event& event) {
  if (event.kind == NOTIFY_REQUESTS_DIGEST) {
    auto telling = steps_.digest(event, Receipt::parse(view(event.receipt)));
    Answer told = co_await telling;
    co_return told;
  }
  if (event.request == nullptr) co_return without_request();
  auto working = steps_.run(event, Receipt::parse(view(event.receipt)));
  Answer answer = co_await working;
  co_return answer;
}

Task<Answer> Slack::find(const notify_event& event) {
  if (event.kind == NOTIFY_REQUESTS_DIGEST) {
    auto looking = steps_.find_digest(event, Receipt::parse(view(event.receipt)));
    Answer found = co_await looking;
    co_return found;
  }
  if (event.request == nullptr) co_return without_request();
  auto working = steps_.find(event, Receipt::parse(view(event.receipt)));
  Answer answer = co_await working;
  co_return answer;
}

// ---- route ----

// Names become ids so that nobody gets a message twice. That is not worth keeping everybody waiting
// for: a name that does not become an id at once stays what it is, and deliver() resolves it.
Task<Answer> Slack::route(const notify_event& event) {
  if (event.request == nullptr) co_return without_request();
  if (const std::string names = unreachable(*event.request); !names.empty()) {
    host_.log(NOTIFY_LOG_DEBUG,
              "suggested reviewers are not notified: only an e-mail address names a Slack user",
              {{"request", view(event.request->id)}, {"reviewers", shortened(names, 200)}});
  }
  const std::uint64_t until = host_.mono_ms() + kLookupsMs;
  std::vector<Resolved> resolved;
  const Addressees all = addressees(config_, *event.request);
  if (all.not_told > 0) say_not_told(*event.request, all.not_told);
  say_nobody(*event.request, all.nobody);
  for (const Addressee& addressee : all.told) resolved.push_back({addressee, addressee.to});
  auto resolving = resolve(resolved, until);
  const Outcome looked_up = co_await resolving;
  if (!looked_up.ok()) co_return failed(looked_up);
  auto merging = merge_channel_names(resolved, until);
  const Outcome merged = co_await merging;
  if (!merged.ok()) co_return failed(merged);
  co_return recipients(resolved);
}

// Whom Slack does not know stays a recipient too: deliver() then says what to mend, and the host
// can show it.
Task<Outcome> Slack::resolve(std::vector<Resolved>& resolved, std::uint64_t until_ms) {
  std::vector<std::string> emails;
  for (const Resolved& entry : resolved) {
    if (entry.to.is_email()) emails.push_back(entry.to.value);
  }
  auto asking = directory_.users_soon(std::move(emails), until_ms);
  const std::vector<Lookup> lookups = co_await asking;
  std::size_t next = 0;
  for (Resolved& entry : resolved) {
    if (!entry.to.is_email()) continue;
    const Lookup& lookup = lookups[next++];
    if (lookup.outcome.ok() && !lookup.id.empty()) entry.to = Recipient::of_user(lookup.id);
  }
  co_return reason_to_wait(lookups);
}

// A channel that is named here and given by id there gets one message. Asked only when both kinds
// are there, and only as far as the app may list channels.
Task<Outcome> Slack::merge_channel_names(std::vector<Resolved>& resolved, std::uint64_t until_ms) {
  const bool by_id = std::any_of(resolved.begin(), resolved.end(), [](const Resolved& r) {
    return r.to.kind == Recipient::Kind::kChannelId;
  });
  for (Resolved& entry : resolved) {
    if (!by_id || entry.to.kind != Recipient::Kind::kChannelName) continue;
    auto asking = directory_.channel_soon(entry.to.value, until_ms);
    const Lookup lookup = co_await asking;
    if (lookup.outcome.kind == Kind::kScope) say_channels_unlisted(lookup.outcome);
    const std::vector<Lookup> listing{lookup};
    if (!lookup.outcome.ok()) co_return reason_to_wait(listing);
    if (!lookup.id.empty()) entry.to = Recipient::of_channel(lookup.id);
  }
  co_return Outcome{};
}

// One recipient per id, in order of first mention; who is the requester is that above all.
Answer Slack::recipients(const std::vector<Resolved>& resolved) {
  Answer answer;
  std::unordered_map<std::string, std::size_t> places;  // in the answer, by id
  for (const Resolved& entry : resolved) {
    const std::string id = cut_bytes(entry.to.id(), kMostBytes);
    const auto [known, is_new] = places.emplace(id, answer.recipients.size());
    if (is_new) {
      const std::string label = cut_bytes(entry.addressee.to.written, kMostBytes);
      answer.recipients.push_back({id, label, entry.addressee.audience});
    } else if (entry.addressee.audience == NOTIFY_TO_REQUESTER) {
      answer.recipients[known->second].audience = NOTIFY_TO_REQUESTER;
    }
  }
  add_fallback(answer);
  return answer;
}

// Where there is nobody, nobody can be given up.
void Slack::add_fallback(Answer& answer) {
  if (!config_.fallback || answer.recipients.empty()) return;
  const std::string id = cut_bytes(fallback_id(*config_.fallback), kMostBytes);
  const std::string label = cut_bytes(config_.fallback->written, kMostBytes);
  answer.recipients.push_back({id, label, NOTIFY_TO_FALLBACK});
}

// Once a request, which may be routed more than once.
void Slack::say_not_told(const notify_request& request, std::size_t count) {
  if (said_not_told_.size() >= kMostSaid) said_not_told_.clear();
  if (!said_not_told_.emplace(view(request.id)).second) return;
  host_.log(NOTIFY_LOG_INFO,
            "suggested reviewers are not told: the request has more of them than "
            "slack.max_direct_messages allows",
            {{"request", view(request.id)},
             {"not_told", std::to_string(count)},
             {"max_direct_messages", std::to_string(config_.max_direct_messages)}});
}

// Once each: a rule is asked at every request.
void Slack::say_nobody(const notify_request& request, const std::vector<std::string>& nobody) {
  for (const std::string& why : nobody) {
    if (said_nobody_.size() >= kMostSaid) said_nobody_.clear();
    if (!said_nobody_.insert(why).second) continue;
    host_.log(NOTIFY_LOG_WARN, "a recipient of an Access Monitoring Rule is left out",
              {{"request", view(request.id)}, {"reason", why}});
  }
}

void Slack::say_channels_unlisted(const Outcome& outcome) {
  if (std::exchange(said_channels_unlisted_, true)) return;
  host_.log(NOTIFY_LOG_DEBUG,
            "a channel that is named in one place and given by id in another gets two messages; "
            "the scope channels:read would prevent it",
            {{"detail", outcome.detail}});
}

// ---- check ----

Task<Answer> Slack::check() {
  ApiCall call;
  call.method = "auth.test";
  auto asking = api_.call(call);
  const ApiReply reply = co_await asking;
  if (!reply.ok()) co_return failed(reply.outcome);
  log_workspace(reply.body);
  if (child_at(reply.body, "is_enterprise_install") == true) {
    auto learning = directory_.learn_team();
    co_await learning;
  }
  log_missing_scopes();
  co_return Answer{};
}

void Slack::log_workspace(const Json& identity) const {
  const std::string team = text_at(identity, "team");
  const std::string url = text_at(identity, "url");
  const std::string user = text_at(identity, "user");
  host_.log(NOTIFY_LOG_INFO, "Slack accepts the token",
            {{"workspace", team}, {"url", url}, {"bot", user}});
}

void Slack::log_missing_scopes() {
  const std::string missing = missing_scopes(api_, kScopes);
  if (!missing.empty()) {
    host_.log(
        NOTIFY_LOG_WARN,
        "the Slack app lacks scopes; add them under OAuth & Permissions and reinstall the app "
        "to the workspace",
        {{"missing", missing}});
  }
  if (!api_.has_scope("reactions:write").value_or(true)) poster_.reactions_missing();
  const std::string helpful = missing_scopes(api_, kHelpfulScopes);
  if (!helpful.empty()) {
    host_.log(NOTIFY_LOG_INFO, "the Slack app works without these scopes, with less comfort",
              {{"missing", helpful}});
  }
}

}  // namespace slack
