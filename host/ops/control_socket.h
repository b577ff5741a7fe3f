// The daemon's control socket: how `reload` and `status` reach it. One request and one answer for
// each connection, both one line of text. Only root and the daemon's own user get in: the socket is
// theirs alone, and the kernel tells who connects.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "base/engine.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/result.h"
#include "notify/task.hpp"

namespace notifyd::ops {

// In runtime_dir.
inline constexpr const char* kControlSocket = "control.sock";

class ControlSocket {
 public:
  // [engine] The answer, when it is there. It may come after who asked has gone.
  using Handler = std::function<notify::Task<std::string>(std::string request)>;

  // kConflict: another daemon listens there. What a dead one left is replaced.
  static Result<std::unique_ptr<ControlSocket>> open(AsioEngine& engine, std::string path,
                                                     Handler handler, const Log& log);
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;
  ~ControlSocket();

 private:
  struct Connection;

  ControlSocket(AsioEngine& engine, std::string path, Fd listening, Handler handler, Log log);
  void accept();
  void read(Connection& from);
  notify::Task<> serve(std::shared_ptr<Connection> to, std::string request);
  void forget(const Connection& one);

  AsioEngine& engine_;
  const std::string path_;
  const Fd listening_;
  const Handler handler_;
  const Log log_;
  std::list<std::shared_ptr<Connection>> open_;
  std::shared_ptr<void> watch_;
  notify::Scope serving_;  // last: its tasks use the above
};

// [any thread that may block] Asks the daemon behind the socket at `path`. kNotFound: none is
// there; kDenied: it belongs to another user.
Result<std::string> ask_daemon(const std::string& path, const std::string& request,
                               std::chrono::milliseconds patience);

}  // namespace notifyd::ops
