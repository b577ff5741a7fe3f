// Door: how gRPC's threads reach the engine. A cancelled call still brings its answer some time
// later, perhaps when the engine is gone; a closed door drops it.
#pragma once

#include <mutex>
#include <utility>

#include "base/engine.h"

namespace notifyd::teleport {

class Door {
 public:
  explicit Door(Engine& engine) : engine_(&engine) {}

  // [any thread]
  void post(Engine::Work work) {
    const std::lock_guard lock(mutex_);
    if (engine_ != nullptr) engine_->post(std::move(work));
  }

  // [engine thread] Once this returns nobody posts any more.
  void close() {
    const std::lock_guard lock(mutex_);
    engine_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Engine* engine_;
};

}  // namespace notifyd::teleport
