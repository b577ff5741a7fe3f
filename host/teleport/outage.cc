#include "teleport/outage.h"

#include <chrono>

namespace notifyd::teleport {

void Outage::failed(const Error& error) {
  constexpr std::size_t kMaxReasons = 32;
  if (!active()) since_ = engine_.now();
  ++tries_;
  const auto said = said_.find(error.message);
  const bool due = said == said_.end() || engine_.now() - said->second >= repeat_;
  if (!due) return log_.debug(what_, {{"reason", error.message}});
  if (said_.size() >= kMaxReasons) said_.clear();
  said_[error.message] = engine_.now();
  log_.warn(what_, {{"reason", error.message}});
}

void Outage::over(std::string_view back) {
  if (!active()) return;
  const auto gone = std::chrono::duration_cast<Millis>(engine_.now() - since_);
  log_.info(back, {{"after", duration_text(gone)}, {"tries", tries_}});
  said_.clear();
  tries_ = 0;
}

std::string duration_text(Millis span) {
  using std::chrono::seconds;
  const auto total = std::chrono::duration_cast<seconds>(span).count();
  if (total == 0) return std::to_string(span.count()) + "ms";
  std::string text;
  if (total >= 3600) text += std::to_string(total / 3600) + "h ";
  if (total >= 60) text += std::to_string(total / 60 % 60) + "m ";
  return text + std::to_string(total % 60) + "s";
}

}  // namespace notifyd::teleport
