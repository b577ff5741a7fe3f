// Options: what a config file may say, as a table; and Settings: what one file said, checked.
//
// One mechanism for the host's own sections and for a module's: the host's tables are written in
// C++, a module's comes through the ABI (notify_option) and is copied into this form.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/tree.h"

namespace notifyd::config {

enum class Type { kText, kInt, kBool, kDuration, kList, kTable };

struct Option {
  std::string name;  // "teleport.addr", "role_to_recipients"
  Type type = Type::kText;
  bool required = false;  // of a table: it must be there and have the key "*"
  bool secret = false;    // a value that starts with / names a file
  bool ignored = false;   // known from older configuration, does nothing: a warning
  std::optional<std::string> fallback = std::nullopt;  // as a file would say it, no quotes
  std::string help = {};  // one line; of an ignored option what follows its name in the warning
};

// The checked values of one file. Plain data, any thread may read it.
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

  // Where the option is written that `message` begins with ("slack.pace must be ..."); else the
  // file.
  std::string place_of(std::string_view message) const;

  // The files that hold its secrets.
  std::vector<std::string> secret_files() const;

  std::map<std::string, Entry, std::less<>> entries;
  std::string file;
};

struct Checked {
  Settings settings;
  std::vector<std::string> warnings;  // "file:line:column: slack.recipients does nothing; ..."
};

// Every key of `tree` must be one of `options` (a section may be claimed by another reader through
// `other_sections`). The first thing a person must mend is the error, with position and, for an
// unknown key, the nearest known one.
Result<Checked> check(const Tree& tree, const std::string& file, const std::vector<Option>& options,
                      const std::vector<std::string>& other_sections = {});

}  // namespace notifyd::config
