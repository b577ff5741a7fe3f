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

  // The lines at NOTIFY_LOG_ERROR until now, a hundred at most, and none of the later ones. A
  // refused create() has no other words.
  std::vector<std::string> take_errors();

 private:
  std::string shown(std::string_view text, std::size_t max) const;

  const Log log_;
  const ModuleConfig& config_;
  std::mutex mutex_;
  bool collects_ = true;
  std::vector<std::string> errors_;
};

}  // namespace notifyd::modules
