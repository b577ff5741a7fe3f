// Lane: where one instance (its Sender) meets one cluster: a Case for each Access Request that is
// not at rest. A request with nothing to do costs nothing here: its case ends and the record
// remembers.
//
// [engine thread]
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/engine.h"
#include "delivery/digests.h"
#include "delivery/known_records.h"
#include "delivery/ledger.h"
#include "delivery/options.h"
#include "delivery/records_denied.h"
#include "delivery/sender.h"
#include "model/access_request.h"
#include "model/cluster.h"
#include "teleport/auth.h"

namespace notifyd::delivery {

class Case;

class Lane {
 public:
  // All but `log`, which names instance and cluster, outlive the lane.
  Lane(Engine& engine, Sender& sender, teleport::PluginData& records,
       const DeliveryOptions& options, Log log);
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  ~Lane();

  // Whether the records of this plugin are for it. One that drains may have a successor by its
  // name.
  bool listens(const std::string& plugin) const { return !stopping_ && sender_.name() == plugin; }

  // ---- From the dispatcher ----
  void connected(model::ClusterPtr cluster);
  void catch_up_started();
  void record(const std::string& request_id, RecordText text);
  void records_told(teleport::ToldRecordsPtr records) { known_.add_told(std::move(records)); }
  void record_unreadable(const std::string& request_id) { known_.add_unreadable(request_id); }
  void records_listed() { known_.all_listed(); }
  void catch_up_done();
  // Whether anything is left to be done for it.
  bool request(const model::AccessRequestPtr& request);
  void gone(const std::string& request_id);
  // Somebody mended something: what waits is tried at once.
  void retry_now();
  // Another notifier answers: whom requests concern is asked anew, where anything is to come.
  void renewed();
  // Once. Starts no more steps. `done` is called once nothing is under way any more and all of it
  // is recorded; perhaps at once.
  void drain(std::function<void()> done);

  std::size_t awake() const { return cases_.size(); }
  // Nobody here waits for news of any request.
  bool idle() const { return cases_.empty() && left_alone_.empty() && waits_for_end_.empty(); }

  // ---- For its cases ----
  Engine& engine() { return engine_; }
  Sender& sender() { return sender_; }
  const Sender& sender() const { return sender_; }
  const Log& log() const { return log_; }
  const DeliveryOptions& options() const { return options_; }
  const model::ClusterPtr& cluster() const { return cluster_; }
  bool stopping() const { return stopping_; }
  const Ledger::Surroundings& surroundings() const { return surroundings_; }
  Digests& digests() { return digests_; }
  // Requests that concern nobody, as route() said: it is not asked again at each catch-up.
  void concerns_nobody(const std::string& request_id) { nobody_.insert(request_id); }
  bool known_for_nobody(const std::string& request_id) const {
    return nobody_.contains(request_id);
  }
  // The last call of a case.
  void ended(const std::string& request_id);

 private:
  bool is_settled(const model::AccessRequest& request) const;
  bool look_at(const std::string& id, bool is_new, const std::function<void(Case&)>& show);
  bool is_new(const model::AccessRequest& request) const;
  void note_unknown_end(const std::string& id, std::string_view end);
  void note_record_state(const Case& one, const std::string& id);
  void wake_all();

  Engine& engine_;
  const model::UnixMs began_ms_;
  Sender& sender_;
  const Log log_;
  const DeliveryOptions& options_;
  model::ClusterPtr cluster_ = std::make_shared<const model::Cluster>();
  KnownRecords known_;
  RecordsDenied denied_;
  std::unordered_set<std::string> too_long_, waits_for_end_;
  Digests digests_;
  const Ledger::Surroundings surroundings_;
  std::unordered_set<std::string> nobody_;
  std::unordered_set<std::string> left_alone_;  // requests whose records can't be read
  std::size_t left_alone_said_ = 0;
  bool stopping_ = false;
  std::function<void()> drained_;
  std::unordered_map<std::string, std::shared_ptr<Case>> cases_;
  notify::Scope running_;  // last: its tasks use all of the above
};

}  // namespace notifyd::delivery
