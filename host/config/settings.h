// Settings: what one file said, checked against its options. Plain data, any thread may read it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/faults.h"
#include "config/position.h"

namespace notifyd::config {

// What a message of a module is about.
struct Subject {
  std::string name;  // of an option, or of one entry of a table: teams."dev"; "": neither
  Position at;
  FoundIn found = FoundIn::kMachine;
};

class Settings {
 public:
  struct Entry {
    std::vector<std::string> values;  // scalars: one. bool: "true"/"false"; duration: ms; list: all
    std::map<std::string, std::vector<std::string>> table;
    std::map<std::string, Position> table_at;  // where each of its keys has its value
    Position at;
    bool set = false;     // written in the file; false: the fallback
    bool secret = false;  // values[0] is the secret itself or an absolute path

    bool names_a_file() const;  // that holds the secret
  };

  const Entry* find(std::string_view name) const;
  std::string text(std::string_view name) const;  // "" when not set
  bool flag(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;

  // Whether there is something to read, be it right or wrong.
  bool given(const std::string& name) const { return !text(name).empty() || wrong.contains(name); }

  // The secret, read from its file now if it names one. Trimmed; at most 2000 bytes.
  // `known` as for read_secret().
  Result<std::string> secret(std::string_view name, std::string_view known = {}) const;

  // By how `message` begins: "chat.pace must be ...", "teams.\"dev\" names nobody". What is not
  // written is the file's.
  Subject subject_of(std::string_view message) const;
  // Whether that is known to be wrong, so that nothing more need be said about it.
  bool is_wrong(const Subject& subject) const;

  // The files that hold its secrets.
  std::vector<std::string> secret_files() const;

  std::map<std::string, Entry, std::less<>> entries;
  // The options, and entries of tables (as in Subject), that a fault was found with. They have
  // their fallback, or no value.
  std::set<std::string, std::less<>> wrong;
  std::string file;
};

// teams."dev"
std::string entry_name(const std::string& table, const std::string& key);

}  // namespace notifyd::config
