#include "sim/demo/installation.h"

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace notifyd::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModuleFile = "libnotify_slack.so";
constexpr const char* kWebCaFile = "web_ca.pem";

fs::path new_directory() {
  std::string path = (fs::temp_directory_path() / "notifyd-demo-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make " + path);
  }
  return path;  // 0700
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result.push_back('\\');
    result.push_back(c);
  }
  return result + "\"";
}

std::string line(const std::string& key, const std::string& value) {
  return key + " = " + quoted(value) + "\n";
}

}  // namespace

Installation::Installation(const World& world, const DemoOptions& options)
    : world_(world), options_(options), directory_(new_directory()) {
  if (!options.verbose) {
    log_ = options.log_file.empty() ? directory_ / "daemon.log" : fs::absolute(options.log_file);
  }
  try {
    write_host();
    if (const Result<> applied = apply({}); !applied) {
      throw std::runtime_error(applied.error().message);
    }
  } catch (...) {
    remove();
    throw;
  }
}

Installation::~Installation() { remove(); }

void Installation::remove() const {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_, ignored)) {
    if (!keep_log_ || entry.path() != log_) fs::remove_all(entry.path(), ignored);
  }
  fs::remove(directory_, ignored);  // unless there is something in it
}

Result<> Installation::apply(const Setup& setup) const {
  try {
    place_module(setup.blue);
    write_routing(setup.dba_also);
  } catch (const std::exception& error) {
    return Error{Errc::kInternal, error.what()};
  }
  return Done{};
}

void Installation::write_host() const {
  fs::create_directory(directory_ / "conf.d");
  fs::create_directory(directory_ / "modules");
  const Credentials credentials = world_.pki.issue_client("access-plugin");
  write_private_file((directory_ / "identity").string(), world_.pki.identity_file(credentials));
  write_private_file(config(), line("modules_dir", (directory_ / "modules").string()) +
                                   line("conf_d", (directory_ / "conf.d").string()) +
                                   line("runtime_dir", (directory_ / "run").string()) +
                                   "\n[teleport]\n" + way_to_teleport() +
                                   line("identity", (directory_ / "identity").string()) +
                                   "\n[log]\n" + line("output", "stderr") +
                                   line("severity", options_.verbose ? "debug" : "info"));
}

std::string Installation::way_to_teleport() const {
  const std::string address = line("addr", world_.teleport_address());
  if (!world_.proxy) return address;
  const std::string ca_file = (directory_ / kWebCaFile).string();
  write_private_file(ca_file, world_.proxy->web_ca_pem());
  return address + line("ca_file", ca_file);
}

void Installation::write_routing(bool dba_also) const {
  const std::string also = dba_also ? quoted(kAlsoTold) + ", " : "";
  write_private_file((directory_ / "conf.d/slack.toml").string(),
                     "[slack]\n" + line("token", world_.slack_token()) +
                         line("api_url", world_.slack.base_url()) +
                         "\n[role_to_recipients]\n"
                         "\"*\" = \"access-requests\"\n"
                         "\"prod-admin\" = [\"prod-approvals\", \"carol@example.com\"]\n"
                         "\"dba\" = [\"access-requests\", " +
                         also + "\"dave@example.com\"]\n");
}

// A copy belongs to whoever runs the demo, as the daemon wants it.
void Installation::place_module(bool blue) const {
  const fs::path from = fs::path(blue ? options_.blue_dir : options_.modules_dir) / kModuleFile;
  const fs::path to = directory_ / "modules" / kModuleFile;
  const fs::path fresh = to.string() + ".new";
  if (!fs::exists(from)) {
    throw std::runtime_error(from.string() + " is missing; " +
                             (blue ? "build the target notify_slack_blue"
                                   : "say where the daemon's modules are with --modules DIR"));
  }
  fs::copy_file(from, fresh, fs::copy_options::overwrite_existing);
  fs::permissions(fresh, fs::perms::owner_all);
  fs::rename(fresh, to);
}

}  // namespace notifyd::sim
