// Holds a port of the loopback for a server that comes and goes: bound and never listening, so that
// nobody else is given it, and connecting to it meanwhile is refused.
#pragma once

namespace notifyd::sim {

class PortReservation {
 public:
  // 0: any that is free. Throws std::runtime_error.
  explicit PortReservation(int port);
  PortReservation(const PortReservation&) = delete;
  PortReservation& operator=(const PortReservation&) = delete;
  ~PortReservation();

  int port() const { return port_; }

 private:
  int socket_ = -1;
  int port_ = 0;
};

}  // namespace notifyd::sim
