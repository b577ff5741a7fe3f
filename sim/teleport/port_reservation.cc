#include "sim/teleport/port_reservation.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace notifyd::sim {
namespace {

int bind_loopback(int socket, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  socklen_t size = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  // The server that listens later sets this too; both must, to share the port.
  const int on = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(socket, any, size) != 0 || ::getsockname(socket, any, &size) != 0) {
    return -1;
  }
  return ntohs(address.sin_port);
}

}  // namespace

PortReservation::PortReservation(int port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      port_(bind_loopback(socket_, port)) {
  if (port_ > 0) return;
  const int error = errno;
  if (socket_ >= 0) ::close(socket_);
  throw std::system_error(error, std::generic_category(),
                          "cannot have port " + std::to_string(port) + " of 127.0.0.1");
}

PortReservation::~PortReservation() { ::close(socket_); }

}  // namespace notifyd::sim
