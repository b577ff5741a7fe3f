// Door: how gRPC's threads reach the engine, and how they are kept from coming too late.
//
// A channel must not be destroyed on one of gRPC's threads: the last channel ends those threads,
// and one would wait for itself. So whatever holds a channel, each call's context does, is handed
// to the engine to be destroyed, and close() waits until no call is left that could answer.
#pragma once

#include <grpcpp/client_context.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/engine.h"

namespace notifyd::teleport {

class Door {
 public:
  explicit Door(Engine& engine) : engine_(&engine) {}

  // [engine thread] A call is about to start. Not after close().
  void begin(const std::shared_ptr<grpc::ClientContext>& call);

  // [gRPC's threads] end() is the last that a call posts. `work` holds what the call's callbacks
  // held, moved, so that it is destroyed on the engine's thread whether it still runs or not.
  void post(Engine::Work work);
  void end(const grpc::ClientContext* call, Engine::Work work);

  // [engine thread] Cancels all calls and waits for their ends, some milliseconds. Once it returns
  // nobody comes through any more.
  void close();

 private:
  void post_locked(Engine::Work work);

  std::mutex mutex_;
  std::condition_variable ended_;
  Engine* engine_;
  std::map<const grpc::ClientContext*, std::weak_ptr<grpc::ClientContext>> calls_;
  std::vector<Engine::Work> late_;  // came while closing: destroyed, never run
};

}  // namespace notifyd::teleport
