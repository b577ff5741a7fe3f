#include "daemon/inspection.h"

#include <chrono>
#include <memory>
#include <set>
#include <utility>

#include "base/time_text.h"
#include "daemon/access.h"
#include "daemon/daemon.h"
#include "daemon/instances.h"
#include "daemon/lineup.h"
#include "net/http.h"
#include "ops/log.h"
#include "ops/runtime_dir.h"
#include "teleport/address.h"

namespace notifyd::daemon {
namespace {

Result<> look_at_address(const config::TeleportConfig& config, Inspection& found) {
  auto address = auth_address(config);
  if (!address) return std::move(address).error();
  if (const std::string hint = teleport::port_hint(*address); !hint.empty()) {
    found.warnings.push_back(config.addr_at.str() + ": " + hint);
  }
  found.address = *std::move(address);
  return Done{};
}

// In time: a quarter of its life before the end.
bool ends_soon(const InspectedIdentity& identity) {
  const Millis life(identity.facts.valid_until_ms - identity.facts.valid_from_ms);
  return identity.left * 4 < life;
}

Result<> look_at_identity(const config::TeleportConfig& config, Inspection& found) {
  const auto now = std::chrono::system_clock::now();
  auto facts = identity_facts(config, now);
  if (!facts) return std::move(facts).error();
  for (std::string& warning : credential_warnings(config)) {
    found.warnings.push_back(std::move(warning));
  }
  const Millis left(facts->valid_until_ms - unix_ms(now));
  const std::string& file = config.identity.empty() ? config.client_crt : config.identity;
  found.identity = InspectedIdentity{file, *std::move(facts), left};
  if (ends_soon(*found.identity)) {
    found.warnings.push_back("the certificate ends in " + rough_duration(left) +
                             "; renew it before: " + found.identity->facts.renew);
  }
  return Done{};
}

std::map<std::string, std::size_t> sections_of(const config::Settings& settings) {
  std::map<std::string, std::size_t> sections;
  for (const auto& [name, entry] : settings.entries) {
    std::set<std::string> values;
    for (const auto& [key, its] : entry.table) values.insert(its.begin(), its.end());
    if (!entry.table.empty()) sections.emplace(name, values.size());
  }
  return sections;
}

InspectedNotifier notifier_of(const LineupEntry& entry) {
  return {entry.name, entry.module, entry.library->info().version, entry.settings.file,
          sections_of(entry.settings)};
}

// A daemon whose engine never runs, and that says nothing.
struct Rehearsal {
  AsioEngine engine;
  std::unique_ptr<net::Http> http = net::make_curl_http({}, Log());
  Instances instances{engine, *http, Log()};
};

Result<> rehearse(Lineup lineup, Rehearsal& rehearsal, Inspection& found) {
  for (LineupEntry& entry : lineup.entries) {
    InspectedNotifier notifier = notifier_of(entry);
    const auto started = rehearsal.instances.start(std::move(entry));
    if (!started) return started.error();
    found.notifiers.push_back(std::move(notifier));
  }
  return Done{};
}

Result<> look_at_lineup(const config::HostConfig& config, Inspection& found) {
  auto lineup = make_lineup(config, Loading::kToLook, Log());
  if (!lineup) return std::move(lineup).error();
  found.warnings.insert(found.warnings.end(), lineup->warnings.begin(), lineup->warnings.end());
  auto rehearsal = std::make_unique<Rehearsal>();
  auto done = rehearse(*std::move(lineup), *rehearsal, found);
  rehearsal->instances.end(std::chrono::steady_clock::now() + kModulesEndWithin);
  found.stuck = rehearsal->instances.stuck() > 0;
  if (found.stuck) {
    found.warnings.emplace_back("a module does not come back from a call; it would hold up a stop");
    // Nothing can be destroyed while the module may use it, and the process is about to leave.
    static_cast<void>(rehearsal.release());
  }
  return done;
}

Result<> look(const config::HostConfig& config, Inspection& found) {
  if (auto done = ops::judge_log(config.log); !done) return done;
  if (auto done = ops::judge_runtime_dir(config.runtime_dir); !done) return done;
  if (auto done = look_at_address(config.teleport, found); !done) return done;
  if (auto done = look_at_identity(config.teleport, found); !done) return done;
  return look_at_lineup(config, found);
}

}  // namespace

Inspection inspect(const config::HostConfig& config) {
  Inspection found;
  found.warnings = config.warnings;
  if (auto done = look(config, found); !done) found.fault = std::move(done).error();
  return found;
}

}  // namespace notifyd::daemon
