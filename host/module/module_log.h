// What a module logs: made one line of UTF-8, freed of the instance's secrets, bounded.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "module/module_config.h"

namespace notifyd::modules {

// [any]
class ModuleLog {
 public:
  ModuleLog(Log log, const ModuleConfig& config) : log_(std::move(log)), config_(config) {}

  void write(std::uint32_t level, notify_str line, const notify_kv* fields, std::size_t n_fields);

  // Until the first call lines at NOTIFY_LOG_ERROR are kept back, a hundred at most: a refused
  // create() has no other words, and they are said with all else that is wrong. They are logged
  // now where `refused` is false.
  std::vector<std::string> take_errors(bool refused);

 private:
  std::string shown(std::string_view text, std::size_t max) const;

  const Log log_;
  const ModuleConfig& config_;
  std::mutex mutex_;
  struct Line {
    std::string text, fields;
  };
  bool keep_back(const Line& line);

  bool keeps_back_ = true;
  std::vector<Line> errors_;
};

}  // namespace notifyd::modules
