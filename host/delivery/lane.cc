#include "delivery/lane.h"

#include <algorithm>
#include <random>
#include <utility>

#include "delivery/actor.h"

namespace notifyd::delivery {
namespace {

constexpr Millis kNewFor{5'000};
constexpr std::size_t kForAProbe = 3;

}  // namespace

Lane::Lane(Engine& engine, modules::Notifier& notifier, teleport::PluginData& records,
           DeliveryOptions options, std::string config_file, const Log& log)
    : engine_(engine),
      notifier_(notifier),
      records_(records),
      options_(std::move(options)),
      config_file_(std::move(config_file)),
      log_(log.with({{"instance", notifier.name()}})),
      jitter_(std::random_device{}()),
      gate_(
          engine, jitter_, log_, [this] { gate_moved(); },
          [&notifier] { return notifier.secrets_changed(); }),
      window_(options_.window_per_recipient, options_.window) {}

Lane::~Lane() { running_.clear(); }

void Lane::connected(const teleport::ClusterInfo& cluster) {
  cluster_ = cluster;
  wake_all();
}

void Lane::catch_up_started() {
  catching_up_ = true;
  records_listed_ = unknown_record_ = false;
  caught_.clear();
  outdated_.clear();
}

void Lane::record(const std::string& request_id, teleport::PluginEntry entry) {
  caught_[request_id] = std::move(entry);
}

// What was listed of it is no good: as what is outdated, it is read by itself.
void Lane::record_unreadable(const std::string& request_id) {
  unknown_record_ |= request_id.empty();
  outdated_.insert(request_id);
}

void Lane::records_listed() { records_listed_ = !unknown_record_; }

void Lane::catch_up_done() {
  catching_up_ = false;
  records_listed_ = false;
  caught_ = {};
  outdated_ = {};
}

void Lane::request(const teleport::AccessRequestPtr& request) {
  start(request->id, request, false);
}

void Lane::gone(const std::string& request_id) { start(request_id, nullptr, true); }

void Lane::start(const std::string& id, teleport::AccessRequestPtr request, bool is_gone) {
  if (stopping_) return;
  if (const auto known = actors_.find(id); known != actors_.end()) {
    known->second->see(std::move(request), is_gone);
    return;
  }
  auto actor = std::make_shared<Actor>(*this, id, known_record(id, request));
  actor->see(std::move(request), is_gone);
  if (actor->at_rest()) return;
  actors_.emplace(id, actor);
  running_.run(Actor::live(actor));
}

bool Lane::is_new(const teleport::AccessRequestPtr& request) const {
  return request && request->state == teleport::State::kPending && request->reviews.empty() &&
         unix_ms(engine_.wall()) - request->created_ms < kNewFor.count();
}

// The record where it need not be read: seen by this catch-up, or surely not there yet. A wrong
// guess costs one lost compare-and-swap.
std::optional<teleport::PluginEntry> Lane::known_record(const std::string& id,
                                                        const teleport::AccessRequestPtr& request) {
  std::optional<teleport::PluginEntry> entry;
  if (outdated_.count(id) > 0) return entry;
  if (const auto caught = caught_.find(id); caught != caught_.end()) {
    entry = std::move(caught->second);
    caught_.erase(caught);
    outdated_.insert(id);
  } else if (records_listed_ || is_new(request)) {
    entry.emplace();  // all records were listed before, and there was none of this request
  }
  return entry;
}

void Lane::ended(const std::string& id) {
  if (catching_up_) outdated_.insert(id);
  actors_.erase(id);
  if (stopping_ && actors_.empty() && drained_) std::exchange(drained_, nullptr)();
}

void Lane::gate_moved() {
  const Turns::Wake wake = [this](const std::string& recipient, const std::string& id) {
    const auto actor = actors_.find(id);
    if (actor == actors_.end()) return false;
    actor->second->gate_moved(recipient);
    return true;
  };
  if (gate_.open()) return turns_.all(wake);
  // A few, because the first may find that it has nothing to send.
  turns_.some(kForAProbe, wake);
}

void Lane::retry_now() {
  gate_.retry_now();
  for (const auto& [id, actor] : actors_) actor->retry_now();
}

void Lane::wake_all() {
  for (const auto& [id, actor] : actors_) actor->wake();
}

void Lane::record_denied(const Error& error) {
  if (std::exchange(denied_said_, true)) return;
  log_.error("records cannot be kept, so nothing can be announced", {{"error", error.message}});
}

void Lane::record_written() {
  if (std::exchange(denied_said_, false)) log_.info("records can be kept again");
}

void Lane::drain(std::function<void()> done) {
  stopping_ = true;
  log_.info("stopping", {{"delivered", counts_.delivered},
                         {"given_up", counts_.given_up},
                         {"waiting", actors_.size()}});
  drained_ = std::move(done);
  wake_all();
  if (actors_.empty() && drained_) std::exchange(drained_, nullptr)();
}

}  // namespace notifyd::delivery
