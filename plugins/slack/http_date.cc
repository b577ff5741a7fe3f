#include "http_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include "text.h"

namespace slack {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::size_t kLongest = 64;

struct Parts {
  std::optional<int> day, year, hour, minute, second;
  std::optional<unsigned> month;
};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && value >= 0;
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<unsigned> month(std::string_view text) {
  const auto* found = std::find(kMonths.begin(), kMonths.end(), text);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

std::vector<std::string_view> words(std::string_view text, std::string_view between) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(between), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void read_time(Parts& parts, std::string_view text) {
  const auto time = words(text, ":");
  if (time.size() != 3) return;
  parts.hour = number(time[0]);
  parts.minute = number(time[1]);
  parts.second = number(time[2]);
}

// Of two digits: the year that is nearest, and at most fifty years ahead.
std::optional<int> whole_year(std::string_view text, std::int64_t now_ms) {
  const auto year = number(text);
  if (!year || text.size() != 2) return year;
  using std::chrono::days;
  const std::chrono::sys_days today{days(now_ms / 86'400'000)};
  const int now = static_cast<int>(std::chrono::year_month_day(today).year());
  const int here = now - now % 100 + *year;
  return here > now + 50 ? here - 100 : here;
}

// "sun, 06 nov 1994 08:49:37 gmt", "sunday, 06-nov-94 08:49:37 gmt", "sun nov  6 08:49:37 1994"
Parts parts_of(std::string_view text, std::int64_t now_ms) {
  Parts parts;
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    const auto word = words(text, " ");
    if (word.size() != 5 && !(word.size() == 6 && word[5] == "gmt")) return parts;
    parts.month = month(word[1]);
    parts.day = number(word[2]);
    read_time(parts, word[3]);
    parts.year = number(word[4]);
    return parts;
  }
  const auto word = words(text.substr(comma + 1), " -");
  if (word.size() != 5 || (word[4] != "gmt" && word[4] != "utc")) return parts;
  parts.day = number(word[0]);
  parts.month = month(word[1]);
  parts.year = whole_year(word[2], now_ms);
  read_time(parts, word[3]);
  return parts;
}

}  // namespace

std::optional<std::int64_t> http_date_ms(std::string_view text, std::int64_t now_ms) {
  const std::string_view trimmed = trim(text);
  if (trimmed.size() > kLongest) return std::nullopt;
  const std::string small = lower(trimmed);
  const Parts p = parts_of(small, now_ms);
  if (!p.day || !p.month || !p.year || !p.hour || !p.minute || !p.second) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{year(*p.year), std::chrono::month(*p.month),
                            std::chrono::day(static_cast<unsigned>(*p.day))};
  const bool good = date.ok() && *p.year >= 1970 && *p.year <= 9999 && *p.hour < 24 &&
                    *p.minute < 60 && *p.second <= 60;
  if (!good) return std::nullopt;
  const auto time = sys_days(date) + hours(*p.hour) + minutes(*p.minute) + seconds(*p.second);
  return duration_cast<milliseconds>(time.time_since_epoch()).count();
}

}  // namespace slack
