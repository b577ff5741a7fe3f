#include "config/duration.h"

#include <array>
#include <charconv>

namespace notifyd::config {
namespace {

struct Unit {
  std::string_view name;
  double ms;
};
// "ms" before "m": the first that fits is taken.
constexpr std::array kUnits{
    Unit{"ns", 1e-6}, Unit{"us", 1e-3}, Unit{"µs", 1e-3}, Unit{"ms", 1},
    Unit{"s", 1e3},   Unit{"m", 6e4},   Unit{"h", 3.6e6},
};
constexpr double kMaxMs = 100 * 365.25 * 24 * 3.6e6;

// Takes a number off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return number;
}

std::optional<double> take_unit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.ms;
  }
  return std::nullopt;
}

// from_chars would also take "-1", "inf" and "nan".
bool begins_with_digit(std::string_view text) {
  return !text.empty() && ((text[0] >= '0' && text[0] <= '9') || text[0] == '.');
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  if (text.empty()) return std::nullopt;
  double ms = 0;
  while (!text.empty()) {
    if (!begins_with_digit(text)) return std::nullopt;
    const auto number = take_number(text);
    const auto unit = number ? take_unit(text) : std::nullopt;
    if (!unit) return std::nullopt;
    ms += *number * *unit;
    if (ms > kMaxMs) return std::nullopt;
  }
  // 0.1s is a little less than 100 ms in binary.
  return std::chrono::milliseconds(static_cast<std::int64_t>(ms + 1e-6));
}

}  // namespace notifyd::config
