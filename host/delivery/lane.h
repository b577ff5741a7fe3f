// Lane: everything one module instance has to do, one Actor per Access Request that is not at rest.
// A request with nothing to do costs nothing here: its Actor ends and the record remembers.
//
// Everything runs on the engine's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/backoff.h"
#include "base/engine.h"
#include "base/log.h"
#include "delivery/gate.h"
#include "delivery/turns.h"
#include "delivery/window.h"
#include "module/notifier.h"
#include "teleport/auth.h"

namespace notifyd::delivery {

struct DeliveryOptions {
  std::string owner;  // this replica's name in claims; unique among all that ever run
  Millis claim_time{30'000};
  Millis retry_base{1'000};
  Millis retry_cap{300'000};
  // How many deliveries of an instance may be under way. What is under way is claimed, and a claim
  // is written again every half claim time.
  std::size_t window_per_recipient = 64;
  std::size_t window = 512;
};

class Actor;

class Lane {
 public:
  // `records` and `notifier` outlive the lane. `config_file` names it in messages.
  Lane(Engine& engine, modules::Notifier& notifier, teleport::PluginData& records,
       DeliveryOptions options, std::string config_file, const Log& log);
  ~Lane();

  const std::string& name() const { return notifier_.name(); }

  void connected(const teleport::ClusterInfo& cluster);
  void catch_up_started();
  void record(const std::string& request_id, teleport::PluginEntry entry);
  void record_unreadable(const std::string& request_id);
  void records_listed();
  void catch_up_done();
  void request(const teleport::AccessRequestPtr& request);
  void gone(const std::string& request_id);
  // Somebody mended something: what waits is tried at once.
  void retry_now();

  // Starts no more steps. `done` is called once nothing is under way any more and all of it is
  // recorded; perhaps at once.
  void drain(std::function<void()> done);

  std::size_t awake() const { return actors_.size(); }

 private:
  friend class Actor;

  void start(const std::string& id, teleport::AccessRequestPtr request, bool is_gone);
  std::optional<teleport::PluginEntry> known_record(const std::string& id,
                                                    const teleport::AccessRequestPtr& request);
  bool is_new(const teleport::AccessRequestPtr& request) const;
  void ended(const std::string& id);
  void gate_moved();
  void wake_all();
  void record_denied(const Error& error);
  void record_written();

  Engine& engine_;
  modules::Notifier& notifier_;
  teleport::PluginData& records_;
  DeliveryOptions options_;
  std::string config_file_;
  Log log_;
  Jitter jitter_;
  Gate gate_;
  Window window_;
  struct {
    std::uint64_t delivered = 0, given_up = 0;
  } counts_;
  teleport::ClusterInfo cluster_;
  std::unordered_map<std::string, teleport::PluginEntry> caught_;  // records seen by this catch-up
  // Requests whose record was used, or whose actor ended, since the last catch-up began: what was
  // listed of them may be older than what is there.
  std::unordered_set<std::string> outdated_;
  bool catching_up_ = false;
  bool records_listed_ = false;  // in this catch-up: no record means that there is none
  bool unknown_record_ = false;  // it does not: one was listed, and nobody knows whose it is
  bool stopping_ = false;
  bool denied_said_ = false;
  std::function<void()> drained_;
  Turns turns_;  // at the gate
  std::unordered_map<std::string, std::shared_ptr<Actor>> actors_;
  notify::Scope running_;  // last: its tasks use all of the above
};

}  // namespace notifyd::delivery
