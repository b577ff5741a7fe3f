// `reload` and `status`: what the daemon that runs says for itself.
#include <string>

#include "base/time_text.h"
#include "cli/commands.h"
#include "config/default_paths.h"
#include "daemon/status.h"
#include "ops/control_socket.h"
#include "ops/runtime_dir.h"

namespace notifyd::cli {
namespace {

using daemon::InstanceStatus;
using daemon::Status;

// A reload waits for notifiers that may be asked whether they work.
constexpr std::chrono::seconds kReloadWithin{120};
constexpr std::chrono::seconds kStatusWithin{10};

// Where it is, whatever is wrong with the rest of the configuration. Root asks a service that runs
// as a user of its own, whose files it may be.
std::string socket_of(const Arguments& arguments) {
  ops::look_as_owner_of(config::default_runtime_dir(config::surroundings()));
  return load_config(arguments).runtime_dir + "/" + ops::kControlSocket;
}

Error explained(const Error& error, const std::string& path) {
  switch (error.code) {
    case Errc::kNotFound:
    case Errc::kUnavailable:
      return {error.code, path + ": no daemon answers there (" + error.message +
                              "); is it running, with this configuration?"};
    case Errc::kDenied:
      return {error.code,
              path + ": " + error.message + "; run this as root or as the daemon's own user"};
    default:
      return error.in(path);
  }
}

Result<std::string> ask(const Arguments& arguments, const std::string& request,
                        std::chrono::milliseconds patience) {
  const std::string path = socket_of(arguments);
  auto answer = ops::ask_daemon(path, request, patience);
  if (!answer) return explained(answer.error(), path);
  return answer;
}

int not_understood(Io io) {
  io.err << "the daemon's answer is none that this version knows; is it another version?\n";
  return kFailed;
}

std::string ago(std::int64_t then_ms) {
  const auto now = unix_ms(std::chrono::system_clock::now());
  return rough_duration(Millis(now - then_ms)) + " ago";
}

void show(const daemon::ClusterStatus& cluster, Io io) {
  io.out << "teleport   " << cluster.address << ": ";
  if (cluster.connected) {
    io.out << "connected to " << cluster.name << " " << cluster.version << " as " << cluster.user
           << ", identity valid until " << utc_text(cluster.identity_ends_ms) << '\n';
  } else {
    io.out << "not connected" << (cluster.trouble.empty() ? "" : ": " + cluster.trouble) << '\n';
  }
  if (cluster.skipped_items > 0) {
    io.out << "           " << cluster.skipped_items
           << " items from Teleport could not be read; the log names them\n";
  }
}

void show(const InstanceStatus& one, Io io) {
  io.out << "notifier   " << one.name << ": " << one.state << "; " << one.module << " v"
         << one.version << ", generation " << one.generation << " since " << utc_text(one.since_ms)
         << ", " << one.file << '\n'
         << "           " << one.waiting << " requests with something left to do, " << one.delivered
         << " delivered, " << one.given_up << " given up; sha256 " << one.hash.substr(0, 12)
         << '\n';
  if (!one.last_error.empty()) {
    io.out << "           last error, " << ago(one.last_error_ms) << ": " << one.last_error << '\n';
  }
  for (const std::string& recipient : one.unreachable) {
    io.out << "           can't be reached, tried again now and then: " << recipient << '\n';
  }
}

void show(const daemon::ReloadStatus& reload, Io io) {
  io.out << "reload     " << (reload.good ? "good" : "failed") << ", " << ago(reload.ended_ms)
         << '\n';
  for (const std::string& line : reload.lines) io.out << "           " << line << '\n';
}

void show(const Status& status, Io io) {
  io.out << "daemon     " << status.program << ", " << status.config << ", started "
         << ago(status.started_ms) << '\n';
  show(status.cluster, io);
  for (const InstanceStatus& one : status.instances) show(one, io);
  if (status.instances.empty()) io.out << "notifier   none yet\n";
  for (const std::string& name : status.unused_modules) {
    io.out << "unused     module " << name << ": no notifier names it\n";
  }
  for (const std::string& name : status.quarantined) {
    io.out << "stuck      a module of " << name
           << " does not come back from a call; it stays until the daemon ends\n";
  }
  if (status.reload) show(*status.reload, io);
}

}  // namespace

int status(const Arguments& arguments, Io io) {
  const auto answer = ask(arguments, "status", kStatusWithin);
  if (!answer) return failed(answer.error(), io);
  if (arguments.json) {
    io.out << *answer << '\n';
    return kOk;
  }
  const auto status = daemon::parse_status(*answer);
  if (!status) return not_understood(io);
  show(*status, io);
  return kOk;
}

int reload(const Arguments& arguments, Io io) {
  const auto answer = ask(arguments, arguments.no_wait ? "reload soon" : "reload", kReloadWithin);
  if (!answer) return failed(answer.error(), io);
  if (arguments.no_wait) return kOk;
  const auto reload = daemon::parse_reload(*answer);
  if (!reload) return not_understood(io);
  for (const std::string& line : reload->lines) (reload->good ? io.out : io.err) << line << '\n';
  if (reload->good) io.out << (reload->lines.empty() ? "nothing has changed\n" : "reloaded\n");
  return reload->good ? kOk : kFailed;
}

}  // namespace notifyd::cli
