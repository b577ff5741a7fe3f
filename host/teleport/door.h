// Door: gRPC's completion queue, the one thread that waits at it, and how what comes there reaches
// the engine, and no later than it may.
//
// gRPC's callback API has a queue of its own and at least two threads that wait at it, which wake
// each other for every event: that costs more than what is done with the event.
//
// A channel must not be destroyed by a thread that gRPC is to end with it. So whatever holds a
// channel, each call's context does, is handed to the engine to be destroyed.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/engine.h"

namespace notifyd::teleport {

class Door {
 public:
  // [the door's thread] What the end of an operation means: what the engine is to run. `ok` is
  // gRPC's. Big answers are decoded here, so that the engine does not spend its time on them.
  using Ended = std::function<Engine::Work(bool ok)>;

  explicit Door(Engine& engine);
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  ~Door();

  // [any thread] Something else has come for a connection: run by the engine unless closed.
  void post(Engine::Work work);

  // All below: [engine thread].

  // What calls are started with, until close().
  grpc::CompletionQueue* queue() { return &queue_; }
  // The tag of an operation that is about to start; not after close(). `call` and what `ended`
  // holds live until it has ended, and are destroyed by the engine.
  void* tag(std::shared_ptr<grpc::ClientContext> call, Ended ended);

  bool closed() const { return closed_; }
  // Cancels all that is under way and waits for its end, some milliseconds. Once it returns nobody
  // comes through any more.
  void close();

 private:
  struct Operation {
    std::shared_ptr<grpc::ClientContext> call;
    Ended ended;
  };

  void run();  // [the door's thread]
  void pass_on(void* tag, bool ok);
  void post_locked(Engine::Work work);

  grpc::CompletionQueue queue_;
  bool closed_ = false;  // the engine's to read

  std::mutex mutex_;  // guards what is below
  std::condition_variable all_ended_;
  Engine* engine_;                                                    // null: closing
  std::unordered_map<void*, std::shared_ptr<Operation>> operations_;  // by tag
  std::vector<Engine::Work> late_;  // came while closing: destroyed, never run

  std::thread thread_;
};

}  // namespace notifyd::teleport
