// A small HTTP/1.1 server on the loopback for the simulators: one handler for everything, a thread
// for each connection, and answers that go wrong on purpose. cpp-httplib does the protocol.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace notifyd::sim {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // decoded, without the query
  std::multimap<std::string, std::string> query;
  std::map<std::string, std::string> headers;     // names in lower case
  std::string body;                               // not for multipart/form-data
  std::multimap<std::string, std::string> parts;  // multipart/form-data: field, content
  bool complete = true;  // false: the client promised more body than it sent
  int connection = 0;    // the client's port
  int port = 0;          // the server's
  std::stop_token stop;  // the server is going: return soon

  std::string header(const std::string& lower_case_name) const;
};

struct HttpResponse {
  enum class Manner {
    kProper,
    kShort,    // Content-Length promises more than comes, then the connection ends
    kSilence,  // nothing, until the client gives up or the server stops
    kReset,    // RST
  };
  // Blocks for the next piece; nullopt ends the stream. Must heed HttpRequest::stop.
  using Stream = std::function<std::optional<std::string>()>;

  int status = 200;
  std::multimap<std::string, std::string> headers;
  std::string content_type;
  std::string body;
  Stream stream;  // in place of the body
  Manner manner = Manner::kProper;
};

class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;  // on the connection's thread

  // Listens at once; port 0: any. Throws std::runtime_error when it cannot.
  HttpServer(int port, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;

  // One thread calls these. stop() breaks every connection, waits for the handlers, and keeps the
  // port from others until start() or the end.
  void start();
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace notifyd::sim
