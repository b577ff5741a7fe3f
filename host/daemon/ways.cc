#include "daemon/ways.h"

#include "net/http.h"
#include "teleport/grpc_dialer.h"

namespace notifyd::daemon {
namespace {

notify::Task<> dial(teleport::GrpcDialer& dialer, AsioEngine& engine, Ways& ways) {
  {
    auto dialing = dialer.dial();
    const auto connected = co_await dialing;
    if (!connected) ways.trouble = connected.error().message;
  }
  engine.stop();
}

}  // namespace

Ways try_ways(const config::TeleportConfig& config, const Access& access) {
  AsioEngine engine;
  const auto http = net::make_curl_http({}, Log());
  teleport::GrpcDialer dialer(
      engine, *http,
      {access.addresses, credential_paths(config), {access.proxy_cas, config.insecure}});
  Ways ways;
  notify::Scope scope;
  scope.run(dial(dialer, engine, ways));
  engine.run();
  for (const auto& answer : dialer.answers()) ways.answers.emplace_back(answer.asked, answer.said);
  return ways;
}

}  // namespace notifyd::daemon
