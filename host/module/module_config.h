// What notify_host.config answers: the instance's settings as the module's option table types them.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "config/option.h"
#include "config/settings.h"
#include "notify/abi.h"

namespace notifyd::modules {

// [any] What it gives is valid until the next call for the same option, or wipe().
class ModuleConfig {
 public:
  ModuleConfig(config::Settings settings, std::vector<config::Option> options, Log log);
  ModuleConfig(const ModuleConfig&) = delete;
  ModuleConfig& operator=(const ModuleConfig&) = delete;
  ~ModuleConfig() { wipe(); }

  notify_rc get(const char* option, std::size_t index, notify_str* out);
  notify_rc get_entry(const char* table, std::size_t entry, std::size_t index, notify_str* key,
                      notify_str* value);

  // The same text without any secret that the module was given.
  std::string redact(std::string text) const;

  // What a line of the module's is about, and whether that is known to be wrong already.
  config::Subject subject_of(std::string_view line) const { return settings_.subject_of(line); }
  bool is_wrong(const config::Subject& subject) const { return settings_.is_wrong(subject); }

  // Overwrites the secrets in memory. Nothing is given after it.
  void wipe();

 private:
  const config::Option* known(const char* name, bool table) const;
  using Table = std::map<std::string, std::vector<std::string>>;
  Table::const_iterator go_to(const Table& table, std::size_t entry);  // which there is
  notify_rc get_secret(const std::string& name, std::size_t index, notify_str* out);

  config::Settings settings_;
  const std::vector<config::Option> options_;
  const Log log_;

  mutable std::mutex mutex_;  // guards settings_ (wipe), and what follows
  // The last entry of a table that was given; no table changes.
  struct Place {
    const Table* table = nullptr;
    std::size_t entry = 0;
    Table::const_iterator at;
  } place_;
  std::map<std::string, std::string> secrets_;
};

}  // namespace notifyd::modules
