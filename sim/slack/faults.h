// Faults to inject into the simulated Slack, while it runs. A test writes
//
//   slack.faults().add(Fault::http(503).on("chat.postMessage").nth(2).times(3));
//   slack.faults().add(Fault::reset().after_effect().with_probability(0.2));
//
// Rules are asked in the order they were added; the first that applies has the call. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace notifyd::sim {

class Fault {
 public:
  enum class Kind {
    kHttp,         // any status, content type and body in place of the answer
    kCode,         // ok:false with an error code
    kTruncated,    // the first half of the JSON, complete as far as HTTP goes
    kWrongLength,  // Content-Length promises more than comes
    kDelay,        // the right answer, late
    kNoAnswer,     // nothing, until the client gives up
    kReset,        // the connection breaks (RST)
  };
  enum class Body { kJson, kHtml, kEmpty };

  static Fault http(int status, Body body = Body::kJson);
  static Fault html_200() { return http(200, Body::kHtml); }
  static Fault code(std::string error);
  static Fault truncated_json();
  static Fault wrong_length();
  static Fault delay(std::chrono::milliseconds time);
  static Fault no_answer();
  static Fault reset();
  static Fault redirect(std::string location);                              // 302
  static Fault rate_limited(std::optional<std::string> retry_after = "1");  // any text; none

  // Which calls. Without these: every call of every method, until removed.
  Fault& on(std::string method) & { return method_ = std::move(method), *this; }
  Fault& in(std::string channel) & { return channel_ = std::move(channel), *this; }  // as sent
  Fault& nth(int n) & { return nth_ = n, *this; }      // 1: the next matching call
  Fault& times(int n) & { return times_ = n, *this; }  // 0: no end; nth() alone means once
  Fault& with_probability(double p) & { return probability_ = p, *this; }
  // The call takes effect, then the fault strikes: the trap of the doubled post.
  Fault& after_effect() & { return after_effect_ = true, *this; }

  Fault&& on(std::string m) && { return std::move(on(std::move(m))); }
  Fault&& in(std::string c) && { return std::move(in(std::move(c))); }
  Fault&& nth(int n) && { return std::move(nth(n)); }
  Fault&& times(int n) && { return std::move(times(n)); }
  Fault&& with_probability(double p) && { return std::move(with_probability(p)); }
  Fault&& after_effect() && { return std::move(after_effect()); }

  Kind kind() const { return kind_; }
  bool strikes_after_effect() const { return after_effect_; }
  int status() const { return status_; }
  const std::string& body() const { return body_; }
  const std::string& content_type() const { return content_type_; }
  const std::string& error() const { return error_; }
  const std::string& location() const { return location_; }
  const std::optional<std::string>& retry_after() const { return retry_after_; }
  std::chrono::milliseconds time() const { return time_; }

 private:
  friend class Faults;

  explicit Fault(Kind kind) : kind_(kind) {}

  Kind kind_;
  std::string method_;   // "": any
  std::string channel_;  // "": any
  int nth_ = 0;          // 0: not given
  std::optional<int> times_;
  double probability_ = 1;
  bool after_effect_ = false;
  int status_ = 200;
  std::string body_;
  std::string content_type_;
  std::string error_;
  std::string location_;
  std::optional<std::string> retry_after_;
  std::chrono::milliseconds time_{0};
};

class Faults {
 public:
  explicit Faults(std::uint64_t seed = 1) : random_(seed) {}

  int add(Fault fault);  // returns the rule's number
  void remove(int rule);
  void clear();
  void seed(std::uint64_t seed);
  int hits(int rule) const;  // how often it struck; kept after clear()

  // The server asks once for each call; `channel` is the argument as sent.
  std::optional<Fault> draw(std::string_view method, std::string_view channel);

 private:
  struct Rule {
    int number;
    Fault fault;
    int seen = 0;
    int struck = 0;
  };

  bool strikes(Rule& rule);

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::vector<Rule> rules_;
  std::map<int, int> hits_;
  int last_number_ = 0;
};

}  // namespace notifyd::sim
