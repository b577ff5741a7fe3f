// Outlet: an instance's way out, to the engine and to HTTP. It is cut before either goes, so that a
// module that never returns has nothing to hold on to.
#pragma once

#include <mutex>

#include "base/engine.h"
#include "net/http.h"

namespace notifyd::modules {

// [any]
class Outlet {
 public:
  Outlet(Engine& engine, net::Http& http) : engine_(&engine), http_(&http) {}

  void post(Engine::Work work) {
    const std::lock_guard lock(mutex_);
    if (engine_ != nullptr) engine_->post(std::move(work));
  }
  // 0 once cut: the handler will not be called.
  std::uint64_t send(net::HttpRequest request, net::Http::Handler done) {
    const std::lock_guard lock(mutex_);
    return http_ == nullptr ? 0 : http_->send(std::move(request), std::move(done));
  }
  void cancel(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    if (http_ != nullptr) http_->cancel(id);
  }
  void cut() {
    const std::lock_guard lock(mutex_);
    engine_ = nullptr;
    http_ = nullptr;
  }

 private:
  std::mutex mutex_;  // guards both, and keeps them alive through a call
  Engine* engine_;
  net::Http* http_;
};

}  // namespace notifyd::modules
