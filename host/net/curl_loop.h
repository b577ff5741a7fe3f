// CurlLoop: libcurl's transfers, driven by an epoll. Only what has something to do is looked at:
// curl_multi_perform() would ask the kernel about every connection each time, which with many of
// them under way is most of what HTTP costs.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>

#include "base/fd.h"

namespace notifyd::net {

class CurlLoop {
 public:
  using Clock = std::chrono::steady_clock;

  // Throws std::runtime_error where the machine gives none.
  explicit CurlLoop(std::size_t max_connections);
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  // [any thread] Ends the wait that is under way, or the next one.
  void wake();

  // All below: [one thread]. Handles stay their owner's, and leave before the loop ends.
  void add(CURL* easy) { curl_multi_add_handle(multi_.get(), easy); }
  void remove(CURL* easy) { curl_multi_remove_handle(multi_.get(), easy); }

  // Waits until something can go on, at most until `latest`, and lets it.
  void run_once(Clock::time_point latest);

  struct Finished {
    CURL* easy;
    CURLcode code;
  };
  std::optional<Finished> next_finished();

 private:
  struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  // libcurl's callbacks; `user` is the loop.
  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void*);
  static int on_timer(CURLM*, long after_ms, void* user);

  void watch(curl_socket_t socket, int what);
  void serve(int socket, unsigned events);

  const Fd epoll_, bell_;
  std::optional<Clock::time_point> timer_;      // when libcurl wants to be asked, whatever comes
  std::unique_ptr<CURLM, MultiDeleter> multi_;  // last: ending, it still says what it closes
};

}  // namespace notifyd::net
