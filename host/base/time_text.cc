#include "base/time_text.h"

#include <array>
#include <chrono>
#include <ctime>

namespace notifyd {

std::string duration_text(Millis span) {
  const auto total = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (total == 0) return std::to_string(span.count()) + "ms";
  std::string text;
  if (total >= 3600) text += std::to_string(total / 3600) + "h ";
  if (total >= 60) text += std::to_string(total / 60 % 60) + "m ";
  return text + std::to_string(total % 60) + "s";
}

std::string rough_duration(Millis span) {
  using std::chrono::days;
  using std::chrono::hours;
  if (span >= days(2)) return std::to_string(span / days(1)) + " days";
  if (span >= hours(2)) return std::to_string(span / hours(1)) + " hours";
  return std::to_string(span / std::chrono::minutes(1)) + " minutes";
}

std::string utc_text(std::int64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &tm)};
}

}  // namespace notifyd
