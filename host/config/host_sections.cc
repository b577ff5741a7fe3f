#include "config/host_sections.h"

#include <algorithm>
#include <array>

#include "base/accounts.h"
#include "base/text.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

constexpr const char* kDefaultAddr = "localhost:3025";
// Shorter than that, a replica that is merely slow would lose what it is at; see
// docs/reliability.md on clocks.
constexpr std::chrono::seconds kShortestClaim{5};
constexpr std::chrono::minutes kLongestClaim{10};
constexpr std::chrono::seconds kShortestResync{10};
constexpr std::int64_t kMostBeforeDigest = 100'000;
constexpr std::array kKeyTriple{"client_key", "client_crt", "root_cas"};

bool given(const Settings& settings, const std::string& name) { return settings.given(name); }

void fault_at(const Settings& settings, const std::string& name, const std::string& message,
              Faults& faults, FoundIn found = FoundIn::kText) {
  faults.add(settings.find(name)->at, message, found);
}

struct Address {
  std::vector<std::string> texts{kDefaultAddr};
  Position at;
};

// What it may be is the teleport part's to judge; it is told where the address is written.
Address address(const Settings& settings, std::vector<std::string>& warnings) {
  std::string from = "teleport.addr";
  if (given(settings, "teleport.auth_server")) {
    const bool both = given(settings, from);
    const std::string position = settings.find("teleport.auth_server")->at.str();
    warnings.push_back(position + ": teleport.auth_server is the old name of teleport.addr" +
                       (both ? ", which is there too and wins; remove it" : "; write addr = ..."));
    if (!both) from = "teleport.auth_server";
  }
  if (!given(settings, from)) return {.at = {settings.file}};
  const Settings::Entry& entry = *settings.find(from);
  if (settings.wrong.contains(from)) return {.at = entry.at};
  return {entry.values, entry.at};
}

// What is written of client_key, client_crt and root_cas, which go together.
struct KeyTriple {
  std::vector<std::string> there, missing;
};

KeyTriple key_triple(const Settings& settings) {
  KeyTriple triple;
  for (const std::string key : kKeyTriple) {
    (given(settings, "teleport." + key) ? triple.there : triple.missing).push_back(key);
  }
  return triple;
}

void beside_identity(const Settings& settings, const KeyTriple& triple, Faults& faults) {
  const std::string keys = join(triple.there, " and ");
  const std::string rest =
      triple.missing.empty() ? "" : " and write " + join(triple.missing, " and ") + " too";
  fault_at(settings, "teleport." + triple.there.front(),
           "[teleport] has identity and " + keys +
               ", and only one kind of credentials can be used; remove " + keys +
               ", or remove identity" + rest,
           faults);
}

// Whether they are of one kind, and whole.
bool credentials(const Settings& settings, const Position& section, Faults& faults) {
  const KeyTriple triple = key_triple(settings);
  const bool identity = given(settings, "teleport.identity");
  if (identity && !triple.there.empty()) {
    beside_identity(settings, triple, faults);
  } else if (!triple.there.empty() && !triple.missing.empty()) {
    fault_at(settings, "teleport." + triple.there.front(),
             "[teleport] has " + join(triple.there, " and ") + " without " +
                 join(triple.missing, " and ") +
                 "; write client_key, client_crt and root_cas, or identity instead of them",
             faults);
  } else if (!identity && triple.there.empty()) {
    faults.add(section,
               "[teleport] has no credentials; write identity = \"/path/of/the/identity/file\" "
               "(tctl auth sign --format=file makes one, or a bot does), or client_key, "
               "client_crt and root_cas");
  } else {
    return true;
  }
  return false;
}

void refresh(const Settings& settings, Faults& faults) {
  if (settings.flag("teleport.refresh_identity") && !given(settings, "teleport.identity")) {
    fault_at(settings, "teleport.refresh_identity",
             "refresh_identity needs identity; write identity = \"/path\" under [teleport], or "
             "remove refresh_identity",
             faults);
  }
  const std::int64_t ms = settings.integer("teleport.refresh_identity_interval").value_or(0);
  if (ms > 0 && ms < 1000) {
    fault_at(settings, "teleport.refresh_identity_interval",
             "teleport.refresh_identity_interval is shorter than a second; write \"1m\"", faults);
  }
}

// 0 is the default, as for upstream.
std::chrono::milliseconds refresh_interval(const Settings& settings) {
  const std::int64_t ms = settings.integer("teleport.refresh_identity_interval").value_or(0);
  return std::chrono::milliseconds(ms > 0 ? ms : 60'000);
}

std::optional<uid_t> identity_owner(const Settings& settings, Faults& faults) {
  const std::string written = settings.text("teleport.identity_owner");
  if (written.empty()) return std::nullopt;
  const auto user = user_number(written);
  if (!user) {
    fault_at(settings, "teleport.identity_owner",
             "no user of this machine is called \"" + visible(written) +
                 "\"; write the name or the number of the user that tbot runs as",
             faults, FoundIn::kMachine);
  }
  return user;
}

void read_credentials(const Settings& settings, TeleportConfig& config) {
  config.identity = settings.text("teleport.identity");
  config.client_key = settings.text("teleport.client_key");
  config.client_crt = settings.text("teleport.client_crt");
  config.root_cas = settings.text("teleport.root_cas");
  const bool triple =
      !config.client_key.empty() && !config.client_crt.empty() && !config.root_cas.empty();
  if (config.identity.empty() && !triple) {  // part of it is a fault by itself
    config.client_key = config.client_crt = config.root_cas = "";
    return;
  }
  config.credentials_at =
      settings.find(config.identity.empty() ? "teleport.client_crt" : "teleport.identity")->at;
}

}  // namespace

const std::vector<Option>& teleport_options() {
  static const std::vector<Option> kOptions{
      {.name = "teleport.addr",
       .type = Type::kList,
       .blank = true,
       .help = "address of the Proxy Service, host:443, or of the Auth Service, host:3025; of "
               "several the first that works is taken"},
      {.name = "teleport.auth_server", .help = "old name of addr"},
      {.name = "teleport.identity", .help = "path of the identity file"},
      {.name = "teleport.identity_owner",
       .help = "the user that keeps the identity fresh, such as tbot's; root and this program's "
               "own are trusted anyway"},
      {.name = "teleport.refresh_identity",
       .type = Type::kBool,
       .fallback = "false",
       .help = "reconnect when the identity file changes"},
      {.name = "teleport.refresh_identity_interval",
       .type = Type::kDuration,
       .fallback = "1m",
       .help = "how often to look whether it did"},
      {.name = "teleport.ca_file",
       .help = "path of the CAs that the proxy's certificate is from, where the system does not "
               "know them"},
      {.name = "teleport.insecure",
       .type = Type::kBool,
       .fallback = "false",
       .help = "true: whoever answers at the proxy's address is believed to be it; for trials"},
      {.name = "teleport.client_key", .help = "path of the private key, instead of identity"},
      {.name = "teleport.client_crt", .help = "path of the certificate, instead of identity"},
      {.name = "teleport.root_cas", .help = "path of the cluster's CAs, instead of identity"},
  };
  return kOptions;
}

const std::vector<Option>& log_options() {
  static const std::vector<Option> kOptions{
      {.name = "log.output",
       .fallback = "stderr",
       .help = "stderr, stdout, or a file that is appended to"},
      {.name = "log.severity", .fallback = "info", .help = "debug, info, warn or error"},
  };
  return kOptions;
}

TeleportConfig teleport_config(const Settings& settings, const Position& section, Faults& faults,
                               std::vector<std::string>& warnings) {
  TeleportConfig config;
  const Address addr = address(settings, warnings);
  config.addrs = addr.texts;
  config.addr_at = addr.at;
  if (credentials(settings, section, faults)) read_credentials(settings, config);
  refresh(settings, faults);
  config.identity_owner = identity_owner(settings, faults);
  config.ca_file = settings.text("teleport.ca_file");
  if (!config.ca_file.empty()) config.ca_file_at = settings.find("teleport.ca_file")->at;
  config.insecure = settings.flag("teleport.insecure");
  config.refresh_identity = settings.flag("teleport.refresh_identity");
  config.refresh_identity_interval = refresh_interval(settings);
  config.file = settings.file;
  return config;
}

LogConfig log_config(const Settings& settings, Faults& faults) {
  static const std::map<std::string, Severity> kSeverities{
      {"trace", Severity::kDebug}, {"debug", Severity::kDebug}, {"info", Severity::kInfo},
      {"", Severity::kInfo},       {"warn", Severity::kWarn},   {"warning", Severity::kWarn},
      {"error", Severity::kError}, {"err", Severity::kError}};
  static const std::map<std::string, std::string> kStreams{
      {"stderr", "stderr"},
      {"error", "stderr"},
      {"2", "stderr"},
      {"stdout", "stdout"},
      {"out", "stdout"},
      {"1", "stdout"},
      {"", "stdout"},
      // Their names as files; as such they could not be opened where the stream is a socket.
      {"/dev/stderr", "stderr"},
      {"/dev/fd/2", "stderr"},
      {"/proc/self/fd/2", "stderr"},
      {"/dev/stdout", "stdout"},
      {"/dev/fd/1", "stdout"},
      {"/proc/self/fd/1", "stdout"}};

  LogConfig log;
  const auto severity = kSeverities.find(lower_ascii(settings.text("log.severity")));
  if (severity != kSeverities.end()) {
    log.severity = severity->second;
  } else {
    fault_at(settings, "log.severity",
             "log.severity is not known; write \"debug\", \"info\", \"warn\" or \"error\"", faults);
  }
  const std::string output = settings.text("log.output");
  const auto stream = kStreams.find(output);
  log.output = stream == kStreams.end() ? output : stream->second;
  log.output_at = settings.find("log.output")->at;
  return log;
}

const std::vector<Option>& delivery_options() {
  static const std::vector<Option> kOptions{
      {.name = "delivery.claim_time",
       .type = Type::kDuration,
       .fallback = "30s",
       .help = "how long other replicas wait for one that has died; the same for all of them"},
      {.name = "delivery.resync_interval",
       .type = Type::kDuration,
       .fallback = "10m",
       .help = "how often everything is listed anew, in case an event did not come"},
      {.name = "delivery.digest_after",
       .type = Type::kInt,
       .fallback = "100",
       .help = "when so many requests of one person wait to be announced to one recipient, further "
               "ones are gathered in one message; 0: never"},
  };
  return kOptions;
}

DeliveryConfig delivery_config(const Settings& settings, Faults& faults) {
  const auto duration = [&](const char* key) {
    return std::chrono::milliseconds(settings.integer(key).value_or(0));
  };
  const std::int64_t digest_after = settings.integer("delivery.digest_after").value_or(0);
  const DeliveryConfig config{duration("delivery.claim_time"), duration("delivery.resync_interval"),
                              static_cast<std::size_t>(digest_after)};
  if (digest_after < 0 || digest_after > kMostBeforeDigest) {
    fault_at(settings, "delivery.digest_after",
             "delivery.digest_after must be between 0, which means never, and 100000", faults);
  }
  if (config.claim_time < kShortestClaim || config.claim_time > kLongestClaim) {
    fault_at(settings, "delivery.claim_time",
             "delivery.claim_time must be between 5 seconds and 10 minutes; write \"30s\"", faults);
  }
  if (config.resync_interval < kShortestResync) {
    fault_at(settings, "delivery.resync_interval",
             "delivery.resync_interval is shorter than 10 seconds; write \"10m\"", faults);
  }
  return config;
}

}  // namespace notifyd::config
