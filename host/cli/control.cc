// `reload` and `status`: what the daemon that runs says for itself.
#include <chrono>
#include <string>

#include "cli/commands.h"
#include "cli/status_text.h"
#include "config/default_paths.h"
#include "daemon/status.h"
#include "ops/control_socket.h"
#include "ops/runtime_dir.h"

namespace notifyd::cli {
namespace {

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
  io.out << status_text(*status, std::chrono::system_clock::now());
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
