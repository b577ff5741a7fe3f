#include "turns.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "notify/http_status.hpp"

namespace webhook {

Turns::Line& Turns::line(const std::string& endpoint) {
  return lines_.try_emplace(endpoint, Line{{interval_ms_, 1}, {}}).first->second;
}

notify::Task<bool> Turns::take(std::string endpoint) {
  Line& mine = line(endpoint);
  const std::uint64_t now = host_.mono_ms();
  if (mine.next_free() <= now) {
    mine.bucket.take(now);
    co_return true;
  }
  if (ending_ || mine.next_free() > now + kLongestWaitMs) co_return false;
  notify::Reply<bool> turn;
  mine.waiting.push_back({turn.to(), now + kLongestWaitMs});
  alarm_.no_later_than(mine.bucket.ready_at());
  const bool mine_now = co_await turn;
  co_return mine_now;
}

std::uint32_t Turns::wait_ms(const std::string& endpoint) {
  const std::uint64_t now = host_.mono_ms();
  const std::uint64_t free = line(endpoint).next_free();
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
      free > now ? free - now : 0, 1'000, std::uint64_t{notify::kLongestRetryAfterMs}));
}

void Turns::rest(const std::string& endpoint, std::uint64_t ms) {
  line(endpoint).bucket.rest_until(host_.mono_ms() + ms);
  serve();
}

void Turns::end() {
  ending_ = true;
  serve();
}

// Told at the end only: who goes may come back at once.
void Turns::serve() {
  const std::uint64_t now = host_.mono_ms();
  std::vector<std::pair<std::function<void(bool)>, bool>> told;
  for (auto& [endpoint, line] : lines_) {
    while (!line.waiting.empty()) {
      Waiter& first = line.waiting.front();
      const std::uint64_t ready = line.bucket.ready_at();
      const bool goes = ready <= now && !ending_;
      if (!goes && !ending_ && ready <= first.until_ms) break;
      if (goes) line.bucket.take(now);
      told.emplace_back(std::move(first.to), goes);
      line.waiting.pop_front();
    }
    if (!line.waiting.empty()) alarm_.no_later_than(line.bucket.ready_at());
  }
  for (const auto& [to, goes] : told) to(goes);
}

}  // namespace webhook
