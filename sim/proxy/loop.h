// The one thread of a simulated proxy: its listening socket, its connections and its timers.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/engine.h"
#include "sim/proxy/layer.h"
#include "sim/teleport/port_reservation.h"

namespace notifyd::sim {

// A TCP connection. [loop]
class Peer : public Lower {
 public:
  struct Listener {
    std::function<void(std::string_view)> received;
    std::function<void()> drained;  // all that was sent is with the kernel
    std::function<void()> ended;    // once: the other side closed, or it broke, or close() is done
  };
  virtual void start(Listener listener) = 0;  // nothing is read before

  virtual void abort() = 0;  // at once, without ended()
  virtual void pause() = 0;  // reads no more until resume()
  virtual void resume() = 0;
  virtual std::size_t backlog() const = 0;  // bytes that were sent and did not go out yet
};

class Loop {
 public:
  using Work = std::function<void()>;
  using Accepted = std::function<void(std::shared_ptr<Peer>)>;

  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();  // ends the thread; whoever uses it must be gone

  // [any other thread] Runs it there and waits for it.
  void call(Work work);

  // [loop] Later; not from within whoever calls.
  void post(Work work);
  // [loop] Again and again, until what is given back is gone.
  std::shared_ptr<void> every(Millis interval, Work work);
  // [loop] Listens until what is given back is gone. Throws std::runtime_error.
  std::shared_ptr<void> listen(Loopback loopback, int port, Accepted accepted);
  // [loop] Null if nobody listens there.
  std::shared_ptr<Peer> connect(Loopback loopback, int port);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace notifyd::sim
