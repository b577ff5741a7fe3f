// notify/http_status.hpp - what an HTTP answer means for a delivery: a result code and a wait. For
// services that say what they mean by their status codes. C++20, header only.
//
//   const notify::HttpVerdict verdict =
//       notify::judge(response, notify::Repeat::kDoubles, host.unix_ms());
//   answer.rc = verdict.rc;
//   answer.retry_after_ms = verdict.retry_after_ms;
//
// The hard question is whether a failed call was done all the same. After some failures it surely
// was not (no connection, 429, 401), after others nobody knows (a reset, 500, 502, 504: a proxy
// says so too when it lost what stands behind it). What nobody knows is NOTIFY_RETRY_UNSURE where
// doing it twice shows twice, and NOTIFY_RETRY where it does not: reads, PUT, DELETE, an edit, a
// post with a key by which the far side knows it again.
//
// The codes are for a service with one address and one credential. A module whose recipients have
// each their own answers NOTIFY_DROP_RECIPIENT where this says NOTIFY_BROKEN...: one recipient's
// wrong password is no reason to stop for all.
//
// Any thread; pure functions. RFC 9110, RFC 6585.
#ifndef NOTIFY_HTTP_STATUS_HPP
#define NOTIFY_HTTP_STATUS_HPP

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "notify/module.hpp"

namespace notify {

// Doing it twice, is that harmless, or is it shown twice?
enum class Repeat : std::uint8_t { kHarmless, kDoubles };

struct HttpVerdict {
  notify_rc rc = NOTIFY_OK;
  std::uint32_t retry_after_ms = 0;  // 0: as the host sees fit
};

inline constexpr std::uint32_t kUnnamedWaitMs = 30'000;               // a 429 that names no time
inline constexpr std::uint32_t kLongestRetryAfterMs = 24 * 3600'000;  // then it is asked again

namespace detail {

struct StatusRule {
  std::uint32_t first, last;
  notify_rc rc;
};

// The first that holds.
inline constexpr std::array kStatusRules{
    StatusRule{200, 299, NOTIFY_OK},
    StatusRule{303, 303, NOTIFY_RETRY_UNSURE},   // "done, see there", or a proxy's login page
    StatusRule{300, 399, NOTIFY_BROKEN_CONFIG},  // redirects are not followed: the URL has moved
    StatusRule{401, 401, NOTIFY_BROKEN_AUTH},
    StatusRule{402, 402, NOTIFY_BROKEN},
    StatusRule{403, 403, NOTIFY_BROKEN_AUTH},
    StatusRule{404, 404, NOTIFY_DROP_RECIPIENT},
    StatusRule{405, 405, NOTIFY_BROKEN_CONFIG},
    StatusRule{407, 407, NOTIFY_BROKEN_AUTH},
    StatusRule{408, 409, NOTIFY_RETRY_UNSURE},  // 409: as another attempt of it is under way
    StatusRule{410, 410, NOTIFY_DROP_RECIPIENT},
    StatusRule{421, 421, NOTIFY_RETRY},
    StatusRule{423, 423, NOTIFY_RETRY},
    StatusRule{425, 425, NOTIFY_RETRY},
    StatusRule{426, 426, NOTIFY_BROKEN_CONFIG},
    StatusRule{429, 429, NOTIFY_RETRY_LIMITED},
    StatusRule{451, 451, NOTIFY_DROP},
    StatusRule{400, 499, NOTIFY_DROP_PAYLOAD},
    StatusRule{501, 501, NOTIFY_BROKEN_CONFIG},  // no such method, ever
    StatusRule{505, 505, NOTIFY_BROKEN_CONFIG},
    StatusRule{511, 511, NOTIFY_RETRY_OFFLINE},  // the network wants a login: not the far side
};

inline notify_rc rc_of_status(std::uint32_t status) noexcept {
  const auto* const rule =
      std::find_if(kStatusRules.begin(), kStatusRules.end(),
                   [status](const StatusRule& r) { return status >= r.first && status <= r.last; });
  return rule == kStatusRules.end() ? notify_rc{NOTIFY_RETRY_UNSURE} : rule->rc;
}

inline notify_rc rc_of_outcome(const HttpResponse& response) noexcept {
  switch (response.outcome) {
    case NOTIFY_HTTP_ANSWERED:
      return rc_of_status(response.status);
    case NOTIFY_HTTP_NOT_SENT:
      return NOTIFY_RETRY_OFFLINE;
    default:
      return NOTIFY_RETRY_UNSURE;  // cancelled too: it may have left before
  }
}

inline std::string_view trimmed(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Reads a date from left to right; the first thing that is not there spoils the rest. Letters may
// be of either case, and several blanks are one.
class DateReader {
 public:
  explicit DateReader(std::string_view text) noexcept : left_(trimmed(text)) {}

  bool at_end() const noexcept { return good_ && left_.empty(); }

  // `what`: in small letters.
  bool next_is(std::string_view what) const noexcept {
    return left_.size() >= what.size() &&
           std::equal(what.begin(), what.end(), left_.begin(),
                      [](char small, char c) { return small == lower(c); });
  }
  void skip(std::string_view what) noexcept {
    good_ = good_ && next_is(what);
    if (good_) left_.remove_prefix(what.size());
  }
  void skip_letters() noexcept {
    std::size_t n = 0;
    while (n < left_.size() && lower(left_[n]) >= 'a' && lower(left_[n]) <= 'z') ++n;
    good_ = good_ && n >= 3;
    left_.remove_prefix(n);
  }
  void skip_blanks() noexcept {
    skip(" ");
    while (next_is(" ")) left_.remove_prefix(1);
  }
  void skip_blanks_or_dash() noexcept {
    if (next_is("-")) return skip("-");
    skip_blanks();
  }
  void skip_zone() noexcept {
    skip_blanks();
    skip(next_is("utc") ? "utc" : "gmt");
  }

  int number(std::size_t most_digits) noexcept {
    int value = 0;
    good_ = good_ && next_is_digit();
    for (std::size_t n = 0; n < most_digits && next_is_digit(); ++n) {
      value = 10 * value + (left_.front() - '0');
      left_.remove_prefix(1);
    }
    return value;
  }
  // Of two digits: the one that is not more than 50 years ahead.
  int year(int this_year) noexcept {
    const std::size_t before = left_.size();
    const int value = number(4);
    if (before - left_.size() != 2) return value;
    const int here = this_year - this_year % 100 + value;
    return here > this_year + 50 ? here - 100 : here;
  }
  unsigned month() noexcept {
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      if (!next_is(kMonths[i])) continue;
      skip(kMonths[i]);
      return static_cast<unsigned>(i + 1);
    }
    good_ = false;
    return 0;
  }

 private:
  static constexpr std::array<std::string_view, 12> kMonths{
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

  static constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  bool next_is_digit() const noexcept {
    return !left_.empty() && left_.front() >= '0' && left_.front() <= '9';
  }

  std::string_view left_;
  bool good_ = true;
};

struct DateParts {
  int year = 0, hour = 0, minute = 0, second = 0;
  unsigned month = 0, day = 0;
};

inline void read_time(DateReader& in, DateParts& parts) noexcept {
  parts.hour = in.number(2);
  in.skip(":");
  parts.minute = in.number(2);
  in.skip(":");
  parts.second = in.number(2);
}

// "06 Nov 1994 08:49:37 GMT" or "06-Nov-94 08:49:37 GMT", behind the comma.
inline DateParts read_fixed(DateReader& in, int this_year) noexcept {
  DateParts parts;
  in.skip_blanks();
  parts.day = static_cast<unsigned>(in.number(2));
  in.skip_blanks_or_dash();
  parts.month = in.month();
  in.skip_blanks_or_dash();
  parts.year = in.year(this_year);
  in.skip_blanks();
  read_time(in, parts);
  in.skip_zone();
  return parts;
}

// "Nov  6 08:49:37 1994", behind the day's name. Some name the zone all the same.
inline DateParts read_asctime(DateReader& in) noexcept {
  DateParts parts;
  in.skip_blanks();
  parts.month = in.month();
  in.skip_blanks();
  parts.day = static_cast<unsigned>(in.number(2));
  in.skip_blanks();
  read_time(in, parts);
  in.skip_blanks();
  parts.year = in.number(4);
  if (in.next_is(" ")) in.skip_zone();
  return parts;
}

inline constexpr int kFirstYear = 1970;  // no HTTP server's clock shows an earlier one

inline std::optional<std::int64_t> unix_ms_of(const DateParts& parts) noexcept {
  namespace chrono = std::chrono;
  const chrono::year_month_day date(chrono::year(parts.year), chrono::month(parts.month),
                                    chrono::day(parts.day));
  const bool time = parts.hour <= 23 && parts.minute <= 59 && parts.second <= 60;
  if (!date.ok() || !time || parts.year < kFirstYear) return std::nullopt;
  const auto days = chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t hours = std::int64_t{days} * 24 + parts.hour;
  return ((hours * 60 + parts.minute) * 60 + parts.second) * 1000;
}

inline int year_of(std::int64_t unix_ms) noexcept {
  namespace chrono = std::chrono;
  const auto days = chrono::floor<chrono::days>(chrono::milliseconds(unix_ms));
  return static_cast<int>(chrono::year_month_day(chrono::sys_days(days)).year());
}

}  // namespace detail

// The three forms of RFC 9110: "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
// "Sun Nov  6 08:49:37 1994", also as careless programs write them: in other letters, with UTC for
// GMT. nullopt: none of them. The day's name is not compared. `now_unix_ms` tells the century of a
// year of two digits.
inline std::optional<std::int64_t> http_date_ms(std::string_view text, std::int64_t now_unix_ms) {
  detail::DateReader in(text);
  in.skip_letters();
  detail::DateParts parts;
  if (in.next_is(",")) {
    in.skip(",");
    parts = detail::read_fixed(in, detail::year_of(now_unix_ms));
  } else {
    parts = detail::read_asctime(in);
  }
  return in.at_end() ? detail::unix_ms_of(parts) : std::nullopt;
}

// How long Retry-After asks to wait, 1 s to kLongestRetryAfterMs; nullopt where there is none, or
// nothing that makes sense. A date is measured by the answer's own Date where it has one, so that
// the far side's clock and ours need not agree. `now_unix_ms` 0: our time is not known, so a date
// without a Date says nothing.
inline std::optional<std::uint32_t> retry_after_ms(const HttpResponse& response,
                                                   std::int64_t now_unix_ms) {
  const std::string_view text = detail::trimmed(response.header("retry-after"));
  if (text.empty()) return std::nullopt;
  std::int64_t ms = 0;
  if (text.front() >= '0' && text.front() <= '9') {
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
      ms = std::min<std::int64_t>(10 * ms + (text[digits++] - '0'), kLongestRetryAfterMs);
    }
    // "1.5" is nobody's standard, and is sent.
    if (digits < text.size() && text[digits] == '.')
      ++ms;
    else if (digits < text.size())
      return std::nullopt;
    ms *= 1000;
  } else {
    const auto until = http_date_ms(text, now_unix_ms);
    const std::int64_t now =
        http_date_ms(response.header("date"), now_unix_ms).value_or(now_unix_ms);
    if (!until || now <= 0) return std::nullopt;
    ms = *until - now;
  }
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms, 1000, kLongestRetryAfterMs));
}

// What became of a call. A wait is named with codes of class NOTIFY_RETRY only.
inline HttpVerdict judge(const HttpResponse& response, Repeat repeat, std::int64_t now_unix_ms) {
  HttpVerdict verdict{detail::rc_of_outcome(response)};
  if (verdict.rc == NOTIFY_RETRY_UNSURE && repeat == Repeat::kHarmless) {
    const bool cancelled = response.outcome == NOTIFY_HTTP_CANCELLED;
    verdict.rc = cancelled ? NOTIFY_CANCELLED : NOTIFY_RETRY;
  }
  if (response.outcome != NOTIFY_HTTP_ANSWERED || NOTIFY_CLASS(verdict.rc) != NOTIFY_RETRY) {
    return verdict;
  }
  const std::uint32_t unnamed = verdict.rc == NOTIFY_RETRY_LIMITED ? kUnnamedWaitMs : 0;
  verdict.retry_after_ms = retry_after_ms(response, now_unix_ms).value_or(unnamed);
  return verdict;
}

}  // namespace notify

#endif
