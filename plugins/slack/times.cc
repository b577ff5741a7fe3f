#include "times.h"

#include <array>
#include <ctime>

namespace slack {
namespace {

constexpr std::int64_t kLastMs = 253'402'300'800'000;  // the end of the year 9999
constexpr std::int64_t kMinuteMs = 60'000;

struct Unit {
  std::int64_t minutes;
  const char* name;
};
constexpr std::array kUnits{Unit{1440, "day"}, Unit{60, "hour"}, Unit{1, "minute"}};

bool is_time(std::int64_t unix_ms) { return unix_ms > 0 && unix_ms < kLastMs; }

std::string counted(std::int64_t count, const std::string& name) {
  return std::to_string(count) + " " + name + (count == 1 ? "" : "s");
}

}  // namespace

std::string time_text(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm tm{};
  if (!is_time(unix_ms) || gmtime_r(&seconds, &tm) == nullptr) return "";
  std::array<char, 32> buffer{};
  const std::size_t n = std::strftime(buffer.data(), buffer.size(), "%d %b %y %H:%M UTC", &tm);
  return {buffer.data(), n};
}

std::string time_markup(std::int64_t unix_ms) {
  const std::string fallback = time_text(unix_ms);
  if (fallback.empty()) return "";
  return "<!date^" + std::to_string(unix_ms / 1000) + "^{date_short_pretty} at {time}|" + fallback +
         ">";
}

// Teleport takes the time more than once while it makes a request, so a length is seconds off.
std::string length_text(std::int64_t ms) {
  if (ms < kMinuteMs / 2 || ms > kLastMs) return "";
  std::int64_t minutes = (ms + kMinuteMs / 2) / kMinuteMs;
  std::string out;
  for (int parts = 0; const Unit& unit : kUnits) {
    const std::int64_t count = minutes / unit.minutes;
    minutes %= unit.minutes;
    if (count > 0) out += (out.empty() ? "" : " ") + counted(count, unit.name);
    if (!out.empty() && ++parts == 2) break;
  }
  return out;
}

}  // namespace slack
