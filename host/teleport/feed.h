// Feed: one connection's event stream, read from its INIT to its end.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/engine.h"
#include "teleport/auth.h"

namespace notifyd::teleport {

class Feed {
 public:
  using OnEvent = std::function<void(const WatchEvent&)>;
  using OnEnd = std::function<void()>;

  // on_end is called once, and may destroy the Feed; on_event may not.
  Feed(Engine& engine, Dialer::Connected connection, OnEvent on_event, OnEnd on_end);
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Opens the stream and waits for INIT. Events may come before this returns to its caller.
  Task<Result<>> open(Millis timeout);

  const Dialer::Connected& connection() const { return connection_; }
  AuthSession& session() const { return *connection_.session; }

  // Why the stream is over; null while it is not.
  const Error* ended() const { return ended_ ? &*ended_ : nullptr; }

 private:
  Task<void> pump();
  void opened();
  void end(Error why);

  Engine& engine_;
  Dialer::Connected connection_;
  OnEvent on_event_;
  OnEnd on_end_;
  bool open_ = false;
  std::optional<Error> ended_;
  std::function<void(bool)> init_;  // for open(): true INIT came, false the stream is over
  // What follows from an event may end the pump, which must not be running then: it gets a turn of
  // its own.
  ScopedTimer turn_;
  std::unique_ptr<EventStream> stream_;
  notify::Scope scope_;
};

}  // namespace notifyd::teleport
