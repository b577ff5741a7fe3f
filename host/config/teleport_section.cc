#include "config/teleport_section.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/accounts.h"
#include "base/text.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

constexpr const char* kDefaultAddr = "localhost:3025";
constexpr std::array kKeyTriple{"client_key", "client_crt", "root_cas"};

// One section as it was checked.
class Reader {
 public:
  Reader(const Settings& settings, const std::string& name, Position at, Faults& faults)
      : settings_(settings),
        name_(name),
        section_(section_of_cluster(name)),
        at_(std::move(at)),
        faults_(faults) {}

  TeleportConfig read(std::vector<std::string>& warnings);

 private:
  struct Address {
    std::vector<std::string> texts{kDefaultAddr};
    Position at;
  };
  // What is written of client_key, client_crt and root_cas, which go together.
  struct KeyTriple {
    std::vector<std::string> there, missing;
  };

  std::string key(const std::string& name) const { return section_ + "." + name; }
  std::string title() const { return "[" + section_ + "]"; }
  bool given(const std::string& name) const { return settings_.given(key(name)); }
  std::string text(const std::string& name) const { return settings_.text(key(name)); }
  const Position& position(const std::string& name) const { return settings_.find(key(name))->at; }
  void fault(const std::string& name, const std::string& message, FoundIn found = FoundIn::kText) {
    faults_.add(position(name), message, found);
  }

  Address address(std::vector<std::string>& warnings) const;
  KeyTriple key_triple() const;
  void beside_identity(const KeyTriple& triple);
  bool credentials();
  void read_credentials(TeleportConfig& config) const;
  void refresh();
  std::chrono::milliseconds refresh_interval() const;
  std::optional<uid_t> identity_owner();

  const Settings& settings_;
  const std::string& name_;
  const std::string section_;
  const Position at_;
  Faults& faults_;
};

TeleportConfig Reader::read(std::vector<std::string>& warnings) {
  TeleportConfig config;
  config.name = name_;
  config.at = at_;
  const Address addr = address(warnings);
  config.addrs = addr.texts;
  config.addr_at = addr.at;
  if (credentials()) read_credentials(config);
  refresh();
  config.identity_owner = identity_owner();
  config.ca_file = text("ca_file");
  if (!config.ca_file.empty()) config.ca_file_at = position("ca_file");
  config.insecure = settings_.flag(key("insecure"));
  config.refresh_identity = settings_.flag(key("refresh_identity"));
  config.refresh_identity_interval = refresh_interval();
  return config;
}

// What it may be is the teleport part's to judge; it is told where the address is written.
Reader::Address Reader::address(std::vector<std::string>& warnings) const {
  std::string from = "addr";
  if (given("auth_server")) {
    const bool both = given(from);
    warnings.push_back(position("auth_server").str() + ": " + key("auth_server") +
                       " is the old name of " + key("addr") +
                       (both ? ", which is there too and wins; remove it" : "; write addr = ..."));
    if (!both) from = "auth_server";
  }
  if (!given(from)) return {.at = {settings_.file}};
  const Settings::Entry& entry = *settings_.find(key(from));
  if (settings_.wrong.contains(key(from))) return {.at = entry.at};
  return {entry.values, entry.at};
}

// ---- Credentials ----

Reader::KeyTriple Reader::key_triple() const {
  KeyTriple triple;
  for (const std::string name : kKeyTriple) {
    (given(name) ? triple.there : triple.missing).push_back(name);
  }
  return triple;
}

void Reader::beside_identity(const KeyTriple& triple) {
  const std::string keys = join(triple.there, " and ");
  const std::string rest =
      triple.missing.empty() ? "" : " and write " + join(triple.missing, " and ") + " too";
  fault(triple.there.front(), title() + " has identity and " + keys +
                                  ", and only one kind of credentials can be used; remove " + keys +
                                  ", or remove identity" + rest);
}

// Whether they are of one kind, and whole.
bool Reader::credentials() {
  const KeyTriple triple = key_triple();
  const bool identity = given("identity");
  if (identity && !triple.there.empty()) {
    beside_identity(triple);
  } else if (!triple.there.empty() && !triple.missing.empty()) {
    fault(triple.there.front(), title() + " has " + join(triple.there, " and ") + " without " +
                                    join(triple.missing, " and ") +
                                    "; write client_key, client_crt and root_cas, or identity "
                                    "instead of them");
  } else if (!identity && triple.there.empty()) {
    faults_.add(at_, title() +
                         " has no credentials; write identity = \"/path/of/the/identity/file\" "
                         "(tctl auth sign --format=file makes one, or a bot does), or client_key, "
                         "client_crt and root_cas");
  } else {
    return true;
  }
  return false;
}

void Reader::read_credentials(TeleportConfig& config) const {
  config.identity = text("identity");
  config.client_key = text("client_key");
  config.client_crt = text("client_crt");
  config.root_cas = text("root_cas");
  const bool triple =
      !config.client_key.empty() && !config.client_crt.empty() && !config.root_cas.empty();
  if (config.identity.empty() && !triple) {  // part of it is a fault by itself
    config.client_key = config.client_crt = config.root_cas = "";
    return;
  }
  config.credentials_at = position(config.identity.empty() ? "client_crt" : "identity");
}

void Reader::refresh() {
  if (settings_.flag(key("refresh_identity")) && !given("identity")) {
    fault("refresh_identity", "refresh_identity needs identity; write identity = \"/path\" under " +
                                  title() + ", or remove refresh_identity");
  }
  const std::int64_t ms = settings_.integer(key("refresh_identity_interval")).value_or(0);
  if (ms > 0 && ms < 1000) {
    fault("refresh_identity_interval",
          key("refresh_identity_interval") + " is shorter than a second; write \"1m\"");
  }
}

// 0 is the default, as for upstream.
std::chrono::milliseconds Reader::refresh_interval() const {
  const std::int64_t ms = settings_.integer(key("refresh_identity_interval")).value_or(0);
  return std::chrono::milliseconds(ms > 0 ? ms : 60'000);
}

std::optional<uid_t> Reader::identity_owner() {
  const std::string written = text("identity_owner");
  if (written.empty()) return std::nullopt;
  const auto user = user_number(written);
  if (!user) {
    fault("identity_owner",
          "no user of this machine is called \"" + visible(written) +
              "\"; write the name or the number of the user that tbot runs as",
          FoundIn::kMachine);
  }
  return user;
}

const std::vector<Option>& options_of_one() {
  static const std::vector<Option> kOptions{
      {.name = "addr",
       .type = Type::kList,
       .blank = true,
       .help = "address of the Proxy Service, host:443, or of the Auth Service, host:3025; of "
               "several the first that works is taken"},
      {.name = "auth_server", .help = "old name of addr"},
      {.name = "identity", .help = "path of the identity file"},
      {.name = "identity_owner",
       .help = "the user that keeps the identity fresh, such as tbot's; root and this program's "
               "own are trusted anyway"},
      {.name = "refresh_identity",
       .type = Type::kBool,
       .fallback = "false",
       .help = "reconnect when the identity file changes"},
      {.name = "refresh_identity_interval",
       .type = Type::kDuration,
       .fallback = "1m",
       .help = "how often to look whether it did"},
      {.name = "ca_file",
       .help = "path of CAs that the proxy's certificate may be from, beside the system's"},
      {.name = "insecure",
       .type = Type::kBool,
       .fallback = "false",
       .help = "true: whoever answers at the proxy's address is believed to be it; for trials"},
      {.name = "client_key", .help = "path of the private key, instead of identity"},
      {.name = "client_crt", .help = "path of the certificate, instead of identity"},
      {.name = "root_cas", .help = "path of the cluster's CAs, instead of identity"},
  };
  return kOptions;
}

bool is_option(const std::string& key) {
  return std::ranges::any_of(options_of_one(),
                             [&](const Option& option) { return option.name == key; });
}

// As a TOML key without quotes.
bool is_cluster_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

}  // namespace

std::string section_of_cluster(const std::string& name) {
  return name.empty() ? "teleport" : "teleport." + name;
}

std::vector<std::string> cluster_names(Tree& tree, const std::string& file, Faults& faults) {
  std::vector<std::string> names;
  bool refused = false;
  const auto teleport = tree.find("teleport");
  if (teleport == tree.not_found()) return {""};
  Tree& sections = teleport->second;
  for (auto it = sections.begin(); it != sections.end();) {
    const bool names_cluster =
        it->second.data().kind == Value::Kind::kTable && !is_option(it->first);
    if (!names_cluster || is_cluster_name(it->first)) {
      if (names_cluster) names.push_back(it->first);
      ++it;
      continue;
    }
    faults.add(key_position(it->second, file),
               "[teleport." + shown(it->first) +
                   "]: the name of a cluster may hold letters, digits, _ and - only; rename the "
                   "section, for example to [teleport.prod]");
    it = sections.erase(it);
    refused = true;
  }
  if (refused && sections.empty()) {
    tree.erase("teleport");
  } else if (names.empty()) {
    names.emplace_back();
  }
  return names;
}

std::vector<Option> teleport_options(const std::string& name) {
  std::vector<Option> options = options_of_one();
  for (Option& option : options) option.name = section_of_cluster(name) + "." + option.name;
  return options;
}

TeleportConfig teleport_config(const Settings& settings, const std::string& name, const Tree& tree,
                               Faults& faults, std::vector<std::string>& warnings) {
  const Position at = section_position(tree, section_of_cluster(name), settings.file);
  return Reader(settings, name, at, faults).read(warnings);
}

}  // namespace notifyd::config
