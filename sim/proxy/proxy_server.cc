#include "sim/proxy/proxy_server.h"

#include <map>
#include <utility>

#include "sim/proxy/connection.h"
#include "sim/proxy/loop.h"
#include "sim/proxy/proxy_world.h"

namespace notifyd::sim {

// All but the reservation is the loop's.
struct ProxyServer::Impl {
  Impl(const Cluster& cluster, const Pki& pki, int auth_port, int port, Loopback loopback)
      : reservation(port, loopback), world(cluster, pki, loopback, auth_port) {
    world.port = reservation.port();
  }

  template <class Work>
  auto on_loop(Work work) {
    decltype(work()) result{};
    world.loop.call([&] { result = work(); });
    return result;
  }

  void accept(std::shared_ptr<Peer> client) {
    world.counts.count(ProxyEvent::kAccepted);
    if (until_drop > 0 && --until_drop == 0) return client->abort();
    const std::uint64_t id = ++last_id;
    connections[id] = std::make_unique<Connection>(world, std::move(client),
                                                   [this, id] { connections.erase(id); });
  }

  const PortReservation reservation;
  ProxyWorld world;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections;
  std::uint64_t last_id = 0;
  std::uint64_t until_drop = 0;  // 0: none is to be dropped
  std::shared_ptr<void> listening;
};

ProxyServer::ProxyServer(const Cluster& cluster, const Pki& pki, int auth_port, int port,
                         Loopback loopback)
    : impl_(std::make_unique<Impl>(cluster, pki, auth_port, port, loopback)) {
  start();
}

ProxyServer::~ProxyServer() { stop(); }

int ProxyServer::port() const { return impl_->reservation.port(); }

std::string ProxyServer::address() const { return impl_->world.address(); }

const std::string& ProxyServer::web_ca_pem() const { return impl_->world.web_ca.cert_pem(); }

void ProxyServer::start() {
  impl_->world.loop.call([this] {
    if (impl_->listening) return;
    impl_->listening = impl_->world.loop.listen(
        impl_->world.loopback, port(),
        [impl = impl_.get()](std::shared_ptr<Peer> client) { impl->accept(std::move(client)); });
  });
}

void ProxyServer::stop() {
  impl_->world.loop.call([this] {
    impl_->listening.reset();
    impl_->connections.clear();
  });
}

void ProxyServer::set_quirks(const ProxyQuirks& quirks) {
  impl_->world.loop.call([&] { impl_->world.quirks = quirks; });
}

ProxyQuirks ProxyServer::quirks() const {
  return impl_->on_loop([this] { return impl_->world.quirks; });
}

void ProxyServer::cut_connections() {
  impl_->world.loop.call([this] { impl_->connections.clear(); });
}

void ProxyServer::drop_connection(std::uint64_t n) {
  impl_->world.loop.call([&] { impl_->until_drop = n; });
}

std::size_t ProxyServer::open_connections() const {
  return impl_->on_loop([this] { return impl_->connections.size(); });
}

std::uint64_t ProxyServer::count(ProxyEvent event) const { return impl_->world.counts.of(event); }

}  // namespace notifyd::sim
