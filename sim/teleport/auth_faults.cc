#include "sim/teleport/auth_faults.h"

#include <utility>

namespace notifyd::sim {

void AuthFaults::set(AuthMethod method, AuthFault fault) {
  const std::lock_guard lock(mutex_);
  faults_.at(static_cast<std::size_t>(method)) = std::move(fault);
}

void AuthFaults::clear(AuthMethod method) {
  const std::lock_guard lock(mutex_);
  faults_.at(static_cast<std::size_t>(method)).reset();
}

void AuthFaults::clear() {
  const std::lock_guard lock(mutex_);
  faults_.fill(std::nullopt);
  quirks_ = {};
}

void AuthFaults::set_quirks(AuthQuirks quirks) {
  const std::lock_guard lock(mutex_);
  quirks_ = quirks;
}

AuthQuirks AuthFaults::quirks() const {
  const std::lock_guard lock(mutex_);
  return quirks_;
}

std::optional<AuthFault> AuthFaults::draw(AuthMethod method) {
  const std::lock_guard lock(mutex_);
  auto& fault = faults_.at(static_cast<std::size_t>(method));
  if (!fault || fault->calls == 0) return std::nullopt;
  if (std::uniform_real_distribution(0.0, 1.0)(random_) >= fault->probability) return std::nullopt;
  if (fault->calls != AuthFault::kAlways) --fault->calls;
  return fault;
}

}  // namespace notifyd::sim
