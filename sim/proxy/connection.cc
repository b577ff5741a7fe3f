#include "sim/proxy/connection.h"

#include <utility>

#include "sim/proxy/router.h"

namespace notifyd::sim {
namespace {

// Who sends more than this while the other side takes nothing has to wait.
constexpr std::size_t kMaxBacklog = std::size_t{1} << 20U;

// Accepts all and says nothing.
class Silence final : public Upper {
 public:
  void received(std::string_view /*bytes*/) override {}
};

}  // namespace

class Connection::AuthPipe final : public Upper {
 public:
  AuthPipe(Peer& client, Peer& auth) : client_(client), auth_(auth) {}

  void received(std::string_view bytes) override {
    auth_.send(bytes);
    if (auth_.backlog() > kMaxBacklog) client_.pause();
  }

 private:
  Peer& client_;
  Peer& auth_;
};

Connection::Connection(ProxyWorld& world, std::shared_ptr<Peer> client, std::function<void()> over)
    : world_(world), client_(std::move(client)) {
  if (world_.quirks.door == ProxyDoor::kOpen) {
    above_ = std::make_unique<Router>(*this, *client_, Router::Place::kOutside);
  } else {
    above_ = std::make_unique<Silence>();
  }
  client_->start({.received = [this](std::string_view bytes) { above_->received(bytes); },
                  .drained =
                      [this] {
                        if (auth_) auth_->resume();
                      },
                  .ended = std::move(over)});
  if (world_.quirks.door == ProxyDoor::kShut) client_->close();
}

Connection::~Connection() {
  client_->abort();
  if (auth_) auth_->abort();
}

std::unique_ptr<Upper> Connection::pipe_to_auth_service(Lower& below) {
  auth_ = world_.loop.connect(world_.loopback, world_.auth_port);
  if (!auth_) return nullptr;
  auth_->start({.received =
                    [this, &below](std::string_view bytes) {
                      below.send(bytes);
                      if (client_->backlog() > kMaxBacklog) auth_->pause();
                    },
                .drained = [this] { client_->resume(); },
                .ended = [&below] { below.close(); }});
  return std::make_unique<AuthPipe>(*client_, *auth_);
}

void Connection::every(Millis interval, Loop::Work work) {
  timers_.push_back(world_.loop.every(interval, std::move(work)));
}

}  // namespace notifyd::sim
