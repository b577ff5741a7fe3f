// Settings: what one file said, checked against its options. Plain data, any thread may read it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/position.h"

namespace notifyd::config {

class Settings {
 public:
  struct Entry {
    std::vector<std::string> values;  // scalars: one. bool: "true"/"false"; duration: ms; list: all
    std::map<std::string, std::vector<std::string>> table;
    Position at;
    bool set = false;     // written in the file; false: the fallback
    bool secret = false;  // values[0] is the secret itself or an absolute path
  };

  const Entry* find(std::string_view name) const;
  std::string text(std::string_view name) const;  // "" when not set
  bool flag(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;

  // The secret, read from its file now if it names one. Trimmed; at most 2000 bytes.
  Result<std::string> secret(std::string_view name) const;

  // Where the option is written that `message` begins with ("chat.pace must be ..."); else the
  // file.
  std::string place_of(std::string_view message) const;

  // The files that hold its secrets.
  std::vector<std::string> secret_files() const;

  std::map<std::string, Entry, std::less<>> entries;
  std::string file;
};

}  // namespace notifyd::config
