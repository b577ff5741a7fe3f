#include "base/outage.h"

#include <chrono>

#include "base/time_text.h"

namespace notifyd {

void Outage::failed(const Error& error) {
  constexpr std::size_t kMaxReasons = 32;
  if (!active()) since_ = engine_.now();
  ++tries_;
  const auto said = said_.find(error.message);
  const bool due = said == said_.end() || engine_.now() - said->second >= repeat_;
  if (!due) return log_.debug(what_, {{"reason", error.message}});
  if (said_.size() >= kMaxReasons) said_.clear();
  said_[error.message] = engine_.now();
  log_.say(severity_, what_, {{"reason", error.message}});
}

void Outage::over(std::string_view back) {
  if (!active()) return;
  const auto gone = std::chrono::duration_cast<Millis>(engine_.now() - since_);
  log_.info(back, {{"after", duration_text(gone)}, {"tries", tries_}});
  said_.clear();
  tries_ = 0;
}

}  // namespace notifyd
