#include "fake_host.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "module/answer.h"

namespace conformance {
namespace {

using notify::view;

constexpr std::uint32_t kTimeoutMs = 30'000;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

notify::Answer copy(const notify_result& result) {
  notify::Answer out;
  out.rc = result.rc;
  out.retry_after_ms = result.retry_after_ms;
  out.whole_instance = result.whole_instance != 0;
  out.receipt = view(result.receipt);
  out.message = view(result.message);
  out.detail = view(result.detail);
  for (std::size_t i = 0; i < result.n_recipients; ++i) {
    const notify_recipient& r = *result.recipients[i];
    out.recipients.push_back({std::string(view(r.id)), std::string(view(r.label)), r.audience});
  }
  return out;
}

}  // namespace

std::string HttpCall::header(std::string_view key) const {
  for (const auto& [name, value] : headers) {
    if (lower(name) == lower(key)) return value;
  }
  return "";
}

HttpAnswer status(std::uint32_t code, std::string body, notify::Pairs headers) {
  HttpAnswer answer;
  answer.status = code;
  answer.body = std::move(body);
  answer.headers = std::move(headers);
  return answer;
}

HttpAnswer not_answered(std::uint32_t outcome) {
  HttpAnswer answer;
  answer.outcome = outcome;
  answer.status = 0;
  answer.error = "made up by a test";
  return answer;
}

FakeHost::FakeHost(Config of_instance, Guard texts)
    : config(std::move(of_instance)), guard_(texts) {
  table_.size = sizeof table_;
  table_.abi_major = NOTIFY_ABI_MAJOR;
  table_.abi_minor = NOTIFY_ABI_MINOR;
  table_.ctx = this;
  table_.log = &log;
  table_.config = &get;
  table_.config_entry = &get_entry;
  table_.mono_ns = &mono_ns;
  table_.unix_ms = &unix_ms;
  table_.http = &http;
  table_.timer = &timer;
  table_.cancel = &cancel;
  table_.count = &count;
  table_.answer = &answer;
  table_.extension = &extension;
}

FakeHost& FakeHost::enter(const notify_host* host, const char* function) {
  auto& self = *static_cast<FakeHost*>(host->ctx);
  if (self.on_call != nullptr) self.on_call(function);
  return self;
}

void FakeHost::log(const notify_host* host, std::uint32_t level, notify_str line,
                   const notify_kv* kv, std::size_t n) {
  FakeHost& self = enter(host, "log");
  const Lock lock(self.mutex_);
  LogLine entry{level, std::string(view(line)), {}};
  for (std::size_t i = 0; i < n; ++i) {
    entry.fields[std::string(view(kv[i].key))] = std::string(view(kv[i].value));
  }
  self.logs.push_back(std::move(entry));
}

notify_str FakeHost::give(const std::string& name, std::string_view value) {
  auto& before = given_[name];
  if (takes_config_back && !before.empty()) before.back()->forbid();
  before.push_back(std::make_unique<Memory>(guard_));
  return before.back()->text(value, "an option's value");
}

notify_rc FakeHost::get(const notify_host* host, const char* option, std::size_t index,
                        notify_str* out) {
  FakeHost& self = enter(host, "config");
  const Lock lock(self.mutex_);
  if (self.refuse_config) {
    if (const auto rc = self.refuse_config(option)) return *rc;
  }
  const auto found = self.config.options.find(option);
  if (found == self.config.options.end() || index >= found->second.size()) return NOTIFY_DROP;
  *out = self.give(option, found->second[index]);
  return NOTIFY_OK;
}

notify_rc FakeHost::get_entry(const notify_host* host, const char* name, std::size_t entry,
                              std::size_t index, notify_str* key, notify_str* value) {
  FakeHost& self = enter(host, "config_entry");
  const Lock lock(self.mutex_);
  if (self.refuse_config) {
    if (const auto rc = self.refuse_config(name)) return *rc;
  }
  const auto table = self.config.tables.find(name);
  if (table == self.config.tables.end() || entry >= table->second.size()) return NOTIFY_DROP;
  const auto& [entry_key, values] =
      *std::next(table->second.begin(), static_cast<std::ptrdiff_t>(entry));
  *key = self.give(std::string(name) + "/key", entry_key);
  *value = {"", 0};
  if (values.empty() && index == 0) return NOTIFY_OK_SKIPPED;
  if (index >= values.size()) return NOTIFY_DROP;
  *value = self.give(std::string(name) + "/value", values[index]);
  return NOTIFY_OK;
}

std::uint64_t FakeHost::mono_ns(const notify_host* host) {
  return enter(host, "mono_ns").now_ms * 1'000'000;
}

std::int64_t FakeHost::unix_ms(const notify_host* host) {
  FakeHost& self = enter(host, "unix_ms");
  return self.unix_offset_ms + static_cast<std::int64_t>(self.now_ms);
}

std::uint64_t FakeHost::http(const notify_host* host, const notify_http_request* request,
                             notify_http_done done, void* user) {
  FakeHost& self = enter(host, "http");
  const Lock lock(self.mutex_);
  HttpCall call;
  call.id = ++self.last_id_;
  call.at_ms = self.now_ms;
  call.ends_ms = self.now_ms + (request->timeout_ms != 0 ? request->timeout_ms : kTimeoutMs);
  call.method = view(request->method);
  call.url = view(request->url);
  call.body = view(request->body);
  for (std::size_t i = 0; i < request->n_headers; ++i) {
    call.headers.emplace_back(view(request->headers[i].key), view(request->headers[i].value));
  }
  call.done = done;
  call.user = user;
  self.calls.push_back(call);
  self.pending.push_back(std::move(call));
  return self.last_id_;
}

std::uint64_t FakeHost::timer(const notify_host* host, std::uint32_t after_ms,
                              notify_timer_done done, void* user) {
  FakeHost& self = enter(host, "timer");
  const Lock lock(self.mutex_);
  self.timers_[++self.last_id_] = {self.now_ms + after_ms, done, user};
  return self.last_id_;
}

void FakeHost::cancel(const notify_host* host, std::uint64_t id) {
  FakeHost& self = enter(host, "cancel");
  const Lock lock(self.mutex_);
  self.timers_.erase(id);
  std::erase_if(self.pending, [id](const HttpCall& call) { return call.id == id; });
}

void FakeHost::count(const notify_host* host, const char* metric, double by, const notify_kv*,
                     std::size_t) {
  FakeHost& self = enter(host, "count");
  const Lock lock(self.mutex_);
  self.counts[metric] += by;
}

const void* FakeHost::extension(const notify_host* host, const char* id) {
  FakeHost& self = enter(host, "extension");
  const Lock lock(self.mutex_);
  self.extensions_asked.insert(id != nullptr ? id : "");
  return nullptr;
}

notify_rc FakeHost::answer(const notify_host* host, notify_ticket ticket,
                           const notify_result* result) {
  FakeHost& self = enter(host, "answer");
  const Lock lock(self.mutex_);
  if (ticket == 0 || ticket > self.last_ticket_) return NOTIFY_MISUSE;
  if (const auto before = self.answers.find(ticket); before != self.answers.end()) {
    ++before->second.times;
    return NOTIFY_MISUSE;
  }
  Answered& answered = self.answers[ticket];
  answered.at_ms = self.now_ms;
  // What the daemon says of it: the same code decides.
  const auto taken = notifyd::modules::take_answer(result);
  answered.misuse = taken.misuse;
  if (!taken.misuse.empty()) return NOTIFY_MISUSE;
  if (!taken.left_out.empty()) answered.misuse = taken.left_out.front();
  answered.answer = copy(*result);
  return NOTIFY_OK;
}

void FakeHost::finish(const HttpCall& call, const HttpAnswer& answer) {
  auto memory = std::make_unique<Memory>(guard_);
  std::vector<notify_kv> headers;
  for (const auto& [key, value] : answer.headers) {
    headers.push_back({memory->text(key, "a header"), memory->text(value, "a header")});
  }
  notify_http_response response{};
  response.size = sizeof response;
  response.outcome = answer.outcome;
  response.status = answer.status;
  response.body = memory->text(answer.body, "the body of an HTTP answer");
  response.error = memory->text(answer.error, "the error of an HTTP answer");
  response.headers = memory->array(headers, "the headers of an HTTP answer");
  response.n_headers = headers.size();
  const auto* const placed = static_cast<const notify_http_response*>(
      memory->put(&response, sizeof response, "notify_http_response"));
  call.done(call.user, placed);
  if (takes_answers_back) memory->forbid();
  given_[""].push_back(std::move(memory));
}

void FakeHost::reply(const HttpAnswer& answer) {
  const HttpCall call = pending.front();
  pending.pop_front();
  finish(call, answer);
  settle();
}

// One thing that is due now.
bool FakeHost::run_one() {
  std::unique_lock lock(mutex_);
  for (auto call = pending.begin(); call != pending.end(); ++call) {
    std::optional<HttpAnswer> answer = respond ? respond(*call) : std::nullopt;
    if (!answer && call->ends_ms <= now_ms) answer = not_answered(NOTIFY_HTTP_UNSURE);
    if (!answer) continue;
    const HttpCall taken = *call;
    pending.erase(call);
    lock.unlock();
    finish(taken, *answer);
    return true;
  }
  const auto due = std::min_element(
      timers_.begin(), timers_.end(),
      [](const auto& a, const auto& b) { return a.second.at_ms < b.second.at_ms; });
  if (due == timers_.end() || due->second.at_ms > now_ms) return false;
  const Timer timer = due->second;
  timers_.erase(due);
  lock.unlock();
  timer.done(timer.user);
  return true;
}

void FakeHost::settle() {
  while (run_one()) {
  }
}

std::optional<std::uint64_t> FakeHost::next_event() const {
  const Lock lock(mutex_);
  std::optional<std::uint64_t> next;
  const auto sooner = [&next](std::uint64_t at) { next = std::min(next.value_or(at), at); };
  for (const auto& [id, timer] : timers_) sooner(timer.at_ms);
  for (const HttpCall& call : pending) sooner(call.ends_ms);
  return next;
}

void FakeHost::advance(std::uint64_t ms) {
  const std::uint64_t end = now_ms + ms;
  settle();
  for (auto next = next_event(); next && *next <= end; next = next_event()) {
    now_ms = std::max(now_ms, *next);
    settle();
  }
  now_ms = end;
}

bool FakeHost::run_until(const std::function<bool()>& done, std::uint64_t ms) {
  const std::uint64_t end = now_ms + ms;
  settle();
  while (!done()) {
    const auto next = next_event();
    if (!next || *next > end) break;
    now_ms = std::max(now_ms, *next);
    settle();
  }
  return done();
}

void FakeHost::drop_all() {
  const Lock lock(mutex_);
  timers_.clear();
  pending.clear();
}

std::size_t FakeHost::logged(std::uint32_t level, std::string_view part) const {
  const Lock lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(logs.begin(), logs.end(), [&](const LogLine& entry) {
        return entry.level == level && entry.line.find(part) != std::string::npos;
      }));
}

bool FakeHost::mentions(std::string_view secret) const {
  const Lock lock(mutex_);
  const auto has = [secret](const std::string& text) {
    return text.find(secret) != std::string::npos;
  };
  const bool logged = std::any_of(logs.begin(), logs.end(), [&](const LogLine& entry) {
    return has(entry.line) || std::any_of(entry.fields.begin(), entry.fields.end(),
                                          [&](const auto& field) { return has(field.second); });
  });
  return logged || std::any_of(answers.begin(), answers.end(),
                               [&](const auto& one) { return has(one.second.answer.detail); });
}

}  // namespace conformance
