// Sender: one module instance as deliveries see it: its notifier, and what all its deliveries
// share, whichever cluster they come from: the breaker, the turns at it, who can't be reached,
// the window, and the counts.
//
// take_over() lets a new generation of the instance have all that waits here. Answers to what is
// under way still come from the old generation.
//
// [engine thread]
#pragma once

#include <cstdint>
#include <string>

#include "base/backoff.h"
#include "base/engine.h"
#include "base/log.h"
#include "delivery/breaker.h"
#include "delivery/options.h"
#include "delivery/turns.h"
#include "delivery/unreachable.h"
#include "delivery/window.h"
#include "module/notifier.h"

namespace notifyd::delivery {

class Sender {
 public:
  // `engine` and `notifier` outlive the sender; `config_file` names it in messages.
  Sender(Engine& engine, modules::Notifier& notifier, const DeliveryOptions& options,
         std::string config_file, const Log& log);
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // From now on `next` is asked, which has the same name; `config_file` names it in messages. The
  // one before it must live until it has answered what it was asked. The lanes are to be told:
  // Dispatcher::renewed().
  void take_over(modules::Notifier& next, std::string config_file);

  const std::string& name() const { return name_; }
  modules::Notifier& notifier() { return *notifier_; }
  const std::string& config_file() const { return config_file_; }
  const Log& log() const { return log_; }  // names the instance

  Jitter& jitter() { return jitter_; }
  Breaker& breaker() { return breaker_; }
  Turns& turns() { return turns_; }
  Unreachable& unreachable() { return unreachable_; }
  Window& window() { return window_; }

  struct {
    std::uint64_t delivered = 0, given_up = 0;
  } counts;

  // The last that a delivery came to nothing for; "": none did.
  struct {
    std::string what;
    std::int64_t at_ms = 0;  // Unix time
  } last_error;

 private:
  void breaker_moved();

  modules::Notifier* notifier_;
  const std::string name_;
  std::string config_file_;
  const Log log_;
  Jitter jitter_;
  Turns turns_;
  Unreachable unreachable_;
  Window window_;
  Breaker breaker_;  // last: it calls back into the others
};

}  // namespace notifyd::delivery
