// Any bytes as a configuration file: parsed, and checked against a table that has every type.
#include <cstdint>
#include <string_view>
#include <vector>

#include "config/check.h"
#include "config/tree.h"

namespace {

using notifyd::config::Option;
using notifyd::config::Type;

const std::vector<Option>& options() {
  static const std::vector<Option> kOptions{
      {.name = "module"},
      {.name = "slack.token", .required = true, .secret = true},
      {.name = "slack.limit", .type = Type::kInt, .fallback = "10"},
      {.name = "slack.notify", .type = Type::kBool, .fallback = "true"},
      {.name = "slack.wait", .type = Type::kDuration, .fallback = "1m"},
      {.name = "slack.admins", .type = Type::kList},
      {.name = "slack.recipients", .type = Type::kList, .ignored = true},
      {.name = "role_to_recipients", .type = Type::kTable, .required = true},
  };
  return kOptions;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tree = notifyd::config::read_toml(text, "fuzz.toml");
  if (!tree) return 0;
  // A fault is one line that begins with the file's name; anything else is a broken promise.
  notifyd::config::Faults faults;
  notifyd::config::check(*tree, "fuzz.toml", options(), faults, {"log"});
  for (const std::string& line : faults.lines()) {
    if (!line.starts_with("fuzz.toml:")) __builtin_trap();
    if (line.find('\n') != std::string::npos) __builtin_trap();
  }
  return 0;
}
