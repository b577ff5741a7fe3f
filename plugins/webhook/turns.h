// When an endpoint may be called: not oftener than its pace, and not while it has asked for a rest.
// Who comes first goes first. [instance]
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "notify/alarm.hpp"
#include "notify/module.hpp"
#include "notify/token_bucket.hpp"

namespace webhook {

class Turns {
 public:
  // Longer nobody waits here: the host keeps a request claimed for as long as a delivery is open.
  static constexpr std::uint64_t kLongestWaitMs = 10'000;

  Turns(const notify::Host& host, std::uint64_t interval_ms)
      : host_(host), interval_ms_(interval_ms), alarm_(host, [this] { serve(); }) {}

  // True: go ahead, at once. False: it would take too long, or end() was called; see wait_ms().
  notify::Task<bool> take(std::string endpoint);

  // After how long it is worth to come again.
  std::uint32_t wait_ms(const std::string& endpoint);

  // The endpoint asked for it. Who waits, and now would have to wait too long, is sent away.
  void rest(const std::string& endpoint, std::uint64_t ms);

  // Sends away all who wait, and from now on everybody who would have to.
  void end();

 private:
  struct Waiter {
    std::function<void(bool)> to;
    std::uint64_t until_ms;
  };
  struct Line {
    notify::TokenBucket bucket;
    std::deque<Waiter> waiting;

    std::uint64_t next_free() const {
      return bucket.ready_at() + waiting.size() * bucket.interval_ms();
    }
  };

  Line& line(const std::string& endpoint);
  void serve();

  const notify::Host& host_;
  const std::uint64_t interval_ms_;
  bool ending_ = false;
  std::map<std::string, Line> lines_;
  notify::Alarm alarm_;
};

}  // namespace webhook
