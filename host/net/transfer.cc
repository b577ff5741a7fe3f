#include "net/transfer.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "net/tls.h"

namespace notifyd::net {
namespace {

constexpr long kConnectTimeoutMs = 10'000;
// libcurl takes buffers of these sizes for each call and wipes them after it. Its own choice, 16
// and 64 KiB, is for files.
constexpr long kReceiveBuffer = 8L << 10U;
constexpr long kSendBuffer = 16L << 10U;  // it takes no less
// Slack's answers have about thirty headers, of two kilobytes.
constexpr std::size_t kMaxHeaderBytes = 64U << 10U;
constexpr std::size_t kMaxHeaderLines = 256;
// Answers up to here have room beside any number of large ones.
constexpr std::size_t kSmallAnswer = 64U << 10U;
constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           kTokenMarks.find(c) != kTokenMarks.npos;
  });
}

bool has_header(const HttpRequest& request, std::string_view key) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [&](const auto& header) { return lower_ascii(header.first) == key; });
}

bool safe_to_repeat(const HttpRequest& request) {
  return request.body.empty() && (request.method == "GET" || request.method == "HEAD");
}

const Proxy* proxy_for(const Url& url, const TransferSettings& shared) {
  if (url.scheme == "https") return &shared.https_proxy;
  return url.loopback ? nullptr : &shared.http_proxy;
}

// What goes over the socket would have to be wrapped for such a proxy, byte by byte.
std::optional<std::string> refuse_connection(const Url& url, const Proxy& proxy) {
  if (url.scheme != "https") return url.host + ": a connection is asked for as https://host:port";
  if (!lower_ascii(proxy.url).starts_with("https://")) return std::nullopt;
  return "the environment's " + proxy.variable +
         " names a proxy that is itself spoken to over TLS, which works for chat services and not "
         "for the connection to Teleport; write http://host:port, or have NO_PROXY name " +
         url.host.substr(0, url.host.rfind(':'));
}

}  // namespace

std::optional<std::string> refuse(const HttpRequest& request, const Url& url,
                                  const TransferSettings& shared) {
  if (url.in_clear() && !request.allow_insecure) {
    return url.host +
           ": http:// would let everybody on the way read the request, its token too; write "
           "https://, or allow_insecure = true at the top of the notifier's file";
  }
  const Proxy* const proxy = proxy_for(url, shared);
  if (proxy != nullptr && !proxy->fault.empty()) return proxy->fault;
  if (request.connect_only) return refuse_connection(url, *proxy);
  if (!is_token(request.method))
    return "the HTTP method is empty or has a character it cannot have";
  for (const auto& [key, value] : request.headers) {
    if (!is_token(key)) return "a header's name is empty or has a character it cannot have";
    if (has_control(value)) return "header " + key + " has a line break or control character";
  }
  return std::nullopt;
}

Transfer::Transfer(Easy easy, HttpRequest request, Url url, std::uint32_t timeout_ms,
                   const TransferSettings& shared)
    : easy_(std::move(easy)),
      request_(std::move(request)),
      url_(std::move(url)),
      max_response_(shared.max_response),
      unacknowledged_(shared.unacknowledged),
      room_(std::make_shared<RoomShare>(shared.room)) {
  if (request_.connect_only) {
    set_connect_only();
  } else {
    set_request();
    set_headers();
  }
  set_safety(shared);
  set_callbacks();
  curl_easy_setopt(easy_.get(), CURLOPT_BUFFERSIZE, kReceiveBuffer);
  curl_easy_setopt(easy_.get(), CURLOPT_UPLOAD_BUFFERSIZE, kSendBuffer);
  curl_easy_setopt(easy_.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
  curl_easy_setopt(easy_.get(), CURLOPT_CONNECTTIMEOUT_MS,
                   std::min(kConnectTimeoutMs, static_cast<long>(timeout_ms)));
}

void Transfer::set_request() {
  CURL* const easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (safe_to_repeat(request_)) return;
  // POST's mechanics for every method. The body goes through a callback that cannot rewind: with
  // POSTFIELDS libcurl would repeat it in silence when a reused connection turns out to be dead.
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(request_.body.size()));
  // Without a body there is nothing that could refuse to rewind; only a connection of its own makes
  // sure that it is not repeated.
  if (request_.body.empty()) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

void Transfer::set_headers() {
  const auto add = [this](const std::string& line) {
    if (curl_slist* list = curl_slist_append(headers_.get(), line.c_str())) {
      static_cast<void>(headers_.release());
      headers_.reset(list);
    }
  };
  for (const auto& [key, value] : request_.headers) {
    std::string line = key;
    add(trim(value).empty() ? line.append(";")  // sent although empty
                            : line.append(": ").append(value));
  }
  add("Expect:");  // without a value: libcurl's own is left out
  if (!has_header(request_, "content-type")) add("Content-Type:");
  curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
}

// For libcurl it is a connection without TLS: that is its user's to speak. A connection that others
// might take again is no use.
void Transfer::set_connect_only() {
  CURL* const easy = easy_.get();
  const std::string plain = "http" + request_.url.substr(url_.scheme.size());
  curl_easy_setopt(easy, CURLOPT_URL, plain.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

// libcurl closes its own descriptor; the connection lives as long as this one.
void Transfer::keep_socket() {
  if (!request_.connect_only) return;
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(easy_.get(), CURLINFO_ACTIVESOCKET, &socket);
  Fd copy(socket == CURL_SOCKET_BAD ? -1 : fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (copy) response_.socket = std::make_shared<Fd>(std::move(copy));
}

void Transfer::set_safety(const TransferSettings& shared) {
  CURL* const easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Otherwise libcurl waits, for a call that is over, until its resolver's thread is: with the name
  // servers away that is a minute in which no other call is served and answers that came are late.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set_trust(shared);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN,
                   static_cast<long>(shared.connection_lifetime.count()));
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Over TLS the handshake tells whether a connection can be shared; without, only the first answer
  // would, and a call that gets none would hold up all others.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, url_.scheme == "https" ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Empty ones keep libcurl from looking for its own.
  const Proxy* const proxy = proxy_for(url_, shared);
  curl_easy_setopt(easy, CURLOPT_PROXY, proxy != nullptr ? proxy->url.c_str() : "");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, shared.no_proxy.c_str());
}

void Transfer::set_trust(const TransferSettings& shared) {
  CURL* const easy = easy_.get();
  require_good_tls(easy);
  const char* ca_file = nullptr;
  curl_easy_getinfo(easy, CURLINFO_CAINFO, &ca_file);  // what libcurl was built with
  if (!shared.ca_file.empty()) {
    ca_file = shared.ca_file.c_str();
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, ca_file);
  }
  if (request_.extra_cas) trust_also(easy, *request_.extra_cas, ca_file);
  if (request_.unverified) leave_unverified(easy);
}

void Transfer::set_callbacks() {
  CURL* const easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Transfer::on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &Transfer::on_rewind);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &Transfer::on_socket);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
}

std::size_t Transfer::on_read(char* to, std::size_t size, std::size_t count, void* user) {
  auto& self = *static_cast<Transfer*>(user);
  const std::size_t n = std::min(size * count, self.request_.body.size() - self.body_read_);
  std::copy_n(self.request_.body.data() + self.body_read_, n, to);
  self.body_read_ += n;
  return n;
}

int Transfer::on_rewind(void* user, curl_off_t, int) {
  return static_cast<Transfer*>(user)->body_read_ == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

std::size_t Transfer::on_body(char* from, std::size_t size, std::size_t count, void* user) {
  auto& self = *static_cast<Transfer*>(user);
  if (!self.has_room(size * count)) return 0;
  self.response_.body.append(from, size * count);
  return size * count;
}

std::size_t Transfer::on_header(char* from, std::size_t size, std::size_t count, void* user) {
  auto& self = *static_cast<Transfer*>(user);
  self.header_bytes_ += size * count;
  if (++self.header_lines_ > kMaxHeaderLines || self.header_bytes_ > kMaxHeaderBytes) {
    self.refuse_answer("the answer has more than " + std::to_string(kMaxHeaderLines) +
                       " headers, or they are larger than " + std::to_string(kMaxHeaderBytes) +
                       " bytes");
    return 0;
  }
  self.take_header({from, size * count});
  return size * count;
}

int Transfer::on_socket(void* user, curl_socket_t socket, curlsocktype) {
  const auto& self = *static_cast<Transfer*>(user);
  const auto limit = static_cast<unsigned>(self.unacknowledged_.count());
  // Without it the connection only dies later.
  static_cast<void>(setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit));
  return CURL_SOCKOPT_OK;
}

int Transfer::on_connected(void* user, char*, char*, int, int) {
  auto& self = *static_cast<Transfer*>(user);
  if (!self.bytes_before_us_) self.bytes_before_us_ = self.request_bytes();
  return CURL_PREREQFUNC_OK;
}

void Transfer::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // a new answer; what came before was a 1xx
    response_.headers.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.emplace_back(lower_ascii(std::string(line.substr(0, colon))),
                                 trim(line.substr(colon + 1)));
}

bool Transfer::has_room(std::size_t more) {
  const std::size_t size = response_.body.size() + more;
  if (size > max_response_) {
    return refuse_answer("the answer is larger than " + std::to_string(max_response_) + " bytes");
  }
  if (size > kSmallAnswer && !room_->grow_to(size)) {
    return refuse_answer("too many large answers came at once; this one had no room");
  }
  return true;
}

bool Transfer::refuse_answer(std::string why) {
  refused_ = std::move(why);
  return false;
}

long Transfer::request_bytes() const {
  long bytes = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &bytes);
  return bytes;
}

// A connection that libcurl gave up may have taken bytes before the one that failed at last, so
// this asks what ever happened, not what happened last.
bool Transfer::may_have_left() const {
  return bytes_before_us_ && (body_read_ > 0 || request_bytes() > *bytes_before_us_);
}

std::string Transfer::explain(CURLcode code) const {
  const std::string host = url_.host + ": ";
  if (!refused_.empty()) return host + refused_;
  if (code == CURLE_SEND_FAIL_REWIND) {
    return host + "the connection broke after the request was sent, before an answer came";
  }
  std::string said = hide_proxies(safe_message(url_, error_.data(), curl_easy_strerror(code)));
  // How many milliseconds and bytes it were differs each time, and a log would tell of it as new.
  if (code == CURLE_OPERATION_TIMEDOUT) said.erase(std::min(said.find(" after "), said.size()));
  return host + said;
}

HttpResponse Transfer::finish(CURLcode code) {
  if (code == CURLE_OK && request_.connect_only) {
    if (response_.socket) response_.outcome = HttpResponse::Outcome::kAnswered;
    if (!response_.socket) response_.error = url_.host + ": the connection has no socket";
    return std::move(response_);
  }
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.outcome = HttpResponse::Outcome::kAnswered;
    response_.status = static_cast<std::uint32_t>(status);
    response_.room = std::move(room_);
    return std::move(response_);
  }
  HttpResponse failed;
  failed.outcome =
      may_have_left() ? HttpResponse::Outcome::kUnsure : HttpResponse::Outcome::kNotSent;
  failed.error = explain(code);
  failed.untrusted = code == CURLE_PEER_FAILED_VERIFICATION;
  return failed;
}

}  // namespace notifyd::net
