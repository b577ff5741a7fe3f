#include "daemon/instances.h"

#include <utility>

namespace notifyd::daemon {

Instances::Instances(Engine& engine, net::Http& http, Log log, modules::InstanceLimits limits)
    : engine_(engine), http_(http), log_(std::move(log)), limits_(limits) {}

Instances::~Instances() { end(std::chrono::steady_clock::now() + limits_.destroy); }

modules::Instance* Instances::start(LineupEntry entry, config::Faults& faults) {
  modules::InstanceOptions options;
  options.name = std::move(entry.name);
  options.library = std::move(entry.library);
  options.settings = std::move(entry.settings);
  options.allow_insecure = entry.allow_insecure;
  options.extra_cas = std::move(entry.extra_cas);
  options.quarantine = quarantine_;
  options.limits = limits_;
  auto started = modules::Instance::start(std::move(options), engine_, http_, log_, faults);
  if (!started) return nullptr;
  instances_.push_back(std::move(started));
  return instances_.back().get();
}

void Instances::hurry() {
  for (const auto& instance : instances_) instance->hurry();
}

void Instances::end(TimePoint deadline) {
  for (const auto& instance : instances_) instance->end_by(deadline);
  instances_.clear();
}

}  // namespace notifyd::daemon
