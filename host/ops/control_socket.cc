#include "ops/control_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/system_error.h"

namespace notifyd::ops {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBacklog = 8;
constexpr std::size_t kMostConnections = 32;
constexpr std::size_t kLongestRequest = 4096;
constexpr std::size_t kLongestAnswer = std::size_t{16} << 20U;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return invalid(path + " is too long a path for a socket");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Result<Fd> connected(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return address.error();
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return system_error("socket");
  if (::connect(fd.get(), generic(*address), sizeof *address) == 0) return fd;
  // A socket without a process behind it.
  if (errno == ECONNREFUSED) return Error{Errc::kUnavailable, errno_text(errno)};
  return system_error("connect");
}

Result<Fd> listening(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return address.error();
  if (connected(path)) return Error{Errc::kConflict, "another daemon listens at " + path};
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return system_error("socket");
  ::unlink(path.c_str());
  // From its first moment on: the directory may be open to a group.
  const mode_t before = ::umask(0177);
  const int bound = ::bind(fd.get(), generic(*address), sizeof *address);
  ::umask(before);
  if (bound != 0) return system_error("bind " + path);
  if (::listen(fd.get(), kBacklog) != 0) return system_error("listen");
  return fd;
}

bool is_ours(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

// What does not fit into the socket's buffer is for somebody who does not read: it is dropped.
void write_some(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

struct ControlSocket::Connection {
  Fd fd;
  std::string text;
  std::shared_ptr<void> watch;
};

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(AsioEngine& engine, std::string path,
                                                           Handler handler, const Log& log) {
  auto fd = listening(path);
  if (!fd) return std::move(fd).error();
  return std::unique_ptr<ControlSocket>(
      new ControlSocket(engine, std::move(path), *std::move(fd), std::move(handler), log));
}

ControlSocket::ControlSocket(AsioEngine& engine, std::string path, Fd listening, Handler handler,
                             Log log)
    : engine_(engine),
      path_(std::move(path)),
      listening_(std::move(listening)),
      handler_(std::move(handler)),
      log_(std::move(log)),
      watch_(engine_.on_readable(listening_.get(), [this] { accept(); })) {}

ControlSocket::~ControlSocket() { ::unlink(path_.c_str()); }

void ControlSocket::accept() {
  Fd fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd || open_.size() >= kMostConnections) return;
  if (!is_ours(fd.get())) {
    log_.warn("somebody else than root and the daemon's user tried the control socket");
    return;
  }
  constexpr int kBuffer = 4 << 20;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &kBuffer, sizeof kBuffer);
  const auto one = std::make_shared<Connection>();
  one->fd = std::move(fd);
  Connection& connection = *one;
  connection.watch =
      engine_.on_readable(connection.fd.get(), [this, &connection] { read(connection); });
  open_.push_back(one);
}

void ControlSocket::read(Connection& from) {
  std::array<char, kLongestRequest> buffer{};
  const ssize_t n = ::recv(from.fd.get(), buffer.data(), buffer.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n > 0) from.text.append(buffer.data(), static_cast<std::size_t>(n));
  const auto end = from.text.find('\n');
  if (end == std::string::npos && n > 0 && from.text.size() < kLongestRequest) return;
  const auto at = std::ranges::find_if(open_, [&](const auto& one) { return one.get() == &from; });
  const std::shared_ptr<Connection> one = *at;
  // Not from within its own call: the watch goes with what it calls.
  engine_.post([one, watch = std::exchange(one->watch, nullptr)] {});
  if (end == std::string::npos) return forget(from);
  serving_.run(serve(one, from.text.substr(0, end)));
}

notify::Task<> ControlSocket::serve(std::shared_ptr<Connection> to, std::string request) {
  auto answering = handler_(std::move(request));
  const std::string answer = co_await answering;
  write_some(to->fd.get(), answer + "\n");
  forget(*to);
}

void ControlSocket::forget(const Connection& one) {
  open_.remove_if([&](const auto& open) { return open.get() == &one; });
}

Result<std::string> ask_daemon(const std::string& path, const std::string& request,
                               std::chrono::milliseconds patience) {
  const auto fd = connected(path);
  if (!fd) return fd.error();
  write_some(fd->get(), request + "\n");
  const auto deadline = Clock::now() + patience;
  std::string answer;
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return Error{Errc::kTimeout, "the daemon does not answer"};
    pollfd readable{fd->get(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t n = ::recv(fd->get(), buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Error{Errc::kUnavailable, "the daemon ended before it answered"};
    answer.append(buffer.data(), static_cast<std::size_t>(n));
    if (answer.ends_with('\n')) break;
    if (answer.size() > kLongestAnswer) return invalid("the daemon's answer is too long");
  }
  answer.pop_back();
  return answer;
}

}  // namespace notifyd::ops
