// The config tree: Boost.PropertyTree whose values know their type and where they stand in the
// file, so that "007" is no number, an empty list is no empty text, and every error names line and
// column.
//
// Keys may hold dots and "*": look children up with find(), never with a path.
#pragma once

#include <boost/property_tree/ptree.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/faults.h"
#include "config/position.h"

namespace notifyd::config {

struct Value {
  enum class Kind { kNone, kText, kInteger, kFloat, kBoolean, kDate, kList, kTable };
  Kind kind = Kind::kNone;
  std::string text;  // kText; for the others as it would be written
  std::int64_t integer = 0;
  bool boolean = false;
  bool in_key = false;                         // a table that is there by a dot in a key: a.b = 1
  std::uint32_t line = 0, column = 0;          // of the value
  std::uint32_t key_line = 0, key_column = 0;  // of its key

  bool operator==(const Value&) const = default;
};

using Tree = boost::property_tree::basic_ptree<std::string, Value>;

// Table members in file order; list items with empty keys. Syntax errors come as
// "file:line:column: what; what to write instead". Files over 1 MiB are refused.
std::optional<Tree> read_toml_file(const std::string& path, Faults& faults);
Result<Tree> read_toml(std::string_view text, const std::string& file);

}  // namespace notifyd::config
