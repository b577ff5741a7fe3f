// HTTP, and connections through HTTP proxies: one libcurl multi loop on one thread for the whole
// daemon, its modules and itself.
//
// HTTP/2 where the far side has it, keep-alive, TLS 1.2 at least and always verified, no redirects
// followed, proxies from the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY). http:// is
// for this machine only, past any proxy. No header or body is ever logged.
//
// What matters most is telling three ends apart: answered, surely not sent, and unsure. libcurl by
// itself repeats a POST on a fresh connection when a reused one turns out dead; here it may do so
// only while no byte of the body has left.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/log.h"
#include "net/ca_text.h"

namespace notifyd::net {

struct HttpRequest {
  std::string method = "GET", url, body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::uint32_t timeout_ms = 0;  // 0: 30 s
  bool allow_insecure = false;   // http:// also to other machines
  CaText extra_cas;              // trusted beside HttpOptions::ca_file
  bool unverified = false;       // whoever answers is believed; for https://
  // A connection to the host and port of "https://host:port", past the proxy that the environment
  // names, and nothing more: the answer has its socket, over which not a byte has gone. Method,
  // headers and body are not looked at.
  bool connect_only = false;
};

struct HttpResponse {
  enum class Outcome { kAnswered, kNotSent, kUnsure, kCancelled };
  Outcome outcome = Outcome::kNotSent;
  std::uint32_t status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // keys in lower case
  std::string error;                                         // one line when not answered
  bool untrusted = false;            // not answered, for the far side's certificate is not trusted
  std::shared_ptr<Fd> socket;        // of connect_only, non-blocking
  std::shared_ptr<const void> room;  // what the answer takes of HttpOptions::max_waiting
};

class Http {
 public:
  // [HTTP thread] Must only hand the response on.
  using Handler = std::function<void(HttpResponse)>;

  virtual ~Http() = default;
  // [any] Returns a number for cancel(), never 0.
  virtual std::uint64_t send(HttpRequest request, Handler done) = 0;
  // [any] The handler is called with kCancelled unless the call had ended already.
  virtual void cancel(std::uint64_t id) = 0;
};

struct HttpOptions {
  std::string ca_file;                // "": the system's
  std::size_t max_active = 256;       // more wait in our own FIFO: libcurl's is unfair
  std::size_t max_connections = 256;  // to all hosts together; where HTTP/2 is spoken, one each
  // An HTTP/2 call that times out leaves its connection in use, which may have died without a word.
  // When nothing of ours is acknowledged for so long it is closed; one that is older, and idle, is
  // not taken again.
  std::chrono::seconds unacknowledged{20};
  std::chrono::seconds connection_lifetime{60};
  // Bytes. What is larger is cut off and counts as broken. `max_waiting` is for all larger answers
  // together, until nobody has them any more; the small ones always have room.
  std::size_t max_response = 1U << 20U;
  std::size_t max_waiting = 16U << 20U;
};

std::unique_ptr<Http> make_curl_http(HttpOptions options, Log log);

}  // namespace notifyd::net
