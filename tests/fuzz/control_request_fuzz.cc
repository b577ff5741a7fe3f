// What is sent to the control socket, in pieces of any size: the first line and nothing else is a
// request, each gets its one answer, and what has no line in time gets none.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/engine.h"
#include "base/fd.h"
#include "ops/control_socket.h"
#include "support/temp_dir.h"

namespace {

using namespace notifyd;

constexpr std::size_t kSurelyRead = 4096;   // a line of that length is taken
constexpr std::size_t kLongest = 2 * 4096;  // and none of that
constexpr std::string_view kAnswer = "heard";

void require(bool holds) {
  if (!holds) std::abort();
}

// A daemon's side, for as long as the process lives.
class Server {
 public:
  Server() {
    auto opened = ops::ControlSocket::open(
        engine_, path_, [this](std::string request) { return answer(std::move(request)); }, Log());
    require(static_cast<bool>(opened));
    socket_ = *std::move(opened);
    thread_ = std::thread([this] { engine_.run(); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    engine_.post([this] { engine_.stop(); });
    thread_.join();
  }

  Fd connect() const {
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    require(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return fd;
  }
  std::vector<std::string> take_heard() {
    const std::lock_guard lock(mutex_);
    return std::exchange(heard_, {});
  }

 private:
  notify::Task<std::string> answer(std::string request) {
    {
      const std::lock_guard lock(mutex_);
      heard_.push_back(std::move(request));
    }
    co_return std::string(kAnswer);
  }

  const test::TempDir dir_;
  const std::string path_ = dir_.path("control.sock");
  AsioEngine engine_;
  std::mutex mutex_;
  std::vector<std::string> heard_;
  std::unique_ptr<ops::ControlSocket> socket_;
  std::thread thread_;
};

// Until the server closes, which it may do before all is sent.
std::string talk(const Fd& fd, std::string_view text, std::size_t piece) {
  while (!text.empty()) {
    const auto part = text.substr(0, piece);
    if (::send(fd.get(), part.data(), part.size(), MSG_NOSIGNAL) < 0) break;
    text.remove_prefix(part.size());
  }
  ::shutdown(fd.get(), SHUT_WR);
  std::string answer;
  std::array<char, 256> buffer{};
  for (ssize_t n = 0; (n = ::recv(fd.get(), buffer.data(), buffer.size(), 0)) > 0;) {
    answer.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return answer;
}

}  // namespace

// The first byte says how much goes at once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static Server server;
  const std::size_t piece = std::size_t{data[0]} * data[0] + 1;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string answer = talk(server.connect(), text, piece);
  const auto heard = server.take_heard();
  const std::string_view line = text.substr(0, text.find('\n'));
  require(heard.size() <= 1);
  require(answer == (heard.empty() ? "" : std::string(kAnswer) + "\n"));
  if (!heard.empty()) require(heard[0] == line && line.size() < kLongest);
  if (line.size() < std::min(text.size(), kSurelyRead)) require(heard.size() == 1);
  return 0;
}
