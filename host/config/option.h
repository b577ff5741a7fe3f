// Option: one key that a configuration file may have.
//
// One mechanism for the host's own sections and for a module's: the host's tables are written in
// C++, a module's comes through the ABI (notify_option) and is copied into this form.
#pragma once

#include <optional>
#include <string>

namespace notifyd::config {

enum class Type { kText, kInt, kBool, kDuration, kList, kTable };

struct Option {
  std::string name;  // "teleport.addr"; of a table the section's, "teams"
  Type type = Type::kText;
  bool required = false;  // of a table: it must be there and have the key "*"
  bool secret = false;    // a value that starts with / names a file
  bool verbatim = false;  // a text that may look like a template which nobody filled in
  bool blank = false;     // of a list: "" counts as not written, as for upstream's texts
  bool ignored = false;   // known from older configuration, does nothing: a warning
  std::optional<std::string> fallback = std::nullopt;  // as a file would say it, no quotes
  std::string help = {};  // one line; of an ignored option what follows its name in the warning
};

}  // namespace notifyd::config
