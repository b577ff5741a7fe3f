// A Teleport cluster in memory: Access Requests, their reviews and their plugin data, with the
// rules of the real one. AuthServer puts it on the wire; tests and the demo's page act on it
// directly.
//
// Any thread: one mutex guards everything. What is handed out is immutable and stays valid.
// Errors are those of Teleport: kNotFound, kDenied, kInvalid, kConflict (compare-and-swap lost).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authservice.pb.h"
#include "base/engine.h"
#include "base/result.h"
#include "sim/teleport/archive.h"
#include "sim/teleport/uuid.h"

namespace notifyd::sim {

using Keys = std::map<std::string, std::string>;  // of one plugin's entry

// In these structs everything has an initializer, so that designated ones may leave any out.
struct ClusterOptions {
  std::string name = "sim.example.com";
  std::string version = "18.0.0";
  std::string proxy_public_addr = "proxy.sim.example.com:443";
  bool advanced_access_workflows = true;
  std::size_t max_record_bytes = 0;  // 0: no limit
  std::function<WallTime()> clock = std::chrono::system_clock::now;
  std::uint64_t seed = std::random_device{}();  // of IDs and revisions
};

struct Threshold {
  std::uint32_t approve = 1;  // 0: never by this one
  std::uint32_t deny = 1;
};

struct NewRequest {
  std::string user{};
  std::vector<std::string> roles{};
  std::string reason{};
  std::vector<std::string> suggested_reviewers{};
  std::vector<::types::ResourceID> resources{};
  ::types::AccessRequestKind kind = ::types::UNDEFINED;
  std::map<std::string, std::vector<std::string>> annotations{};  // system annotations
  Keys labels{};
  std::chrono::seconds ttl = std::chrono::hours(1);          // of the request while it is pending
  std::chrono::seconds access_ttl = std::chrono::hours(12);  // of the access, if granted
  std::vector<Threshold> thresholds = {Threshold{}};         // alternatives
  // What to seed a cluster with is not always pending.
  ::types::RequestState state = ::types::PENDING;
  std::string resolve_reason{};
};

// One change of one request, as watchers learn it.
struct RequestChange {
  std::string id;
  RequestPtr request;  // null: gone, deleted or expired alike
};

// Told of every change, in order, with the cluster's mutex held: only hand it over.
class ClusterWatcher {
 public:
  virtual ~ClusterWatcher() = default;
  virtual void changed(const RequestChange& change) = 0;
};

struct RequestQuery {
  std::string id{};  // empty or NONE: any
  std::string user{};
  ::types::RequestState state = ::types::NONE;
  ::proto::AccessRequestSort sort = ::proto::DEFAULT;  // by ID, that is by age
  bool descending = false;
  std::size_t limit = 1000;
  std::string start_key{};
  std::function<bool(const ::types::AccessRequest&)> visible{};  // empty: all
};

struct RequestList {
  std::vector<RequestPtr> requests;
  std::string next_key;  // "" on the last page
};

struct PluginWrite {
  std::string kind = "access_request";  // of the subject
  std::string resource{};               // the subject's name
  std::string plugin{};
  Keys set{};     // "" deletes
  Keys expect{};  // "" means: not there
};

// What became of an attempt to write, in the order in which the cluster saw them.
struct JournalEntry {
  WallTime when;
  PluginWrite write;
  std::optional<Errc> refused;  // empty: applied
};

class Cluster {
 public:
  explicit Cluster(ClusterOptions options = {});
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  const ClusterOptions& options() const { return options_; }

  // ---- Access Requests ----
  std::string create_request(const NewRequest& what);
  std::vector<std::string> create_requests(const std::vector<NewRequest>& what);

  // Once: `count` further requests like this one, which has ended, each with the plugin data that
  // it has, all older than any other. kNotFound, or kInvalid where there is an archive already.
  Result<> archive(std::size_t count, const std::string& like);

  // Approves or denies as soon as a threshold is reached. kDenied: one's own request, or a second
  // review by the same author. Once resolved, reviews are stored and change nothing.
  Result<RequestPtr> review(const std::string& id, const std::string& author,
                            ::types::RequestState proposed, const std::string& reason);

  // APPROVED (optionally with fewer roles) or DENIED. What is denied or promoted stays so.
  Result<RequestPtr> set_state(const std::string& id, ::types::RequestState state,
                               const std::string& reason,
                               const std::vector<std::string>& roles = {});
  Result<RequestPtr> promote(const std::string& id, const std::string& reason);

  // Deleted by a person and expired look the same to watchers. Plugin data stays.
  Result<> remove(const std::string& id);

  // Removes the requests and the plugin data whose time has come.
  void tick() { tick(options_.clock()); }
  void tick(WallTime now);

  RequestPtr get(const std::string& id) const;  // null: no such request
  std::vector<RequestPtr> requests() const;     // oldest first
  RequestList list(const RequestQuery& query) const;

  // ---- Plugin data ----
  // Compares every key of `expect`, then writes every key of `set`; all or nothing.
  Result<> update_plugin_data(const PluginWrite& write);
  // Records of subjects of this kind; `resource` and `plugin` narrow when not empty. Entries of
  // other plugins are not stripped.
  Result<std::vector<RecordPtr>> plugin_data(const std::string& kind, const std::string& resource,
                                             const std::string& plugin) const;
  // The same without a copy of all of them; with the mutex held, so `visit` only looks.
  Result<> visit_plugin_data(const std::string& kind, const std::string& resource,
                             const std::string& plugin,
                             const std::function<void(const ::types::PluginData&)>& visit) const;
  // One plugin's entry in an Access Request's record; empty when there is none.
  Keys entry(const std::string& id, const std::string& plugin) const;

  // Every attempt since the start, or since clear_journal().
  std::vector<JournalEntry> journal() const;
  void clear_journal();

  // ---- Who is told ----
  // For as long as the watcher lives.
  void watch(const std::weak_ptr<ClusterWatcher>& watcher);
  // After any change of requests or of plugin data, on the thread that made it, without the mutex:
  // look again. Set it before others use the cluster.
  void on_change(std::function<void()> told) { on_change_ = std::move(told); }

 private:
  struct Record {
    RecordPtr data;
    WallTime expires;
  };
  using RecordKey = std::pair<std::string, std::string>;  // kind, name of the subject
  using Draft = std::shared_ptr<::types::AccessRequest>;

  // Runs `work` with the mutex, then tells without it.
  template <class Work>
  auto change(Work work);

  // All with mutex_ held.
  std::string add(const NewRequest& what);
  Result<Draft> draft_of(const std::string& id) const;
  RequestPtr store(const Draft& request);
  void erase(const std::string& id);
  void publish(const RequestChange& change);
  Result<RequestPtr> add_review(const std::string& id, const ::types::AccessReview& review);
  Result<Record> record_for(const PluginWrite& write) const;
  Result<> apply(const PluginWrite& write);
  void put_record(const RecordKey& key, Record record);
  bool drop_expired_requests(WallTime now);
  bool drop_expired_records(WallTime now);
  RequestList page_by_id(const RequestQuery& query) const;
  void add_archived(const RequestQuery& query, RequestList& page) const;
  void visit_archived(const std::string& resource, const std::string& plugin,
                      const std::function<void(const ::types::PluginData&)>& visit) const;

  const ClusterOptions options_;
  std::function<void()> on_change_;

  mutable std::mutex mutex_;
  Uuids uuids_;
  std::optional<Archive> archive_;
  std::map<std::string, RequestPtr> requests_;
  std::set<std::pair<WallTime, std::string>> request_expiries_;
  std::map<RecordKey, Record> records_;
  std::set<std::pair<WallTime, RecordKey>> record_expiries_;
  std::vector<JournalEntry> journal_;
  std::vector<std::weak_ptr<ClusterWatcher>> watchers_;
};

}  // namespace notifyd::sim
