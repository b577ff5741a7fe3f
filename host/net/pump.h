// Pump: carries bytes between a connection, through its layers, and a local socket whose other end
// somebody else uses as if it were the connection. Nothing blocks, and neither side is read while
// the other does not take what came.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/engine.h"
#include "base/fd.h"
#include "base/result.h"
#include "net/layer.h"

namespace notifyd::net {

// [engine thread] Closes both of its sockets when it is destroyed.
class Pump {
 public:
  // `far` does not block, and not a byte has gone over it.
  Pump(Engine& engine, LayerStack layers, Fd far);
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;
  ~Pump();

  // The layers' negotiations, for so long; once, first of all. Errors say what a person can do.
  notify::Task<Result<>> open(Millis within);
  // From now on bytes go to and fro; once, after open() went well. `near` does not block.
  void carry(Fd near);

  // Why it carries no more. Known before `near` is closed; nothing where our own side closed it.
  const std::optional<Error>& ended() const { return ended_; }

 private:
  // One of the two sockets, and what waits to be written to it.
  struct End {
    Fd socket;
    std::unique_ptr<Readiness> readiness;
    std::string waiting;
    bool reading = false, writing = false;  // asked for
  };

  void read_on();
  void from_far();
  void from_near();
  void take_from_layers();
  void write(End& end);
  void end(std::optional<Error> why);
  void tell_opened(Result<> how);

  Engine& engine_;
  LayerStack layers_;
  End far_, near_;
  bool over_ = false;
  std::optional<Error> ended_;
  std::function<void(Result<>)> opened_;  // until open() is answered
  ScopedTimer deadline_;
};

}  // namespace notifyd::net
