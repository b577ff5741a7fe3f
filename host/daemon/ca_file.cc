#include "daemon/ca_file.h"

#include "base/trusted_file.h"

namespace notifyd::daemon {
namespace {

constexpr std::size_t kMaxCaFile = 4U << 20U;  // twenty times what Debian's CAs take

Result<net::CaText> read(const std::string& path) {
  const auto text = read_trusted(path, kMaxCaFile, file_trust());
  if (!text) {
    Error error = about(text.error(), path);
    if (error.code != kUntrusted) {
      error.message += "; put the CA's certificate there, as a PEM block, or remove the key";
    }
    return error;
  }
  auto cas = net::read_ca_text(*text);
  if (!cas) return invalid(path + " " + cas.error().message);
  return cas;
}

}  // namespace

net::CaText judge_ca_file(const std::string& key, const std::string& path,
                          const config::Position& at, config::Faults& faults) {
  if (path.empty()) return nullptr;
  auto cas = read(path);
  if (cas) return *std::move(cas);
  faults.add(at, key + ": " + cas.error().message, config::FoundIn::kMachine);
  return nullptr;
}

}  // namespace notifyd::daemon
