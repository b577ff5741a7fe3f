// Reads a ClientHello and hands the connection to whom it is for, as Teleport's ALPN proxy does:
// by the first protocol that it knows, and for an Auth Service by the very first.
#pragma once

#include <memory>
#include <string>

#include "sim/proxy/connection.h"
#include "sim/proxy/layer.h"
#include "sim/proxy/proxy_world.h"

namespace notifyd::sim {

class Router final : public Upper {
 public:
  enum class Place { kOutside, kUpgraded };

  Router(Connection& connection, Lower& below, Place place)
      : connection_(connection), below_(below), place_(place) {}

  void received(std::string_view bytes) override;

 private:
  void route();
  std::unique_ptr<Upper> to_auth_service();
  std::unique_ptr<Upper> terminated();

  Connection& connection_;
  Lower& below_;
  const Place place_;
  std::string hello_;            // what came of it so far
  std::unique_ptr<Upper> next_;  // whom it is for
};

}  // namespace notifyd::sim
