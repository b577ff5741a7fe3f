// LogLines: what was logged, for tests to look at. Any thread may log.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"

namespace notifyd::test {

class LogLines : public LogSink {
 public:
  bool enabled(Severity) const override { return true; }
  void write(Severity severity, std::string_view line) override {
    static constexpr std::string_view kNames[] = {"DEBUG ", "INFO ", "WARN ", "ERROR "};
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::string(kNames[static_cast<int>(severity)]).append(line));
  }

  // Those that begin so ("WARN no connection").
  std::vector<std::string> starting(std::string_view start) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(found),
                 [start](const std::string& line) { return line.starts_with(start); });
    return found;
  }
  std::vector<std::string> all() const { return starting(""); }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace notifyd::test
