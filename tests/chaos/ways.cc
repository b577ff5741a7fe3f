#include "chaos/ways.h"

#include "chaos/random.h"

namespace notifyd::chaos {
namespace {

std::vector<Way> make_ways() {
  sim::ProxyQuirks websocket, older;
  websocket.alpn = sim::ProxyAlpn::kStripped;
  websocket.upgrades = sim::ProxyUpgrades::kWebSocket;
  older.alpn = sim::ProxyAlpn::kRefused;
  older.upgrades = sim::ProxyUpgrades::kLegacy;
  for (sim::ProxyQuirks* quirks : {&websocket, &older}) {
    quirks->ping_interval = std::chrono::milliseconds(100);
  }
  return {{"direct", std::nullopt},
          {"tls-routing", sim::ProxyQuirks{}},
          {"websocket-upgrade", websocket},
          {"older-upgrade", older}};
}

}  // namespace

const std::vector<Way>& ways() {
  static const std::vector<Way> kWays = make_ways();
  return kWays;
}

const Way& way_of(std::uint64_t seed, std::size_t replica, std::size_t life) {
  const std::uint64_t first = Random(seed, "ways").number() % ways().size();
  return ways().at((first + 2 * replica + life) % ways().size());
}

}  // namespace notifyd::chaos
