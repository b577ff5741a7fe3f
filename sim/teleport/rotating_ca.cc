#include "sim/teleport/rotating_ca.h"

#include <stdexcept>
#include <utility>

namespace notifyd::sim {
namespace {

bool follows(RotationPhase before, RotationPhase after) {
  using enum RotationPhase;
  switch (after) {
    case kInit:
      return before == kStandby;
    case kUpdateClients:
      return before == kInit;
    case kUpdateServers:
      return before == kUpdateClients;
    case kRollback:
      return before == kInit || before == kUpdateClients || before == kUpdateServers;
    case kStandby:
      return before == kUpdateServers || before == kRollback;
  }
  return false;
}

}  // namespace

RotatingCa::RotatingCa(DistinguishedName name)
    : name_(std::move(name)), current_(std::make_shared<Authority>(name_)) {}

void RotatingCa::advance(RotationPhase phase) {
  if (!follows(phase_, phase)) throw std::logic_error("a CA's rotation has no such step");
  if (phase == RotationPhase::kInit) next_ = std::make_shared<Authority>(name_);
  if (phase == RotationPhase::kStandby) {
    if (phase_ == RotationPhase::kUpdateServers) current_ = std::move(next_);
    next_.reset();
  }
  phase_ = phase;
}

std::shared_ptr<const Authority> RotatingCa::issues_to_clients() const {
  const bool the_next =
      phase_ == RotationPhase::kUpdateClients || phase_ == RotationPhase::kUpdateServers;
  return the_next ? next_ : current_;
}

std::shared_ptr<const Authority> RotatingCa::issues_to_servers() const {
  return phase_ == RotationPhase::kUpdateServers ? next_ : current_;
}

std::string RotatingCa::trusted_pem() const {
  return next_ ? current_->cert_pem() + next_->cert_pem() : current_->cert_pem();
}

}  // namespace notifyd::sim
