// `check`: everything that `start` does before it connects, and what it found in words.
#include <chrono>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/engine.h"
#include "base/time_text.h"
#include "cli/commands.h"
#include "cli/lineup.h"
#include "module/instance.h"
#include "net/http.h"
#include "ops/log.h"
#include "teleport/address.h"
#include "teleport/identity.h"

namespace notifyd::cli {
namespace {

void warn(const std::string& warning, Io io) { io.err << "warning: " << warning << '\n'; }

teleport::CredentialPaths paths_of(const config::TeleportConfig& config) {
  return {config.identity, config.client_key, config.client_crt, config.root_cas};
}

// In time: a quarter of its life before the end.
void warn_if_it_ends_soon(const teleport::IdentityFacts& facts, std::int64_t now, Io io) {
  const std::int64_t left = facts.valid_until_ms - now;
  if (left * 4 >= facts.valid_until_ms - facts.valid_from_ms) return;
  warn("the certificate ends in " + rough_duration(Millis(left)) +
           "; renew it before: " + facts.renew,
       io);
}

Result<> show_identity(const config::TeleportConfig& config, Io io) {
  const auto now = std::chrono::system_clock::now();
  const auto identity = teleport::load_identity(paths_of(config), now);
  if (!identity) return identity.error().in(config.credentials_at.str());
  const teleport::IdentityFacts& facts = identity->facts;
  io.out << "identity   " << (config.identity.empty() ? config.client_crt : config.identity)
         << ": user " << facts.user;
  if (!facts.cluster.empty()) io.out << ", cluster " << facts.cluster;
  io.out << ", valid until " << utc_text(facts.valid_until_ms) << " (for "
         << rough_duration(Millis(facts.valid_until_ms - unix_ms(now))) << ")\n";
  warn_if_it_ends_soon(facts, unix_ms(now), io);
  return Done{};
}

Result<> show_address(const config::TeleportConfig& config, Io io) {
  const auto address = teleport::auth_address(config.addr);
  if (!address) return address.error().in(config.addr_at.str());
  io.out << "teleport   " << *address << '\n';
  if (const std::string hint = teleport::port_hint(*address); !hint.empty()) {
    warn(config.addr_at.str() + ": " + hint, io);
  }
  return Done{};
}

std::string recipients_of(const config::Settings& settings) {
  const auto* roles = settings.find("role_to_recipients");
  if (roles == nullptr) return "";
  std::set<std::string> recipients;
  for (const auto& [role, names] : roles->table) recipients.insert(names.begin(), names.end());
  return ", recipients: " + std::to_string(recipients.size());
}

void show(const LineupEntry& entry, Io io) {
  io.out << "notifier   " << entry.name << ": " << entry.module << " v"
         << entry.library->info().version << ", " << entry.settings.file
         << recipients_of(entry.settings) << '\n';
}

// Where instances are made and ended again without doing anything: a module may refuse what its
// options cannot say, and does so when it is created. The engine never runs.
struct Rehearsal {
  Log log;
  AsioEngine engine;
  std::unique_ptr<net::Http> http = net::make_curl_http({}, log);
  std::shared_ptr<modules::Quarantine> quarantine = std::make_shared<modules::Quarantine>();
};

Result<> rehearse(const LineupEntry& entry, Rehearsal& rehearsal) {
  modules::InstanceOptions options{.name = entry.name,
                                   .library = entry.library,
                                   .settings = entry.settings,
                                   .quarantine = rehearsal.quarantine,
                                   .count = {},
                                   .limits = {}};
  const auto started = modules::Instance::start(std::move(options), rehearsal.engine,
                                                *rehearsal.http, rehearsal.log);
  if (!started) return started.error();
  return Done{};
}

// A module that hangs would be waited for; nothing here is worth that.
void leave_if_stuck(Rehearsal& rehearsal, const Error& error, Io io) {
  if (rehearsal.quarantine->size() == 0) return;
  failed(error, io);
  io.out.flush();
  io.err.flush();
  std::_Exit(kFailed);
}

Result<> show_lineup(const config::HostConfig& config, Io io) {
  const auto lineup = make_lineup(config, Log());
  if (!lineup) return lineup.error();
  for (const std::string& warning : lineup->warnings) warn(warning, io);
  Rehearsal rehearsal;
  for (const LineupEntry& entry : lineup->entries) {
    if (const auto good = rehearse(entry, rehearsal); !good) {
      leave_if_stuck(rehearsal, good.error(), io);
      return good;
    }
    show(entry, io);
  }
  return Done{};
}

Result<> check_all(const Arguments& arguments, Io io) {
  const auto config = load_config(arguments);
  if (!config) return config.error();
  for (const std::string& warning : config->warnings) warn(warning, io);
  if (auto done = ops::judge_log(config->log); !done) return done;
  if (auto done = show_address(config->teleport, io); !done) return done;
  if (auto done = show_identity(config->teleport, io); !done) return done;
  return show_lineup(*config, io);
}

}  // namespace

int check(const Arguments& arguments, Io io) {
  const auto checked = check_all(arguments, io);
  if (!checked) return failed(checked.error(), io);
  io.out << arguments.config << " is good; neither Teleport nor a chat service was asked\n";
  return kOk;
}

}  // namespace notifyd::cli
