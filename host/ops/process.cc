#include "ops/process.h"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace notifyd::ops {
namespace {

constexpr mode_t kUmask = 027;

constexpr const char* kKeyLogFile = "SSLKEYLOGFILE";
bool key_log_was_wanted = false;  // written before any thread

bool core_dumps_wanted() {
  const char* value = std::getenv(kCoreDumpsVariable);
  return value != nullptr && std::string_view(value) == "1";
}

void forbid_core_dumps() {
  // Best effort: with neither the process still works as it should.
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
  const rlimit none{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
}

}  // namespace

void prepare_process() {
  key_log_was_wanted = std::getenv(kKeyLogFile) != nullptr;
  static_cast<void>(::unsetenv(kKeyLogFile));
  if (!core_dumps_wanted()) forbid_core_dumps();
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  ::umask(kUmask);
  // gRPC's threads may still be ending when the process does; OpenSSL must not be gone by then.
  // Counts only before OpenSSL's first use.
  static_cast<void>(::OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr));
}

void note_ignored_environment(const Log& log) {
  if (key_log_was_wanted) {
    log.warn(
        "set in the environment and not used: it would let others read what is sent to chat "
        "services, tokens included; remove it",
        {{"variable", kKeyLogFile}});
  }
  constexpr const char* kFailFast = "TELEPORT_PLUGIN_FAIL_FAST";
  if (std::getenv(kFailFast) == nullptr) return;
  log.debug("set in the environment and not used: the connection is renewed without a restart",
            {{"variable", kFailFast}});
}

}  // namespace notifyd::ops
