// A host for the Slack module: the table of the ABI over a clock that the test moves and an HTTP
// side that answers when the test says so. One thread, no waiting.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "notify/abi.h"
#include "notify/module.hpp"

namespace slack_test {

using Json = nlohmann::json;

constexpr const char* kToken = "xoxb-0000-very-secret";

// One call of the Web API as the module made it.
struct ApiCall {
  std::uint64_t id = 0;
  std::uint64_t at_ms = 0;
  std::uint32_t timeout_ms = 0;
  std::string method, url, content_type, authorization, raw_body;
  Json args;  // of a JSON or form body
  notify_http_done done = nullptr;
  void* user = nullptr;
};

struct ApiAnswer {
  std::uint32_t outcome = NOTIFY_HTTP_ANSWERED;
  std::uint32_t status = 200;
  std::string body;
  notify::Pairs headers;
};

ApiAnswer ok(Json body = Json::object());
ApiAnswer error(const std::string& code, Json more = Json::object());
ApiAnswer limited(const std::string& retry_after);
ApiAnswer status(std::uint32_t code, const std::string& body = "");
ApiAnswer outcome(std::uint32_t http_outcome);

// The result of a ticket, with owned data.
struct Answered {
  notify_rc rc = NOTIFY_OK;
  std::uint32_t retry_after_ms = 0;
  bool whole_instance = false;
  std::string receipt, message, detail;
  std::vector<notify::Recipient> recipients;
};

struct LogLine {
  std::uint32_t level = 0;
  std::string line;
  std::map<std::string, std::string> fields;
};

class FakeHost {
 public:
  FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // ---- The configuration; set before the instance is created ----
  std::map<std::string, std::vector<std::string>> options;
  std::map<std::string, std::vector<std::string>> role_to_recipients;

  // ---- Slack's side ----
  // Answers at once what it returns an answer for; the rest waits in `pending`.
  std::function<std::optional<ApiAnswer>(const ApiCall&)> respond;
  std::deque<ApiCall> pending;
  std::vector<ApiCall> calls;  // all so far

  void reply(const ApiAnswer& answer);  // to the oldest pending call
  std::vector<ApiCall> calls_of(const std::string& method) const;
  std::size_t count(const std::string& method) const { return calls_of(method).size(); }

  // ---- The clock ----
  std::uint64_t now_ms = 1'000'000;
  void advance(std::uint64_t ms);  // runs what is due, in order
  void settle();                   // runs what is due now
  std::size_t timers() const { return timers_.size(); }

  // ---- What the module said ----
  std::vector<LogLine> logs;
  std::map<notify_ticket, Answered> answers;
  std::size_t logged(std::uint32_t level, const std::string& part) const;
  bool mentions(const std::string& secret) const;  // in any log line or detail

  const notify_host* table() const { return &table_; }

 private:
  struct Timer {
    std::uint64_t at_ms;
    notify_timer_done done;
    void* user;
  };

  static FakeHost* self(const notify_host* host) { return static_cast<FakeHost*>(host->ctx); }
  static void log(const notify_host*, std::uint32_t, notify_str, const notify_kv*, std::size_t);
  static notify_rc config(const notify_host*, const char*, std::size_t, notify_str*);
  static notify_rc config_entry(const notify_host*, const char*, std::size_t, std::size_t,
                                notify_str*, notify_str*);
  static std::uint64_t mono_ns(const notify_host*);
  static std::int64_t unix_ms(const notify_host*);
  static std::uint64_t http(const notify_host*, const notify_http_request*, notify_http_done,
                            void*);
  static std::uint64_t timer(const notify_host*, std::uint32_t, notify_timer_done, void*);
  static void cancel(const notify_host*, std::uint64_t);
  static void count_metric(const notify_host*, const char*, double, const notify_kv*, std::size_t);
  static notify_rc answer(const notify_host*, notify_ticket, const notify_result*);
  static const void* extension(const notify_host*, const char*);

  bool run_one();
  static void finish(const ApiCall& call, const ApiAnswer& answer);

  notify_host table_{};
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, Timer> timers_;
};

// A module instance on a fake host; each call of it opens a ticket.
class Instance {
 public:
  explicit Instance(FakeHost& host);
  ~Instance() { destroy(); }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  bool created() const { return instance_ != nullptr; }
  void destroy();

  notify_ticket route(const notify_event& event);
  notify_ticket deliver(const notify_event& event);
  notify_ticket find(const notify_event& event);
  notify_ticket check();
  void abandon(notify_ticket ticket);

  bool answered(notify_ticket ticket) const { return host_.answers.count(ticket) > 0; }
  // Of a ticket that must have been answered.
  Answered answer(notify_ticket ticket);

 private:
  FakeHost& host_;
  notify_instance* instance_ = nullptr;
  notify_ticket next_ = 1;
};

// A request with owned data, and the events about it.
class Request {
 public:
  Request();
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  std::string id = "11111111-2222-3333-4444-555555555555";
  std::string cluster = "example.teleport.sh", user = "requester@example.com", reason,
              resolve_reason, url = "https://example.teleport.sh/web/requests/1";
  std::uint32_t resolution = NOTIFY_UNRESOLVED, kind = NOTIFY_KIND_UNDEFINED;
  std::int64_t created_ms = 1'700'000'000'000;
  std::int64_t expires_ms = 0, access_starts_ms = 0, access_expires_ms = 0, max_duration_ms = 0,
               session_ttl_ms = 0;
  std::uint64_t deadline_ns = 0;
  std::vector<std::string> roles{"editor"}, resources, suggested, rule_recipients;
  std::map<std::string, std::vector<std::string>> logins;

  struct Threshold {
    std::uint32_t approvals_needed = 0, denials_needed = 0;
    std::optional<std::pair<std::uint32_t, std::uint32_t>> given;  // approvals, denials
    std::string name;
    std::vector<std::string> roles;
  };
  std::vector<Threshold> thresholds;
  std::optional<std::pair<std::string, std::string>> promoted_to;  // id, title

  void review(const std::string& author, std::uint32_t proposed, const std::string& why = "");

  // Valid until the next call of view() or the end of the request.
  const notify_request& view();
  const notify_review* review_at(std::size_t i) const { return review_pointers_.at(i); }

  // Of `recipient`; the event and what it points to live as long as the request.
  const notify_event& event(std::uint32_t kind, const std::string& recipient = "C0DEV00001",
                            const std::string& receipt = "",
                            std::uint32_t audience = NOTIFY_TO_REVIEWER);

 private:
  struct OwnedReview {
    std::string author, reason;
    notify_review view{};
  };
  struct OwnedEvent {
    std::string recipient, receipt, key;
    notify_event view{};
  };

  void view_access();

  notify_request view_{};
  notify_access_list list_view_{};
  std::vector<notify_threshold> threshold_views_;
  std::vector<const notify_threshold*> threshold_pointers_;
  std::vector<notify_role> role_views_;
  std::deque<std::vector<notify_str>> strings_;
  std::deque<OwnedReview> reviews_;
  std::vector<const notify_review*> review_pointers_;
  std::deque<OwnedEvent> events_;
};

// Answers like a workspace where everything works: users by e-mail "<name>@example.com" have the id
// "U0<NAME>" in capitals, "ghost..." has none; posts get rising timestamps, DMs a D... channel.
class Workspace {
 public:
  explicit Workspace(FakeHost& host);

  // Before the usual answer; nullopt: the usual one.
  std::function<std::optional<ApiAnswer>(const ApiCall&)> first;

 private:
  std::optional<ApiAnswer> answer(const ApiCall& call);
  std::uint64_t posted_ = 0;
};

}  // namespace slack_test
