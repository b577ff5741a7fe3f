#include "alarm.h"

#include <algorithm>
#include <limits>

namespace slack {
namespace {

constexpr std::uint64_t kLongest = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void Alarm::no_later_than(std::uint64_t at_ms) {
  if (id_ != 0 && at_ms_ <= at_ms) return;
  stop();
  const std::uint64_t now = host_.mono_ms();
  const std::uint64_t wait = at_ms > now ? at_ms - now : 0;
  at_ms_ = at_ms;
  id_ = host_.table()->timer(host_.table(), static_cast<std::uint32_t>(std::min(wait, kLongest)),
                             &on_timer, this);
}

void Alarm::stop() {
  if (id_ != 0) host_.table()->cancel(host_.table(), id_);
  id_ = 0;
}

void Alarm::on_timer(void* user) {
  auto* self = static_cast<Alarm*>(user);
  self->id_ = 0;
  const auto ring = self->ring_;  // a copy: what rings may be the end of the alarm
  ring();
}

}  // namespace slack
