#include "sim/page/page_server.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "sim/http/http_server.h"
#include "sim/page/actions.h"
#include "sim/page/page_files.h"
#include "sim/page/view.h"

namespace notifyd::sim {
namespace {

constexpr std::string_view kRequests = "/api/requests";
constexpr std::string_view kNotifier = "/api/notifier/";
// A proxy or a laptop that slept may have dropped the connection: something is sent this often.
constexpr std::chrono::seconds kHeartbeat{15};
constexpr int kReconnectMs = 500;

HttpResponse respond(int status, std::string type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = std::move(type);
  response.body = std::move(body);
  response.headers.emplace("Cache-Control", "no-store");
  return response;
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

HttpResponse respond_json(int status, const Json& json) {
  return respond(status, "application/json", dump(json));
}

HttpResponse respond_error(int status, const std::string& message) {
  return respond_json(status, {{"error", message}});
}

int status_for(Errc code) {
  switch (code) {
    case Errc::kNotFound:
      return 404;
    case Errc::kDenied:
      return 403;
    case Errc::kConflict:
      return 409;
    default:
      return 400;
  }
}

HttpResponse respond_result(const Result<Json>& result) {
  if (!result) return respond_error(status_for(result.error().code), result.error().message);
  return respond_json(200, *result);
}

HttpResponse serve_file(const PageFile& file) {
  HttpResponse response = respond(200, std::string(file.content_type), std::string(file.content));
  // What the workspace shows comes from outside; nothing in it may run.
  response.headers.emplace("Content-Security-Policy", "default-src 'self'; img-src 'self' data:");
  response.headers.emplace("X-Content-Type-Options", "nosniff");
  return response;
}

// Any site may make a browser send requests here; only this page, by this name, may act.
bool from_this_page(const HttpRequest& request) {
  const std::string host = request.header("host");
  const std::string suffix = ":" + std::to_string(request.port);
  const bool local = host == "127.0.0.1" + suffix || host == "localhost" + suffix;
  const std::string origin = request.header("origin");
  return local && (origin.empty() || origin == "http://" + host);
}

}  // namespace

class PageServer::Impl {
 public:
  Impl(Cluster& cluster, Workspace& workspace, PageOptions options)
      : cluster_(cluster),
        workspace_(workspace),
        options_(std::move(options)),
        http_(options_.port, [this](const HttpRequest& request) { return handle(request); }) {
    cluster_.on_change([this] { changed(); });
    subscription_ = workspace_.on_change([this] { changed(); });
    if (options_.notifier != nullptr) options_.notifier->on_change([this] { changed(); });
  }

  ~Impl() {
    subscription_.reset();
    cluster_.on_change({});
    http_.stop();
    if (options_.notifier != nullptr) options_.notifier->on_change({});
  }

  int port() const { return http_.port(); }

 private:
  HttpResponse handle(const HttpRequest& request) {
    if (!from_this_page(request)) return respond_error(403, "not for other sites");
    if (request.method == "POST" && request.path.starts_with(kRequests)) return post(request);
    if (request.method == "POST" && request.path.starts_with(kNotifier)) return press(request);
    if (request.method != "GET") return respond_error(405, "only GET");
    if (request.path == "/api/events") return events(request);
    if (const PageFile* file = find_page_file(request.path)) return serve_file(*file);
    return respond_error(404, "there is nothing here");
  }

  HttpResponse post(const HttpRequest& request) {
    const Json form = Json::parse(request.body, nullptr, false);
    return respond_result(act(cluster_, request.path.substr(kRequests.size()), form));
  }

  // On this connection's thread, which may wait for it; the others go on.
  HttpResponse press(const HttpRequest& request) {
    if (options_.notifier == nullptr) return respond_error(404, "this page has no notifier");
    return respond_result(options_.notifier->act(request.path.substr(kNotifier.size())));
  }

  HttpResponse events(const HttpRequest& request) {
    HttpResponse response = respond(200, "text/event-stream", "");
    response.stream = [this, stop = request.stop,
                       seen =
                           std::optional<std::uint64_t>()]() mutable -> std::optional<std::string> {
      const bool first = !seen;
      if (!wait_for_news(seen, stop)) return std::nullopt;
      return first ? greeting() + snapshot(*seen) : snapshot(*seen);
    };
    return response;
  }

  // False when the server stops. Also returns when the heartbeat is due.
  bool wait_for_news(std::optional<std::uint64_t>& seen, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (seen) moved_.wait_for(lock, stop, kHeartbeat, [&] { return version_ != *seen; });
    seen = version_;
    return !stop.stop_requested();
  }

  // What does not change while the program runs.
  std::string greeting() const {
    const Json world = {{"emoji", emoji_view()}, {"roles", options_.roles}};
    return "retry: " + std::to_string(kReconnectMs) + "\nevent: world\ndata: " + dump(world) +
           "\n\n";
  }

  std::string snapshot(std::uint64_t version) const {
    Json state = {{"slack", slack_view(workspace_)},
                  {"cluster", cluster_view(cluster_)},
                  {"notifier", nullptr}};
    if (options_.notifier != nullptr) state["notifier"] = options_.notifier->view();
    return "id: " + std::to_string(version) + "\nevent: state\ndata: " + dump(state) + "\n\n";
  }

  void changed() {
    {
      const std::lock_guard lock(mutex_);
      ++version_;
    }
    moved_.notify_all();
  }

  Cluster& cluster_;
  Workspace& workspace_;
  const PageOptions options_;
  std::mutex mutex_;
  std::condition_variable_any moved_;
  std::uint64_t version_ = 0;  // guarded by mutex_
  Workspace::Subscription subscription_;
  HttpServer http_;  // last: its threads use the rest
};

PageServer::PageServer(Cluster& cluster, Workspace& workspace, PageOptions options)
    : impl_(std::make_unique<Impl>(cluster, workspace, std::move(options))) {}
PageServer::~PageServer() = default;

int PageServer::port() const { return impl_->port(); }
std::string PageServer::url() const { return "http://127.0.0.1:" + std::to_string(port()) + "/"; }

}  // namespace notifyd::sim
