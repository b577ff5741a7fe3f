// Outlet: an instance's way out, to the engine and to HTTP, and whom it trusts there. It is cut
// before either goes, so that a module that never returns has nothing to hold on to.
#pragma once

#include <mutex>
#include <utility>

#include "base/engine.h"
#include "net/http.h"

namespace notifyd::modules {

// [any]
class Outlet {
 public:
  // `extra_cas`: whose certificates its far sides may have, beside the system's.
  Outlet(Engine& engine, net::Http& http, net::CaText extra_cas = nullptr)
      : extra_cas_(std::move(extra_cas)), engine_(&engine), http_(&http) {}

  void post(Engine::Work work) {
    const std::lock_guard lock(mutex_);
    if (engine_ != nullptr) engine_->post(std::move(work));
  }
  // 0 once cut: the handler will not be called.
  std::uint64_t send(net::HttpRequest request, net::Http::Handler done) {
    request.extra_cas = extra_cas_;
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
  const net::CaText extra_cas_;
  std::mutex mutex_;  // guards both below, and keeps them alive through a call
  Engine* engine_;
  net::Http* http_;
};

}  // namespace notifyd::modules
