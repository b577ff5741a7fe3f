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

int family_of(Loopback loopback) { return loopback == Loopback::kV4 ? AF_INET : AF_INET6; }

// Of either family; `size` is what of it counts.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* any() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress socket_address(Loopback loopback, int port) {
  SocketAddress address;
  if (loopback == Loopback::kV4) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    address.size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(static_cast<std::uint16_t>(port));
    address.size = sizeof v6;
  }
  address.storage.ss_family = static_cast<sa_family_t>(family_of(loopback));
  return address;
}

int port_in(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET
                   ? reinterpret_cast<const sockaddr_in&>(address).sin_port
                   : reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

int bind_loopback(int socket, Loopback loopback, int port) {
  SocketAddress address = socket_address(loopback, port);
  // The server that listens later sets this too; both must, to share the port.
  const int on = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(socket, address.any(), address.size) != 0 ||
      ::getsockname(socket, address.any(), &address.size) != 0) {
    return -1;
  }
  return port_in(address.storage);
}

}  // namespace

std::string address_of(Loopback loopback, int port) {
  return (loopback == Loopback::kV4 ? "127.0.0.1:" : "[::1]:") + std::to_string(port);
}

PortReservation::PortReservation(int port, Loopback loopback)
    : socket_(::socket(family_of(loopback), SOCK_STREAM | SOCK_CLOEXEC, 0)),
      port_(bind_loopback(socket_, loopback, port)) {
  if (port_ > 0) return;
  const int error = errno;
  if (socket_ >= 0) ::close(socket_);
  throw std::system_error(error, std::generic_category(),
                          "cannot have " + address_of(loopback, port));
}

PortReservation::~PortReservation() { ::close(socket_); }

}  // namespace notifyd::sim
