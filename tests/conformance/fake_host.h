// A host without a daemon: the table of notify/abi.h over a clock that is moved by hand and an HTTP
// side that answers what it is told to. The module's functions and callbacks run on the thread that
// moves the clock; the module may call the table from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "memory.h"
#include "notify/abi.h"
#include "notify/module.hpp"

namespace conformance {

struct HttpCall {
  std::uint64_t id = 0, at_ms = 0, ends_ms = 0;
  std::string method, url, body;
  notify::Pairs headers;  // as the module wrote them
  notify_http_done done = nullptr;
  void* user = nullptr;

  std::string header(std::string_view key) const;  // whatever its case; "" when it is not there
};

struct HttpAnswer {
  std::uint32_t outcome = NOTIFY_HTTP_ANSWERED, status = 200;
  std::string body, error;
  notify::Pairs headers;  // keys in lower case
};

HttpAnswer status(std::uint32_t code, std::string body = "", notify::Pairs headers = {});
HttpAnswer not_answered(std::uint32_t outcome);

struct Answered {
  notify::Answer answer;
  std::string misuse;  // the contract of abi.h that the answer itself breaks, or ""
  unsigned times = 1;  // more: the ticket was closed by then
  std::uint64_t at_ms = 0;
};

struct LogLine {
  std::uint32_t level = 0;
  std::string line;
  std::map<std::string, std::string> fields;
};

struct Config {
  std::map<std::string, std::vector<std::string>> options;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> tables;
  std::set<std::string> secrets;  // names of options
};

class FakeHost {
 public:
  explicit FakeHost(Config config = {}, Guard texts = Guard::kNone);
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // The table. A copy of it, as an older or newer host has it, works as well: `ctx` counts.
  const notify_host* table() const { return &table_; }

  Config config;
  // Instead of `config`, where it gives a code.
  std::function<std::optional<notify_rc>(const std::string& option)> refuse_config;
  // Whether what config() gave is taken back by the next call for the same option.
  bool takes_config_back = false;
  // Whether what an HTTP answer pointed to is taken back after the callback.
  bool takes_answers_back = false;

  // ---- Tickets ----
  notify_ticket open() { return ++last_ticket_; }
  bool answered(notify_ticket ticket) const {
    const Lock lock(mutex_);
    return answers.count(ticket) > 0;
  }
  std::size_t unanswered() const {
    const Lock lock(mutex_);
    return last_ticket_ - answers.size();
  }
  std::map<notify_ticket, Answered> answers;

  // ---- HTTP: what `respond` answers is answered at once; the rest waits for its time-out ----
  std::function<std::optional<HttpAnswer>(const HttpCall&)> respond;
  std::deque<HttpCall> pending;
  std::vector<HttpCall> calls;           // all so far
  void reply(const HttpAnswer& answer);  // to the oldest one that waits

  // ---- The clock, in ms ----
  std::uint64_t now_ms = 1'000'000;
  std::int64_t unix_offset_ms = 1'700'000'000'000;
  void settle();                   // runs what is due now
  void advance(std::uint64_t ms);  // and what gets due on the way, in order
  // Runs what there is to run, for so long at most. Whether `done` came true.
  bool run_until(const std::function<bool()>& done, std::uint64_t ms);
  std::size_t timers() const { return timers_.size(); }
  void drop_all();  // calls and timers, as a host does after destroy()

  // ---- What the module said and did ----
  std::vector<LogLine> logs;
  std::map<std::string, double> counts;
  std::set<std::string> extensions_asked;
  std::size_t logged(std::uint32_t level, std::string_view part) const;
  bool mentions(std::string_view secret) const;  // in a log line or a detail
  // Told of each host function that is entered, by a literal.
  void (*on_call)(const char* function) = nullptr;

 private:
  struct Timer {
    std::uint64_t at_ms;
    notify_timer_done done;
    void* user;
  };
  using Lock = std::lock_guard<std::recursive_mutex>;

  static FakeHost& enter(const notify_host* host, const char* function);
  static void log(const notify_host*, std::uint32_t, notify_str, const notify_kv*, std::size_t);
  static notify_rc get(const notify_host*, const char*, std::size_t, notify_str*);
  static notify_rc get_entry(const notify_host*, const char*, std::size_t, std::size_t, notify_str*,
                             notify_str*);
  static std::uint64_t mono_ns(const notify_host*);
  static std::int64_t unix_ms(const notify_host*);
  static std::uint64_t http(const notify_host*, const notify_http_request*, notify_http_done,
                            void*);
  static std::uint64_t timer(const notify_host*, std::uint32_t, notify_timer_done, void*);
  static void cancel(const notify_host*, std::uint64_t);
  static void count(const notify_host*, const char*, double, const notify_kv*, std::size_t);
  static notify_rc answer(const notify_host*, notify_ticket, const notify_result*);
  static const void* extension(const notify_host*, const char*);

  notify_str give(const std::string& name, std::string_view value);
  void finish(const HttpCall& call, const HttpAnswer& answer);
  bool run_one();
  std::optional<std::uint64_t> next_event() const;

  notify_host table_{};
  const Guard guard_;
  mutable std::recursive_mutex mutex_;
  std::uint64_t last_id_ = 0;
  notify_ticket last_ticket_ = 0;
  std::map<std::uint64_t, Timer> timers_;
  std::map<std::string, std::vector<std::unique_ptr<Memory>>> given_;  // by config()
};

}  // namespace conformance
