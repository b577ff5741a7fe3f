#include "sim/proxy/web_layer.h"

#include <utility>

#include "sim/proxy/find_answer.h"
#include "sim/proxy/router.h"

namespace notifyd::sim {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr Millis kDribbleInterval = std::chrono::milliseconds(50);
constexpr const char* kWebSocket = "websocket";
constexpr const char* kAlpn = "alpn";
constexpr const char* kAlpnPing = "alpn-ping";
constexpr std::size_t kKeyTextSize = 24;  // base64 of 16 bytes

bool asks_for(const HttpHead& request, std::string_view kind) {
  return request.has("upgrade", kind) || request.has("x-teleport-upgrade", kind);
}

bool is_websocket_handshake(const HttpHead& request) {
  return request.method == "GET" && request.first("sec-websocket-version") == "13" &&
         request.first("sec-websocket-key").size() == kKeyTextSize;
}

}  // namespace

void WebLayer::received(std::string_view bytes) {
  if (upgraded_) return upgraded_->received(bytes);
  unread_ += bytes;
  std::size_t end = 0;
  while (!upgraded_ && (end = unread_.find(kHeadEnd)) != std::string::npos) {
    const HttpHead request = parse_head(std::string_view(unread_).substr(0, end));
    unread_.erase(0, end + kHeadEnd.size());
    answer(request);
  }
  if (upgraded_ && !unread_.empty()) upgraded_->received(std::exchange(unread_, {}));
}

void WebLayer::answer(const HttpHead& request) {
  ProxyWorld& world = connection_.world();
  if (request.path == "/webapi/find") {
    world.counts.count(ProxyEvent::kFind);
    answer_find();
  } else if (request.path == "/webapi/ping") {
    world.counts.count(ProxyEvent::kPing);
    below_.send(json_response(200, ping_json(world)));
  } else if (request.path == "/webapi/connectionupgrade") {
    upgrade(request);
  } else {
    refuse(404, "path not found");
  }
}

void WebLayer::answer_find() {
  const ProxyWorld& world = connection_.world();
  const std::string text = find_response(world);
  if (world.quirks.find == FindAnswer::kSilent) return;
  if (world.quirks.find == FindAnswer::kDribble) return dribble(text);
  below_.send(text);
}

void WebLayer::dribble(const std::string& text) {
  connection_.every(kDribbleInterval, [this, text, at = std::size_t{0}]() mutable {
    below_.send(at < text.size() ? text.substr(at++, 1) : " ");
  });
}

// A header's value counts as a whole: Teleport finds nothing in "websocket, alpn".
void WebLayer::upgrade(const HttpHead& request) {
  const ProxyUpgrades known = connection_.world().quirks.upgrades;
  const bool websocket = known == ProxyUpgrades::kAll || known == ProxyUpgrades::kWebSocket;
  const bool legacy = known == ProxyUpgrades::kAll || known == ProxyUpgrades::kLegacy;
  if (websocket && asks_for(request, kWebSocket)) return upgrade_websocket(request);
  if (legacy && asks_for(request, kAlpnPing)) return upgrade_legacy(kAlpnPing);
  if (legacy && asks_for(request, kAlpn)) return upgrade_legacy(kAlpn);
  connection_.world().counts.count(ProxyEvent::kUpgradeRefused);
  refuse(404, "unsupported upgrade types");
}

void WebLayer::upgrade_legacy(const std::string& kind) {
  ProxyCounts& counts = connection_.world().counts;
  below_.send(switching_protocols(
      {{"Connection", "Upgrade"}, {"Upgrade", kind}, {"X-Teleport-Upgrade", kind}}));
  if (kind == kAlpnPing) {
    counts.count(ProxyEvent::kUpgradeAlpnPing);
    return carry_frames(std::make_unique<PingFrames>(below_, counts), true);
  }
  counts.count(ProxyEvent::kUpgradeAlpn);
  upgraded_ = std::make_unique<Router>(connection_, below_, Router::Place::kUpgraded);
}

void WebLayer::upgrade_websocket(const HttpHead& request) {
  ProxyCounts& counts = connection_.world().counts;
  if (!is_websocket_handshake(request)) {
    counts.count(ProxyEvent::kUpgradeRefused);
    return refuse(400, "not a websocket handshake");
  }
  const std::string carried = request.first("sec-websocket-protocol");
  const bool pings = carried == kAlpnPing;
  const bool known = pings || carried == kAlpn;
  HttpHeaders headers = {
      {"Upgrade", kWebSocket},
      {"Connection", "Upgrade"},
      {"Sec-WebSocket-Accept", websocket_accept(request.first("sec-websocket-key"))}};
  if (known) headers.emplace_back("Sec-WebSocket-Protocol", carried);
  below_.send(switching_protocols(headers));
  if (!known) return below_.close();
  counts.count(ProxyEvent::kUpgradeWebSocket);
  carry_frames(std::make_unique<WebSocketFrames>(below_, counts), pings);
}

void WebLayer::carry_frames(std::unique_ptr<Frames> frames, bool pings) {
  Frames& here = *frames;
  here.carry(std::make_unique<Router>(connection_, here, Router::Place::kUpgraded));
  upgraded_ = std::move(frames);
  if (!pings) return;
  connection_.every(connection_.world().quirks.ping_interval, [&here] { here.ping(); });
}

void WebLayer::refuse(int status, const std::string& why) {
  below_.send(json_response(status, error_json(why)));
}

}  // namespace notifyd::sim
