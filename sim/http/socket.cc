#include "sim/http/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace notifyd::sim {
namespace {

using NameOf = int (*)(int, sockaddr*, socklen_t*);

int port_by(NameOf name_of, int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (name_of(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family != AF_INET) return 0;
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

int own_port(int fd) { return port_by(&::getsockname, fd); }
int peer_port(int fd) { return port_by(&::getpeername, fd); }

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::vector<int> open_descriptors() {
  std::vector<int> result;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const std::string name = entry.path().filename();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    result.push_back(fd);
  }
  return result;
}

}  // namespace

Fd reserve_port(int port) {
  Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  const int bound =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (bound != 0) {
    throw std::runtime_error("port " + std::to_string(port) +
                             " of 127.0.0.1 cannot be used: " + std::strerror(errno));
  }
  // From now on the listening socket may share the port.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  return socket;
}

int local_port(const Fd& socket) { return own_port(socket.get()); }

std::vector<Fd> accepted_on(int port) {
  std::vector<Fd> result;
  for (const int fd : open_descriptors()) {
    if (own_port(fd) != port) continue;
    Fd copy{::fcntl(fd, F_DUPFD_CLOEXEC, 0)};
    if (own_port(copy.get()) == port && peer_port(copy.get()) != 0)
      result.push_back(std::move(copy));
  }
  return result;
}

Fd accepted_on(int port, int client_port) {
  for (Fd& socket : accepted_on(port)) {
    if (peer_port(socket.get()) == client_port) return std::move(socket);
  }
  return Fd{};
}

void shut_down(const Fd& socket) { ::shutdown(socket.get(), SHUT_RDWR); }

void reset(const Fd& socket) {
  // Connecting to nowhere dissolves the connection at once, with an RST, while other descriptors of
  // the socket stay open; SO_LINGER would wait for the last of them to be closed.
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  (void)::connect(socket.get(), &nowhere, sizeof nowhere);
}

void send_all(const Fd& socket, std::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = ::send(socket.get(), data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    data.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void wait_for_hang_up(const Fd& socket) {
  pollfd waiting{socket.get(), POLLRDHUP, 0};
  while (::poll(&waiting, 1, -1) < 0 && errno == EINTR) {
  }
}

}  // namespace notifyd::sim
