// Holds a port of the loopback for a server that comes and goes: bound and never listening, so that
// nobody else is given it, and connecting to it meanwhile is refused.
#pragma once

#include <cstdint>
#include <string>

namespace notifyd::sim {

enum class Loopback : std::uint8_t { kV4, kV6 };

// "127.0.0.1:3025", "[::1]:3025"
std::string address_of(Loopback loopback, int port);

class PortReservation {
 public:
  // 0: any that is free. Throws std::runtime_error.
  explicit PortReservation(int port, Loopback loopback = Loopback::kV4);
  PortReservation(const PortReservation&) = delete;
  PortReservation& operator=(const PortReservation&) = delete;
  ~PortReservation();

  int port() const { return port_; }

 private:
  int socket_ = -1;
  int port_ = 0;
};

}  // namespace notifyd::sim
