// The thread that owns libcurl's loop. Others hand it orders under a lock and wake it; everything
// else is touched by this thread only.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_map>

#include "base/memory.h"
#include "base/thread.h"
#include "net/curl_loop.h"
#include "net/http.h"
#include "net/transfer.h"

namespace notifyd::net {
namespace {

using Clock = std::chrono::steady_clock;
using Millis = std::chrono::milliseconds;
using Outcome = HttpResponse::Outcome;

constexpr Millis kDefaultTimeout{30'000};
constexpr Millis kIdle{60'000};  // how long a wait for nothing lasts; every order ends it

struct Call {
  std::uint64_t id = 0;
  HttpRequest request;
  Http::Handler done;
  Clock::time_point deadline;  // counts from send(), so time in line is part of it
};

struct Active {
  Call call;  // without the request, which the transfer has
  std::unique_ptr<Transfer> transfer;
};

HttpResponse ended(Outcome outcome, std::string error) {
  HttpResponse response;
  response.outcome = outcome;
  response.error = std::move(error);
  return response;
}

// libcurl leaves HTTP_PROXY alone because of CGI programs, where a client can set it. This is none.
Proxy http_proxy() { return proxy_of({"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}); }
Proxy https_proxy() { return proxy_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}); }

// A handle knows its call.
Active& active_of(CURL* easy) {
  void* active = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &active);
  return *static_cast<Active*>(active);
}

class GlobalCurl {
 public:
  GlobalCurl() {
    // Its lists and buffers hold the headers of every request, the token among them.
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, &std::malloc, &wiping_free, &wiping_realloc,
                             &::strdup, &std::calloc) != CURLE_OK) {
      throw std::runtime_error("libcurl cannot be initialised");
    }
  }
  GlobalCurl(const GlobalCurl&) = delete;
  GlobalCurl& operator=(const GlobalCurl&) = delete;
  ~GlobalCurl() { curl_global_cleanup(); }
};

class CurlHttp final : public Http {
 public:
  CurlHttp(HttpOptions options, Log log);
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;
  ~CurlHttp() override;

  std::uint64_t send(HttpRequest request, Handler done) override;
  void cancel(std::uint64_t id) override;

 private:
  struct Orders {
    std::vector<Call> calls;
    std::vector<std::uint64_t> cancels;
    bool stop = false;

    bool none() const { return calls.empty() && cancels.empty() && !stop; }
  };

  template <class Change>
  void order(Change change);

  // All below: [HTTP thread].
  void run();
  bool take_orders();  // false: stop
  void cancel_now(std::uint64_t id);
  void drop_expired();
  void start_waiting();
  void start(Call call);
  void finish(CURL* easy, CURLcode code);
  HttpResponse detach(Active& active, CURLcode code);
  Clock::time_point next_deadline() const;
  void end_all();

  const GlobalCurl global_;
  const Log log_;
  const std::size_t max_active_;
  const TransferSettings shared_;
  std::optional<CurlLoop> loop_;  // ended by the thread

  std::atomic<std::uint64_t> last_id_{0};
  std::mutex mutex_;  // guards orders_
  Orders orders_;

  std::deque<Call> waiting_;
  std::unordered_map<std::uint64_t, Active> active_;  // each stays where it is
  std::thread thread_;
};

CurlHttp::CurlHttp(HttpOptions options, Log log)
    : log_(std::move(log)),
      max_active_(std::max<std::size_t>(1, options.max_active)),
      shared_{std::move(options.ca_file),
              options.max_response,
              std::make_shared<AnswerRoom>(options.max_waiting),
              options.unacknowledged,
              options.connection_lifetime,
              http_proxy(),
              https_proxy(),
              no_proxy()} {
  loop_.emplace(options.max_connections);
  thread_ = start_thread("http", [this] { run(); });
}

CurlHttp::~CurlHttp() {
  order([](Orders& orders) { orders.stop = true; });
  thread_.join();
}

// The loop is woken under the lock: once its thread can see `stop`, it may be gone. The thread
// takes all that there is by then, so the first of many wakes it for the others.
template <class Change>
void CurlHttp::order(Change change) {
  const std::lock_guard lock(mutex_);
  const bool first = orders_.none();
  change(orders_);
  if (first) loop_->wake();
}

std::uint64_t CurlHttp::send(HttpRequest request, Handler done) {
  const Millis timeout = request.timeout_ms == 0 ? kDefaultTimeout : Millis(request.timeout_ms);
  Call call{++last_id_, std::move(request), std::move(done), Clock::now() + timeout};
  const std::uint64_t id = call.id;
  order([&call](Orders& orders) { orders.calls.push_back(std::move(call)); });
  return id;
}

void CurlHttp::cancel(std::uint64_t id) {
  order([id](Orders& orders) { orders.cancels.push_back(id); });
}

void CurlHttp::run() {
  while (take_orders()) {
    drop_expired();
    start_waiting();
    loop_->run_once(next_deadline());
    while (const auto finished = loop_->next_finished()) finish(finished->easy, finished->code);
  }
  end_all();
  // Closing TLS connections writes to them. This thread has SIGPIPE blocked, others need not.
  loop_.reset();
}

bool CurlHttp::take_orders() {
  Orders orders;
  {
    const std::lock_guard lock(mutex_);
    std::swap(orders, orders_);
  }
  std::move(orders.calls.begin(), orders.calls.end(), std::back_inserter(waiting_));
  for (const std::uint64_t id : orders.cancels) cancel_now(id);
  return !orders.stop;
}

void CurlHttp::cancel_now(std::uint64_t id) {
  if (auto node = active_.extract(id)) {
    detach(node.mapped(), CURLE_ABORTED_BY_CALLBACK);
    node.mapped().call.done(ended(Outcome::kCancelled, "cancelled"));
    return;
  }
  const auto call =
      std::find_if(waiting_.begin(), waiting_.end(), [id](const Call& c) { return c.id == id; });
  if (call == waiting_.end()) return;
  const Handler done = std::move(call->done);
  waiting_.erase(call);
  done(ended(Outcome::kCancelled, "cancelled"));
}

void CurlHttp::drop_expired() {
  const auto now = Clock::now();
  const auto late = std::stable_partition(waiting_.begin(), waiting_.end(),
                                          [now](const Call& c) { return c.deadline > now; });
  for (auto call = late; call != waiting_.end(); ++call) {
    call->done(ended(Outcome::kNotSent,
                     "timed out in line behind " + std::to_string(active_.size()) + " others"));
  }
  waiting_.erase(late, waiting_.end());
}

void CurlHttp::start_waiting() {
  while (!waiting_.empty() && active_.size() < max_active_) {
    Call call = std::move(waiting_.front());
    waiting_.pop_front();
    start(std::move(call));
  }
}

void CurlHttp::start(Call call) {
  Result<Url> url = parse_url(call.request.url);
  if (!url.ok()) return call.done(ended(Outcome::kNotSent, std::move(url).error().message));
  if (auto reason = refuse(call.request, *url, shared_)) {
    return call.done(ended(Outcome::kNotSent, std::move(*reason)));
  }
  Easy easy(curl_easy_init());
  if (!easy) return call.done(ended(Outcome::kNotSent, "out of memory"));
  const auto left = std::chrono::ceil<Millis>(call.deadline - Clock::now());
  const auto timeout_ms = static_cast<std::uint32_t>(std::max<std::int64_t>(1, left.count()));
  auto transfer = std::make_unique<Transfer>(std::move(easy), std::move(call.request),
                                             *std::move(url), timeout_ms, shared_);
  const std::uint64_t id = call.id;
  Active& active = active_.emplace(id, Active{std::move(call), std::move(transfer)}).first->second;
  curl_easy_setopt(active.transfer->easy(), CURLOPT_PRIVATE, &active);
  loop_->add(active.transfer->easy());
}

void CurlHttp::finish(CURL* easy, CURLcode code) {
  auto node = active_.extract(active_of(easy).call.id);
  Active& active = node.mapped();
  HttpResponse response = detach(active, code);
  if (!response.error.empty()) log_.debug("http call failed", {{"error", response.error}});
  active.call.done(std::move(response));
}

HttpResponse CurlHttp::detach(Active& active, CURLcode code) {
  active.transfer->keep_socket();
  loop_->remove(active.transfer->easy());
  return active.transfer->finish(code);
}

Clock::time_point CurlHttp::next_deadline() const {
  auto next = Clock::now() + kIdle;
  for (const Call& call : waiting_) next = std::min(next, call.deadline);
  return next;
}

void CurlHttp::end_all() {
  for (auto& [id, active] : active_) {
    detach(active, CURLE_ABORTED_BY_CALLBACK);
    active.call.done(ended(Outcome::kCancelled, "stopping"));
  }
  active_.clear();
  for (const Call& call : waiting_) call.done(ended(Outcome::kCancelled, "stopping"));
  waiting_.clear();
}

}  // namespace

std::unique_ptr<Http> make_curl_http(HttpOptions options, Log log) {
  return std::make_unique<CurlHttp>(std::move(options), std::move(log));
}

}  // namespace notifyd::net
