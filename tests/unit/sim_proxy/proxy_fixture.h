// A cluster with an Auth Service and a proxy, and ways through.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy_client.h"
#include "sim/proxy/proxy_server.h"
#include "sim/teleport/auth_server.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/pki.h"
#include "support/wait.h"

namespace notifyd::sim {

class ProxyTest : public testing::Test {
 protected:
  // To the web side, whose certificate is checked.
  TlsOffer web_offer() const { return {.protocols = {"http/1.1"}, .ca_pem = proxy_.web_ca_pem()}; }
  // End to end with the Auth Service.
  TlsOffer auth_offer() const {
    return {.protocols = {auth_protocol("sim.example.com"), "h2"},
            .server_name = "teleport.cluster.local",
            .ca_pem = pki_.ca_pem(),
            .who = &client_};
  }

  const Pki pki_;
  Cluster cluster_{{.seed = 1}};
  AuthServer auth_{cluster_, pki_};
  ProxyServer proxy_{cluster_, pki_, auth_.port()};
  const Credentials client_ = pki_.issue_client("notifier");
};

}  // namespace notifyd::sim
