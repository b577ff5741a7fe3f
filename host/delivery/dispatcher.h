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
  // `name` tells its lines in the log from those of other clusters; "": there is one.
  Dispatcher(Engine& engine, DeliveryOptions options, std::string name = "")
      : engine_(engine), options_(std::move(options)), name_(std::move(name)) {}

  // What its lanes work by from now on; the owner's name stays.
  void set_options(const DeliveryOptions& options) { options_ = options; }

  // `sender` outlives its lane. While the Watcher runs it needs a catch-up with the sender's
  // records, see Watcher::set_plugins().
  void add(Sender& sender);
  bool has(const Sender& sender) const { return lane_of(sender) != nullptr; }
  // Starts nothing new for it, and has no lane for it once `done` comes: all that was under way has
  // ended and is recorded. It may be added again before that.
  void remove(const Sender& sender, std::function<void()> done);
  // Another notifier answers for it: it is asked anew whom each request concerns that has anything
  // to come, and what waits after a failure is tried now.
  void renewed(const Sender& sender);

  // Instances that are parked or paused try again at once.
  void retry_now();

  // Starts nothing new; `done` comes when what is under way has ended and is recorded.
  void drain(std::function<void()> done);

  // ---- teleport::WatchSink ----
  bool idle() const override;
  void connected(std::shared_ptr<teleport::AuthSession> session,
                 const model::Cluster& cluster) override;
  void connection_lost() override;
  void catch_up_started() override;
  void record(const std::string& plugin, const std::string& request_id,
              teleport::PluginEntry entry) override;
  void records_told(const std::string& plugin, teleport::ToldRecordsPtr records) override;
  void record_unreadable(const std::string& plugin, const std::string& request_id) override;
  void records_listed() override;
  void catch_up_done() override;
  void catch_up_failed() override { catch_up_done(); }
  bool request(model::AccessRequestPtr request) override;
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

  using Lanes = std::vector<std::unique_ptr<Lane>>;

  Lane* lane_of(const Sender& sender) const;
  void leave(const std::function<bool(const Lane&)>& leaves);
  notify::Task<> drop(Lane* lane);
  void tell_removed();

  Engine& engine_;
  DeliveryOptions options_;
  const std::string name_;
  Records records_;
  model::ClusterPtr cluster_;  // null: never connected
  // Until no lane of this sender is leaving; null: until none is. Above the lanes: who is let go
  // with this may end the sender that they refer to.
  std::vector<std::pair<const Sender*, std::function<void()>>> waiting_;
  Lanes lanes_;
  Lanes leaving_;  // what is under way in them ends
  notify::Scope removing_;
};

}  // namespace notifyd::delivery
