// A connection of the proxy is a stack of layers: TCP at the bottom, above it TLS, frames and,
// inside of an upgraded connection, TLS again. All on the proxy's loop. No layer is destroyed
// before the whole connection is, so that one may call another whatever comes of it.
#pragma once

#include <string_view>

namespace notifyd::sim {

// Takes what comes from the client.
class Upper {
 public:
  Upper() = default;
  Upper(const Upper&) = delete;
  Upper& operator=(const Upper&) = delete;
  virtual ~Upper() = default;

  virtual void received(std::string_view bytes) = 0;
};

// Takes what goes to the client.
class Lower {
 public:
  Lower() = default;
  Lower(const Lower&) = delete;
  Lower& operator=(const Lower&) = delete;
  virtual ~Lower() = default;

  virtual void send(std::string_view bytes) = 0;
  virtual void close() = 0;  // when all that was sent is out
};

}  // namespace notifyd::sim
