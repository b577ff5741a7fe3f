#include "sim/http/http_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <stdexcept>
#include <thread>
#include <utility>

#include "sim/http/connection_threads.h"
#include "sim/http/socket.h"

namespace notifyd::sim {
namespace {

constexpr int kBacklog =
    1024;  // cpp-httplib's own is 5: a burst of connections would wait a second
constexpr int kReadSeconds = 5;
constexpr int kIdleSeconds = 300;
constexpr std::size_t kCallsPerConnection = 1'000'000;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void read_body(const httplib::ContentReader& read, HttpRequest& request) {
  request.complete = read([&](const char* data, std::size_t size) {
    request.body.append(data, size);
    return true;
  });
}

void read_parts(const httplib::ContentReader& read, HttpRequest& request) {
  auto part = request.parts.end();
  request.complete = read(
      [&](const httplib::MultipartFormData& head) {
        part = request.parts.emplace(head.name, "");
        return true;
      },
      [&](const char* data, std::size_t size) {
        part->second.append(data, size);
        return true;
      });
}

std::string serialized_head(const HttpResponse& response, std::size_t promised) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " Sim\r\n";
  for (const auto& [name, value] : response.headers) head.append(name + ": " + value + "\r\n");
  return head + "Content-Type: " + response.content_type +
         "\r\nContent-Length: " + std::to_string(promised) + "\r\n\r\n";
}

// Pieces of a stream as they come, until it ends or the client is gone.
httplib::ContentProviderWithoutLength provider(HttpResponse::Stream stream) {
  return [stream = std::move(stream)](std::size_t, httplib::DataSink& sink) {
    const std::optional<std::string> piece = stream();
    if (!piece) {
      sink.done();
      return true;
    }
    return sink.write(piece->data(), piece->size());
  };
}

class Threads : public httplib::TaskQueue {
 public:
  explicit Threads(std::function<void()> ending) : ending_(std::move(ending)) {}

  void enqueue(std::function<void()> connection) override { threads_.run(std::move(connection)); }

  // The listening thread calls this once it accepts no more.
  void shutdown() override {
    ending_();
    threads_.finish();
  }

 private:
  std::function<void()> ending_;
  ConnectionThreads threads_;
};

}  // namespace

std::string HttpRequest::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

class HttpServer::Impl {
 public:
  Impl(int port, Handler handler)
      : handler_(std::move(handler)), reserved_(reserve_port(port)), port_(local_port(reserved_)) {
    start();
  }
  ~Impl() { stop(); }

  int port() const { return port_; }

  void start() {
    if (server_) return;
    stopping_ = std::stop_source();
    server_ = std::make_unique<httplib::Server>();
    configure();
    if (!server_->bind_to_port("127.0.0.1", port_)) {
      server_.reset();
      throw std::runtime_error("cannot listen on 127.0.0.1:" + std::to_string(port_));
    }
    ::listen(listening_, kBacklog);
    thread_ = std::thread([server = server_.get()] { server->listen_after_bind(); });
  }

  void stop() {
    if (!server_) return;
    stopping_.request_stop();
    // Server::stop() would do nothing before the thread has got to accept(), and closes the socket
    // under it afterwards. This ends accept() whenever it is called, and the thread closes.
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    server_.reset();
  }

 private:
  void configure() {
    server_->new_task_queue = [this] { return new Threads([this] { break_connections(); }); };
    server_->set_socket_options([this](int socket) {
      listening_ = socket;
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    });
    server_->set_tcp_nodelay(true);
    server_->set_keep_alive_max_count(kCallsPerConnection);
    server_->set_keep_alive_timeout(kIdleSeconds);
    server_->set_read_timeout(kReadSeconds);
    server_->Get(".*", [this](const httplib::Request& in, httplib::Response& out) {
      answer(translated(in), out);
    });
    server_->Post(".*", [this](const httplib::Request& in, httplib::Response& out,
                               const httplib::ContentReader& read) {
      HttpRequest request = translated(in);
      in.is_multipart_form_data() ? read_parts(read, request) : read_body(read, request);
      answer(request, out);
    });
  }

  HttpRequest translated(const httplib::Request& in) const {
    HttpRequest request;
    request.method = in.method;
    request.path = in.path;
    request.query.insert(in.params.begin(), in.params.end());
    for (const auto& [name, value] : in.headers) request.headers[lower(name)] = value;
    request.connection = in.remote_port;
    request.port = port_;
    request.stop = stopping_.get_token();
    return request;
  }

  void answer(const HttpRequest& request, httplib::Response& out) {
    HttpResponse response = handler_(request);
    if (response.manner != HttpResponse::Manner::kProper) misbehave(request, response);
    out.status = response.status;
    for (const auto& [name, value] : response.headers) out.set_header(name, value);
    if (response.stream) {
      out.set_chunked_content_provider(response.content_type, provider(std::move(response.stream)));
    } else {
      out.set_content(response.body, response.content_type);
    }
  }

  // Leaves the connection dead, so that the proper answer, which cpp-httplib cannot be kept from
  // writing, gets nowhere.
  void misbehave(const HttpRequest& request, const HttpResponse& response) const {
    const Fd socket = accepted_on(port_, request.connection);
    switch (response.manner) {
      case HttpResponse::Manner::kReset:
        reset(socket);
        break;
      case HttpResponse::Manner::kSilence:
        if (!request.stop.stop_requested()) wait_for_hang_up(socket);
        shut_down(socket);
        break;
      case HttpResponse::Manner::kShort:
        send_all(socket, serialized_head(response, 2 * response.body.size() + 1) + response.body);
        shut_down(socket);
        break;
      case HttpResponse::Manner::kProper:
        break;
    }
  }

  void break_connections() const {
    for (const Fd& socket : accepted_on(port_)) shut_down(socket);
  }

  const Handler handler_;
  const Fd reserved_;
  const int port_;
  std::stop_source stopping_;
  int listening_ = -1;  // the server's
  std::unique_ptr<httplib::Server> server_;
  std::thread thread_;
};

HttpServer::HttpServer(int port, Handler handler)
    : impl_(std::make_unique<Impl>(port, std::move(handler))) {}
HttpServer::~HttpServer() = default;
int HttpServer::port() const { return impl_->port(); }
void HttpServer::start() { impl_->start(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace notifyd::sim
