// What a TLS client says first, read without answering: the server's name and the protocols that it
// offers. The proxy routes by them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace notifyd::sim {

struct ClientHello {
  std::string server_name;             // "" without SNI
  std::vector<std::string> protocols;  // ALPN, in the client's order
};

struct ClientHelloReading {
  enum class State { kIncomplete, kComplete, kNotTls };
  State state = State::kIncomplete;
  ClientHello hello;
};

// `bytes` is all that came so far; what follows the ClientHello does not matter.
ClientHelloReading read_client_hello(std::string_view bytes);

}  // namespace notifyd::sim
