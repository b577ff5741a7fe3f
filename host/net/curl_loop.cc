#include "net/curl_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <stdexcept>

namespace notifyd::net {
namespace {

constexpr std::size_t kAtOnce = 64;  // sockets that one look tells of

unsigned events_of(int what) {
  unsigned events = 0;
  if ((what & CURL_POLL_IN) != 0) events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
  return events;
}

// Of an error alone libcurl is told nothing, so that it looks for itself.
int actions_of(unsigned events) {
  int actions = 0;
  if ((events & EPOLLIN) != 0) actions |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) actions |= CURL_CSELECT_OUT;
  return actions;
}

int millis_until(CurlLoop::Clock::time_point when) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - CurlLoop::Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

}  // namespace

CurlLoop::CurlLoop(std::size_t max_connections)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      multi_(curl_multi_init()) {
  epoll_event rings{};
  rings.events = EPOLLIN;
  rings.data.fd = bell_.get();
  if (!epoll_ || !bell_ || epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, bell_.get(), &rings) != 0) {
    throw std::runtime_error("no file descriptors are left for HTTP; raise the limit (ulimit -n)");
  }
  if (!multi_) throw std::runtime_error("libcurl gave no multi handle");
  CURLM* const multi = multi_.get();
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(max_connections));
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
}

// A bell that is full has been rung.
void CurlLoop::wake() {
  const std::uint64_t once = 1;
  static_cast<void>(!::write(bell_.get(), &once, sizeof once));
}

void CurlLoop::run_once(Clock::time_point latest) {
  std::array<epoll_event, kAtOnce> events{};
  const int wait_ms = millis_until(timer_ ? std::min(*timer_, latest) : latest);
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(kAtOnce), wait_ms);
  const auto ready = static_cast<std::size_t>(std::max(count, 0));
  for (const epoll_event& one : std::span(events).first(ready)) serve(one.data.fd, one.events);
  if (!timer_ || *timer_ > Clock::now()) return;
  timer_.reset();  // libcurl sets the next one while it is asked
  int running = 0;
  curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
}

// The socket may have been closed, and its number be another's, by what was served before it: then
// libcurl looks, and finds nothing to do.
void CurlLoop::serve(int socket, unsigned events) {
  if (socket == bell_.get()) {
    std::uint64_t rung = 0;
    static_cast<void>(!::read(bell_.get(), &rung, sizeof rung));
    return;
  }
  int running = 0;
  curl_multi_socket_action(multi_.get(), socket, actions_of(events), &running);
}

std::optional<CurlLoop::Finished> CurlLoop::next_finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) return Finished{message->easy_handle, message->data.result};
  }
  return std::nullopt;
}

int CurlLoop::on_socket(CURL*, curl_socket_t socket, int what, void* user, void*) {
  static_cast<CurlLoop*>(user)->watch(socket, what);
  return 0;
}

void CurlLoop::watch(curl_socket_t socket, int what) {
  epoll_event wanted{};
  wanted.events = events_of(what);
  wanted.data.fd = socket;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, &wanted);
  } else if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &wanted) != 0 && errno == EEXIST) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, socket, &wanted);
  }
}

int CurlLoop::on_timer(CURLM*, long after_ms, void* user) {
  auto& timer = static_cast<CurlLoop*>(user)->timer_;
  timer.reset();
  if (after_ms >= 0) timer = Clock::now() + std::chrono::milliseconds(after_ms);
  return 0;
}

}  // namespace notifyd::net
