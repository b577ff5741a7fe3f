// A module's HTTP calls and timers. Completions are posted to the instance's thread, so a callback
// never runs inside http() or timer(), and never after cancel().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "base/engine.h"
#include "module/outlet.h"
#include "notify/abi.h"

namespace notifyd::modules {

class Calls {
 public:
  // Enters the module: how the owner marks its thread as busy.
  using Enter = std::function<void(const char* what, const Engine::Work& call)>;

  Calls(std::shared_ptr<Engine> loop, std::shared_ptr<Outlet> outlet, bool allow_insecure,
        Enter enter);
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  // [any]
  std::uint64_t http(const notify_http_request* theirs, notify_http_done done, void* user);
  std::uint64_t timer(std::uint32_t after_ms, notify_timer_done done, void* user);
  // [instance]
  void cancel(std::uint64_t id);
  void drop_all();

 private:
  struct Call {
    notify_http_done http_done = nullptr;
    notify_timer_done timer_done = nullptr;
    void* user = nullptr;
    std::uint64_t http = 0;   // its number in net::Http
    Engine::Timer timer = 0;  // [instance]
  };

  std::uint64_t add(const Call& call);
  bool take(std::uint64_t id, Call* call);
  void arm(std::uint64_t id, std::uint32_t after_ms);
  void http_ended(std::uint64_t id, const net::HttpResponse& response);
  void timer_fired(std::uint64_t id);
  void stop(const Call& call);

  const std::shared_ptr<Engine> loop_;
  const std::shared_ptr<Outlet> outlet_;
  const bool allow_insecure_;  // http:// also to other machines
  const Enter enter_;

  std::mutex mutex_;  // guards all below
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Call> calls_;
};

}  // namespace notifyd::modules
