// Outage: says once what is wrong and once that it is over, however often it is tried in between. A
// reason is said again when it is a new one, or after a while, so that a log that rotates still
// holds it.
#pragma once

#include <map>
#include <string>

#include "base/engine.h"
#include "base/log.h"
#include "base/result.h"

namespace notifyd {

class Outage {
 public:
  Outage(Engine& engine, Log log, std::string what, Millis repeat,
         Severity severity = Severity::kWarn)
      : engine_(engine),
        log_(std::move(log)),
        what_(std::move(what)),
        repeat_(repeat),
        severity_(severity) {}

  void failed(const Error& error);
  void over(std::string_view back);  // nothing is said if nothing had failed

  bool active() const { return !said_.empty(); }

 private:
  Engine& engine_;
  Log log_;
  std::string what_;
  Millis repeat_;
  Severity severity_;
  TimePoint since_;
  unsigned tries_ = 0;
  std::map<std::string, TimePoint> said_;  // reason, when
};

}  // namespace notifyd
