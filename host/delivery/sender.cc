#include "delivery/sender.h"

#include <random>
#include <utility>

namespace notifyd::delivery {
namespace {

// A few, because the first may find that it has nothing to send.
constexpr std::size_t kForAProbe = 3;

}  // namespace

Sender::Sender(Engine& engine, modules::Notifier& notifier, const DeliveryOptions& options,
               std::string config_file, const Log& log)
    : notifier_(&notifier),
      name_(notifier.name()),
      config_file_(std::move(config_file)),
      log_(log.with({{"instance", notifier.name()}})),
      jitter_(std::random_device{}()),
      unreachable_(engine, jitter_),
      window_(options.window_per_recipient, options.window),
      breaker_(
          engine, jitter_, log_, [this] { breaker_moved(); },
          [this] { return notifier_->secrets_changed(); }) {}

void Sender::take_over(modules::Notifier& next, std::string config_file) {
  notifier_ = &next;
  config_file_ = std::move(config_file);
}

void Sender::breaker_moved() {
  if (breaker_.closed()) {
    turns_.wake_all();
  } else {
    turns_.wake_some(kForAProbe);
  }
}

}  // namespace notifyd::delivery
