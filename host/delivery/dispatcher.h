// Dispatcher: one cluster's side of deliveries. It hands what the Watcher learns to the lane of
// each instance, and gives the lanes the records of the connection that stands now.
//
// Instances (Senders) may have lanes at several clusters.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "delivery/lane.h"
#include "teleport/auth.h"

namespace notifyd::delivery {

class Dispatcher : public teleport::WatchSink {
 public:
  Dispatcher(Engine& engine, DeliveryOptions options)
      : engine_(engine), options_(std::move(options)) {}

  // What its lanes work by from now on; the owner's name stays.
  void set_options(const DeliveryOptions& options) { options_ = options; }

  // `sender` outlives its lane. While the Watcher runs it needs a catch-up with the sender's
  // records, see Watcher::set_plugins().
  void add(Sender& sender);
  // Starts nothing new for it, and has no lane for it once `done` comes: all that was under way has
  // ended and is recorded.
  void remove(const Sender& sender, std::function<void()> done);
  // Another notifier answers for it: it is asked anew whom each request concerns that has anything
  // to come, and what waits after a failure is tried now.
  void renewed(const Sender& sender);

  // Instances that are parked or paused try again at once.
  void retry_now();

  // Starts nothing new; `done` comes when what is under way has ended and is recorded.
  void drain(const std::function<void()>& done);

  // ---- teleport::WatchSink ----
  void connected(std::shared_ptr<teleport::AuthSession> session,
                 const model::Cluster& cluster) override;
  void connection_lost() override;
  void catch_up_started() override;
  void record(const std::string& plugin, const std::string& request_id,
              teleport::PluginEntry entry) override;
  void record_unreadable(const std::string& plugin, const std::string& request_id) override;
  void records_listed() override;
  void catch_up_done() override;
  void catch_up_failed() override { catch_up_done(); }
  void request(model::AccessRequestPtr request) override;
  void gone(const std::string& request_id) override;

  std::size_t awake() const;
  std::size_t awake(const std::string& instance) const;

 private:
  // The records through whatever connection stands; without one everything is kUnavailable.
  class Records : public teleport::PluginData {
   public:
    notify::Task<Result<teleport::PluginEntry>> read(std::string request_id,
                                                     std::string plugin) override;
    notify::Task<Result<>> write(std::string request_id, std::string plugin,
                                 teleport::PluginEntry set, teleport::PluginEntry expect) override;
    std::shared_ptr<teleport::AuthSession> session;
  };

  Lane* lane_of(const Sender& sender) const;
  notify::Task<> drop(Lane* lane, std::function<void()> done);

  Engine& engine_;
  DeliveryOptions options_;
  Records records_;
  model::ClusterPtr cluster_;  // null: never connected
  std::vector<std::unique_ptr<Lane>> lanes_;
  notify::Scope removing_;
};

}  // namespace notifyd::delivery
