#include "teleport/tunneled_session.h"

#include <utility>

namespace notifyd::teleport {
namespace {

template <class T>
Task<Result<T>> explained(std::shared_ptr<Tunnel> tunnel, Task<Result<T>> call) {
  Result<T> answer = co_await call;
  if (answer || answer.error().code != Errc::kUnavailable || !tunnel->ended()) {
    co_return std::move(answer);
  }
  co_return *tunnel->ended();
}

class TunneledStream final : public EventStream {
 public:
  TunneledStream(std::shared_ptr<Tunnel> tunnel, std::unique_ptr<EventStream> stream)
      : tunnel_(std::move(tunnel)), stream_(std::move(stream)) {}
  Task<Result<WatchEvent>> next() override { return explained(tunnel_, stream_->next()); }

 private:
  std::shared_ptr<Tunnel> tunnel_;
  std::unique_ptr<EventStream> stream_;  // goes first: what it waits for comes through the tunnel
};

class TunneledSession final : public AuthSession {
 public:
  TunneledSession(std::shared_ptr<AuthSession> session, std::shared_ptr<Tunnel> tunnel)
      : tunnel_(std::move(tunnel)), session_(std::move(session)) {}

  Task<Result<Cluster>> ping() override { return explained(tunnel_, session_->ping()); }
  std::unique_ptr<EventStream> watch() override {
    return std::make_unique<TunneledStream>(tunnel_, session_->watch());
  }
  Task<Result<RequestPage>> list(std::string page, AllTold told) override {
    return explained(tunnel_, session_->list(std::move(page), std::move(told)));
  }
  Task<Result<RecordList>> list_records(std::string plugin, ToldTest told) override {
    return explained(tunnel_, session_->list_records(std::move(plugin), std::move(told)));
  }
  Task<Result<PluginEntry>> read(std::string request_id, std::string plugin) override {
    return explained(tunnel_, session_->read(std::move(request_id), std::move(plugin)));
  }
  Task<Result<>> write(std::string request_id, std::string plugin, PluginEntry set,
                       PluginEntry expect) override {
    return explained(tunnel_, session_->write(std::move(request_id), std::move(plugin),
                                              std::move(set), std::move(expect)));
  }

 private:
  std::shared_ptr<Tunnel> tunnel_;
  std::shared_ptr<AuthSession> session_;
};

}  // namespace

std::shared_ptr<AuthSession> make_tunneled(std::shared_ptr<AuthSession> session,
                                           std::shared_ptr<Tunnel> tunnel) {
  return std::make_shared<TunneledSession>(std::move(session), std::move(tunnel));
}

}  // namespace notifyd::teleport
