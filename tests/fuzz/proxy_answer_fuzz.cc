// What a Teleport proxy, or whoever is in its place, sends. First byte: which of its answers, and
// how they are cut; every way of cutting must come to the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http_head.h"
#include "net/tls_layer.h"
#include "net/upgrade_layer.h"
#include "net/websocket.h"
#include "teleport/proxy_facts.h"

namespace {

using namespace notifyd;

struct Outcome {
  std::string up, error;
  bool operator==(const Outcome&) const = default;
};

// In pieces of `piece` bytes.
template <class Take>
Outcome in_pieces(std::string_view bytes, std::size_t piece, Take take) {
  Outcome outcome;
  while (!bytes.empty() && outcome.error.empty()) {
    const Result<> taken = take(bytes.substr(0, piece), outcome.up);
    if (!taken) outcome.error = taken.error().message;
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return outcome;
}

Outcome frames(std::string_view bytes, std::size_t piece) {
  net::WebSocketReader reader;
  std::string answer;
  return in_pieces(bytes, piece, [&](std::string_view part, std::string& up) {
    return reader.read(part, up, answer);
  });
}

Outcome upgrade(std::string_view bytes, std::size_t piece) {
  const auto layer = net::make_upgrade_layer("teleport.example.com");
  if (!layer->start()) std::abort();
  return in_pieces(bytes, piece, [&](std::string_view part, std::string& up) {
    Result<> taken = layer->receive(part);
    up += layer->take_up();
    return taken;
  });
}

void tls(std::string_view bytes) {
  net::TlsOptions options;
  options.peer = "the proxy";
  options.name = "localhost";
  options.roots = net::TlsOptions::Roots::kUnverified;
  const auto layer = net::make_tls_layer(std::move(options));
  if (!layer || !(*layer)->start()) std::abort();
  static_cast<void>((*layer)->receive(bytes));
}

void one_line(const std::string& text) {
  if (text.find('\n') != std::string::npos) std::abort();
}

void find(std::string_view bytes) {
  const auto facts = teleport::parse_find("teleport.example.com:443", 200, std::string(bytes));
  one_line(facts ? facts->cluster + facts->version : facts.error().message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t piece = 1 + (data[0] >> 3U);
  switch (data[0] % 5) {
    case 0:
      find(bytes);
      break;
    case 1:
      static_cast<void>(net::parse_http_head(bytes));
      break;
    case 2:
      if (frames(bytes, piece).up != frames(bytes, size).up) std::abort();
      break;
    case 3:
      if (upgrade(bytes, piece).up != upgrade(bytes, size).up) std::abort();
      break;
    default:
      tls(bytes);
  }
  return 0;
}
