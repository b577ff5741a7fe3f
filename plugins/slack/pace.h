// Who goes before whom, and when those who were sent away shall come again. Times are milliseconds
// of Host::mono_ms(). Plain values, no clock of their own.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace slack {

// Most important first.
enum class Priority { kAnnouncement, kAnswer, kFinalEdit, kReply, kEdit, kReaction };
constexpr std::size_t kPriorities = 6;

// When those who were sent away shall come again: each requester's one after the other, behind all
// of theirs that are as important, and the further apart the more requesters there are. So a crowd
// does not come back as a crowd, and nobody stands behind another's. Nothing is kept free for them.
class Appointments {
 public:
  std::uint64_t next(Priority priority, const std::string& requester, std::uint64_t earliest,
                     std::uint64_t interval_ms) {
    std::erase_if(last_, [earliest](const auto& entry) { return past(entry.second, earliest); });
    Times& times = last_[requester];
    const auto mine = static_cast<std::size_t>(priority);
    std::uint64_t last = earliest;
    for (std::size_t i = 0; i <= mine; ++i) last = std::max(last, times.at(i));
    return times.at(mine) = std::min(last, earliest + kFarthestMs) + interval_ms * last_.size();
  }
  bool all_past(std::uint64_t now) const {
    return std::all_of(last_.begin(), last_.end(),
                       [now](const auto& entry) { return past(entry.second, now); });
  }

 private:
  using Times = std::array<std::uint64_t, kPriorities>;
  static bool past(const Times& times, std::uint64_t now) {
    return std::all_of(times.begin(), times.end(), [now](std::uint64_t at) { return at <= now; });
  }

  static constexpr std::uint64_t kFarthestMs = 300'000;
  std::map<std::string, Times> last_;  // of requesters that have any to come
};

}  // namespace slack
