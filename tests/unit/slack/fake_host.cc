#include "fake_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace slack_test {
namespace {

using notify::to_str;
using notify::view;

std::string percent_decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out.push_back(static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

Json form_args(std::string body) {
  Json out = Json::object();
  while (!body.empty()) {
    const std::size_t end = body.find('&');
    const std::string pair = body.substr(0, end);
    body = end == std::string::npos ? "" : body.substr(end + 1);
    const std::size_t eq = pair.find('=');
    out[percent_decoded(pair.substr(0, eq))] = percent_decoded(pair.substr(eq + 1));
  }
  return out;
}

ApiAnswer with_body(std::uint32_t code, std::string body) {
  ApiAnswer answer;
  answer.status = code;
  answer.body = std::move(body);
  return answer;
}

}  // namespace

ApiAnswer ok(Json body) {
  body["ok"] = true;
  return with_body(200, body.dump());
}

ApiAnswer error(const std::string& code, Json more) {
  more["ok"] = false;
  more["error"] = code;
  return with_body(200, more.dump());
}

ApiAnswer limited(const std::string& retry_after) {
  ApiAnswer answer = with_body(429, R"({"ok":false,"error":"ratelimited"})");
  if (!retry_after.empty()) answer.headers.emplace_back("retry-after", retry_after);
  return answer;
}

ApiAnswer status(std::uint32_t code, const std::string& body) { return with_body(code, body); }

ApiAnswer outcome(std::uint32_t http_outcome) {
  ApiAnswer answer;
  answer.outcome = http_outcome;
  answer.status = 0;
  return answer;
}

// ---- FakeHost ----

FakeHost::FakeHost() {
  options["slack.token"] = {kToken};
  role_to_recipients["*"] = {"#dev"};
  table_.size = sizeof table_;
  table_.abi_major = NOTIFY_ABI_MAJOR;
  table_.abi_minor = NOTIFY_ABI_MINOR;
  table_.ctx = this;
  table_.log = &log;
  table_.config = &config;
  table_.config_entry = &config_entry;
  table_.mono_ns = &mono_ns;
  table_.unix_ms = &unix_ms;
  table_.http = &http;
  table_.timer = &timer;
  table_.cancel = &cancel;
  table_.count = &count_metric;
  table_.answer = &answer;
  table_.extension = &extension;
}

void FakeHost::log(const notify_host* host, std::uint32_t level, notify_str line,
                   const notify_kv* kv, std::size_t n) {
  LogLine entry{level, std::string(view(line)), {}};
  for (std::size_t i = 0; i < n; ++i) {
    entry.fields[std::string(view(kv[i].key))] = std::string(view(kv[i].value));
  }
  self(host)->logs.push_back(std::move(entry));
}

notify_rc FakeHost::config(const notify_host* host, const char* option, std::size_t index,
                           notify_str* out) {
  auto& options = self(host)->options;
  const auto found = options.find(option);
  if (found == options.end() || index >= found->second.size()) return NOTIFY_DROP;
  *out = to_str(found->second[index]);
  return NOTIFY_OK;
}

notify_rc FakeHost::config_entry(const notify_host* host, const char*, std::size_t entry,
                                 std::size_t index, notify_str* key, notify_str* value) {
  auto& table = self(host)->role_to_recipients;
  if (entry >= table.size()) return NOTIFY_DROP;
  const auto& [role, names] = *std::next(table.begin(), static_cast<std::ptrdiff_t>(entry));
  *key = to_str(role);
  if (names.empty() && index == 0) return NOTIFY_OK_SKIPPED;
  if (index >= names.size()) return NOTIFY_DROP;
  *value = to_str(names[index]);
  return NOTIFY_OK;
}

std::uint64_t FakeHost::mono_ns(const notify_host* host) { return self(host)->now_ms * 1'000'000; }

std::int64_t FakeHost::unix_ms(const notify_host* host) {
  return 1'700'000'000'000 + static_cast<std::int64_t>(self(host)->now_ms);
}

std::uint64_t FakeHost::http(const notify_host* host, const notify_http_request* request,
                             notify_http_done done, void* user) {
  FakeHost* fake = self(host);
  ApiCall call;
  call.id = fake->next_id_++;
  call.at_ms = fake->now_ms;
  call.timeout_ms = request->timeout_ms;
  call.url = view(request->url);
  call.method = call.url.substr(call.url.rfind('/') + 1);
  call.raw_body = view(request->body);
  for (std::size_t i = 0; i < request->n_headers; ++i) {
    if (view(request->headers[i].key) == "content-type") {
      call.content_type = view(request->headers[i].value);
    }
    if (view(request->headers[i].key) == "authorization") {
      call.authorization = view(request->headers[i].value);
    }
  }
  const bool json = call.content_type.rfind("application/json", 0) == 0;
  call.args = json ? Json::parse(call.raw_body) : form_args(call.raw_body);
  call.done = done;
  call.user = user;
  fake->calls.push_back(call);
  fake->pending.push_back(std::move(call));
  return fake->calls.back().id;
}

std::uint64_t FakeHost::timer(const notify_host* host, std::uint32_t after_ms,
                              notify_timer_done done, void* user) {
  FakeHost* fake = self(host);
  fake->timers_[fake->next_id_] = {fake->now_ms + after_ms, done, user};
  return fake->next_id_++;
}

void FakeHost::cancel(const notify_host* host, std::uint64_t id) {
  FakeHost* fake = self(host);
  fake->timers_.erase(id);
  std::erase_if(fake->pending, [id](const ApiCall& call) { return call.id == id; });
}

void FakeHost::count_metric(const notify_host*, const char*, double, const notify_kv*,
                            std::size_t) {}

const void* FakeHost::extension(const notify_host*, const char*) { return nullptr; }

notify_rc FakeHost::answer(const notify_host* host, notify_ticket ticket,
                           const notify_result* result) {
  Answered out;
  out.rc = result->rc;
  out.retry_after_ms = result->retry_after_ms;
  out.whole_instance = result->whole_instance != 0;
  out.receipt = view(result->receipt);
  out.message = view(result->message);
  out.detail = view(result->detail);
  for (std::size_t i = 0; i < result->n_recipients; ++i) {
    const notify_recipient& r = *result->recipients[i];
    out.recipients.push_back({std::string(view(r.id)), std::string(view(r.label)), r.audience});
  }
  const bool first = self(host)->answers.emplace(ticket, std::move(out)).second;
  EXPECT_TRUE(first) << "ticket " << ticket << " was answered twice";
  return first ? NOTIFY_OK : NOTIFY_MISUSE;
}

void FakeHost::finish(const ApiCall& call, const ApiAnswer& answer) {
  std::vector<notify_kv> headers;
  for (const auto& [key, value] : answer.headers) headers.push_back({to_str(key), to_str(value)});
  notify_http_response response{};
  response.size = sizeof response;
  response.outcome = answer.outcome;
  response.status = answer.status;
  response.body = to_str(answer.body);
  response.error = to_str("it broke");
  response.headers = headers.data();
  response.n_headers = headers.size();
  call.done(call.user, &response);
}

void FakeHost::reply(const ApiAnswer& answer) {
  ASSERT_FALSE(pending.empty()) << "no call waits for an answer";
  const ApiCall call = pending.front();
  pending.pop_front();
  finish(call, answer);
  settle();
}

bool FakeHost::run_one() {
  for (std::size_t i = 0; respond && i < pending.size(); ++i) {
    const std::optional<ApiAnswer> answer = respond(pending[i]);
    if (!answer) continue;
    const ApiCall call = pending[i];
    pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(i));
    finish(call, *answer);
    return true;
  }
  const auto due = std::min_element(
      timers_.begin(), timers_.end(),
      [](const auto& a, const auto& b) { return a.second.at_ms < b.second.at_ms; });
  if (due == timers_.end() || due->second.at_ms > now_ms) return false;
  const Timer timer = due->second;
  timers_.erase(due);
  timer.done(timer.user);
  return true;
}

void FakeHost::settle() {
  for (int i = 0; run_one(); ++i) {
    ASSERT_LT(i, 100'000) << "the module never comes to rest";
  }
}

void FakeHost::advance(std::uint64_t ms) {
  const std::uint64_t until = now_ms + ms;
  settle();
  while (true) {
    std::uint64_t next = until;
    for (const auto& [id, timer] : timers_) next = std::min(next, timer.at_ms);
    now_ms = std::max(now_ms, next);
    settle();
    if (next >= until) return;
  }
}

std::vector<ApiCall> FakeHost::calls_of(const std::string& method) const {
  std::vector<ApiCall> out;
  std::copy_if(calls.begin(), calls.end(), std::back_inserter(out),
               [&method](const ApiCall& call) { return call.method == method; });
  return out;
}

std::size_t FakeHost::logged(std::uint32_t level, const std::string& part) const {
  return static_cast<std::size_t>(
      std::count_if(logs.begin(), logs.end(), [&](const LogLine& entry) {
        return entry.level == level && entry.line.find(part) != std::string::npos;
      }));
}

bool FakeHost::mentions(const std::string& secret) const {
  const auto has = [&secret](const std::string& text) {
    return text.find(secret) != std::string::npos;
  };
  for (const LogLine& entry : logs) {
    if (has(entry.line)) return true;
    for (const auto& [key, value] : entry.fields) {
      if (has(value)) return true;
    }
  }
  return std::any_of(answers.begin(), answers.end(), [&has](const auto& answer) {
    return has(answer.second.detail) || has(answer.second.receipt);
  });
}

// ---- Instance ----

Instance::Instance(FakeHost& host) : host_(host) {
  if (notify_module_v1.create(host.table(), &instance_) != NOTIFY_OK) instance_ = nullptr;
}

void Instance::destroy() {
  if (instance_ != nullptr) notify_module_v1.destroy(instance_);
  instance_ = nullptr;
}

notify_ticket Instance::route(const notify_event& event) {
  notify_module_v1.route(instance_, next_, &event);
  host_.settle();
  return next_++;
}

notify_ticket Instance::deliver(const notify_event& event) {
  notify_module_v1.deliver(instance_, next_, &event);
  host_.settle();
  return next_++;
}

notify_ticket Instance::find(const notify_event& event) {
  notify_module_v1.find(instance_, next_, &event);
  host_.settle();
  return next_++;
}

notify_ticket Instance::check() {
  notify_module_v1.check(instance_, next_);
  host_.settle();
  return next_++;
}

void Instance::abandon(notify_ticket ticket) {
  notify_module_v1.abandon(instance_, ticket);
  host_.settle();
}

Answered Instance::answer(notify_ticket ticket) {
  EXPECT_TRUE(answered(ticket)) << "ticket " << ticket << " is still open";
  return answered(ticket) ? host_.answers.at(ticket) : Answered{};
}

// ---- Request ----

Request::Request() = default;

void Request::review(const std::string& author, std::uint32_t proposed, const std::string& why) {
  OwnedReview& review = reviews_.emplace_back();
  review.author = author;
  review.reason = why;
  review.view.size = sizeof review.view;
  review.view.proposed = proposed;
  review.view.created_ms = 1'700'000'100'000 + static_cast<std::int64_t>(reviews_.size());
  review.view.author = to_str(review.author);
  review.view.reason = to_str(review.reason);
  review_pointers_.push_back(&review.view);
}

const notify_request& Request::view() {
  const auto list = [this](const std::vector<std::string>& items) -> std::vector<notify_str>& {
    std::vector<notify_str>& out = strings_.emplace_back();
    for (const std::string& item : items) out.push_back(to_str(item));
    return out;
  };
  role_views_.clear();
  for (const std::string& role : roles) {
    const auto& names = list(logins[role]);
    role_views_.push_back({to_str(role), names.data(), names.size()});
  }
  const auto& resource_list = list(resources);
  const auto& suggested_list = list(suggested);
  const auto& rule_list = list(rule_recipients);
  view_ = notify_request{};
  view_.size = sizeof view_;
  view_.resolution = resolution;
  view_.kind = kind;
  view_.created_ms = created_ms;
  view_.id = to_str(id);
  view_.cluster = to_str(cluster);
  view_.user = to_str(user);
  view_.reason = to_str(reason);
  view_.resolve_reason = to_str(resolve_reason);
  view_.url = to_str(url);
  view_.roles = role_views_.data();
  view_.n_roles = role_views_.size();
  view_.resources = resource_list.data();
  view_.n_resources = resource_list.size();
  view_.suggested_reviewers = suggested_list.data();
  view_.n_suggested_reviewers = suggested_list.size();
  view_.rule_recipients = rule_list.data();
  view_.n_rule_recipients = rule_list.size();
  view_.reviews = review_pointers_.data();
  view_.n_reviews = review_pointers_.size();
  view_access();
  return view_;
}

void Request::view_access() {
  view_.expires_ms = expires_ms;
  view_.access_starts_ms = access_starts_ms;
  view_.access_expires_ms = access_expires_ms;
  view_.max_duration_ms = max_duration_ms;
  view_.session_ttl_ms = session_ttl_ms;
  threshold_views_.clear();
  threshold_pointers_.clear();
  for (const Threshold& one : thresholds) {
    std::vector<notify_str>& names = strings_.emplace_back();
    for (const std::string& role : one.roles) names.push_back(to_str(role));
    const auto [approvals, denials] = one.given.value_or(std::pair(0U, 0U));
    threshold_views_.push_back({sizeof(notify_threshold), one.approvals_needed, one.denials_needed,
                                one.given ? 1U : 0U, approvals, denials, to_str(one.name),
                                to_str(""), names.data(), names.size()});
  }
  for (const notify_threshold& one : threshold_views_) threshold_pointers_.push_back(&one);
  view_.thresholds = threshold_pointers_.data();
  view_.n_thresholds = threshold_pointers_.size();
  if (!promoted_to) return;
  list_view_ = notify_access_list{};
  list_view_.size = sizeof list_view_;
  list_view_.id = to_str(promoted_to->first);
  list_view_.title = to_str(promoted_to->second);
  view_.promoted_to = &list_view_;
}

const notify_event& Request::event(std::uint32_t event_kind, const std::string& recipient,
                                   const std::string& receipt, std::uint32_t audience) {
  OwnedEvent& event = events_.emplace_back();
  event.recipient = recipient;
  event.receipt = receipt;
  event.key = id + "/" + recipient + "/" + std::to_string(event_kind);
  event.view.size = sizeof event.view;
  event.view.kind = event_kind;
  event.view.audience = audience;
  event.view.deadline_ns = deadline_ns;
  event.view.key = to_str(event.key);
  event.view.recipient = to_str(event.recipient);
  event.view.receipt = to_str(event.receipt);
  event.view.request = &view();
  const bool reviewed = event_kind == NOTIFY_REQUEST_REVIEWED && !review_pointers_.empty();
  if (reviewed) event.view.review = review_pointers_.back();
  return event.view;
}

// ---- Workspace ----

Workspace::Workspace(FakeHost& host) {
  host.respond = [this](const ApiCall& call) { return answer(call); };
}

std::optional<ApiAnswer> Workspace::answer(const ApiCall& call) {
  if (first) {
    if (auto special = first(call)) return special;
  }
  if (call.method == "users.lookupByEmail") {
    const auto email = call.args["email"].get<std::string>();
    std::string name = email.substr(0, email.find('@'));
    if (name.rfind("ghost", 0) == 0) return error("users_not_found");
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return ok({{"user", {{"id", "U0" + name}}}});
  }
  if (call.method == "chat.postMessage") {
    auto channel = call.args["channel"].get<std::string>();
    if (channel.front() == 'U') channel = "D" + channel.substr(1);
    const bool id = std::isupper(static_cast<unsigned char>(channel.front())) != 0;
    if (!id) channel = "C0DEV00001";  // a name, with or without '#'
    return ok(
        {{"channel", channel}, {"ts", std::to_string(1'700'000'001 + posted_++) + ".000100"}});
  }
  if (call.method == "conversations.open") {
    return ok({{"channel", {{"id", "D" + call.args["users"].get<std::string>().substr(1)}}}});
  }
  if (call.method == "conversations.list") {
    return ok({{"channels", Json::array({{{"id", "C0DEV00001"}, {"name", "dev"}}})}});
  }
  if (call.method.rfind("conversations.", 0) == 0) return ok({{"messages", Json::array()}});
  return ok();
}

}  // namespace slack_test
