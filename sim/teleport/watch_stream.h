// One open event stream, and all of them.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "authservice.pb.h"
#include "sim/teleport/auth_traffic.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/watch_request.h"

namespace notifyd::sim {

class WatchStreams;

// Has a queue of its own, so a watcher that reads slowly, or is stalled on purpose, holds up
// nobody.
//
// The cluster calls changed() with its mutex held, thus nothing here may call the cluster while
// holding this one's mutex, and gRPC is called without it: gRPC may call back on the spot.
class WatchStream : public ::grpc::ServerWriteReactor<::proto::Event>,
                    public ClusterWatcher,
                    public std::enable_shared_from_this<WatchStream> {
 public:
  // Owned by `owner` until gRPC is done with it.
  WatchStream(WatchStreams& owner, std::vector<RequestFilter> filters)
      : owner_(owner), filters_(std::move(filters)) {}

  // Nothing is said before that has passed.
  void hold(std::chrono::milliseconds delay);
  void say(::proto::Event event);
  void stall(bool stalled);
  void end(const ::grpc::Status& status);

  void changed(const RequestChange& change) override;

 private:
  enum class Step { kNone, kWrite, kFinish };

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  bool wants(const RequestChange& change) const;
  template <class Edit>
  void update(Edit edit);
  void set_ended(const ::grpc::Status& status);
  void proceed();
  Step next_step();

  WatchStreams& owner_;
  const std::vector<RequestFilter> filters_;
  ::grpc::Alarm alarm_;

  std::mutex mutex_;
  std::deque<::proto::Event> queue_;
  ::proto::Event current_;  // what gRPC is writing
  bool held_ = false;
  bool stalled_ = false;
  bool writing_ = false;
  bool finished_ = false;
  ::grpc::Status status_;
  bool ended_ = false;
};

// Any thread.
class WatchStreams {
 public:
  explicit WatchStreams(TrafficCounts& traffic) : traffic_(traffic) {}

  std::shared_ptr<WatchStream> open(std::vector<RequestFilter> filters);
  void end_all(const ::grpc::Status& status);
  void stall_all(bool stalled);  // those of the future too
  std::size_t count() const;

 private:
  friend class WatchStream;

  void done(WatchStream* stream);
  std::vector<std::shared_ptr<WatchStream>> all() const;

  TrafficCounts& traffic_;
  mutable std::mutex mutex_;
  bool stalled_ = false;
  std::unordered_map<WatchStream*, std::shared_ptr<WatchStream>> streams_;
};

}  // namespace notifyd::sim
