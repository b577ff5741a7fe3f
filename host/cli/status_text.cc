#include "cli/status_text.h"

#include <algorithm>
#include <sstream>

#include "base/time_text.h"

namespace notifyd::cli {
namespace {

constexpr std::size_t kShortHash = 12;

class Text {
 public:
  explicit Text(WallTime now) : now_ms_(unix_ms(now)) {}

  void add(const daemon::ClusterStatus& cluster) {
    out_ << "teleport   " << (cluster.section.empty() ? "" : cluster.section + ": ")
         << (cluster.way.empty() ? cluster.address : cluster.way) << ": ";
    if (cluster.connected) {
      out_ << "connected to " << cluster.name << " " << cluster.version << " as " << cluster.user
           << ", identity valid until " << utc_text(cluster.identity_ends_ms) << '\n';
    } else {
      out_ << "not connected" << (cluster.trouble.empty() ? "" : ": " + cluster.trouble) << '\n';
    }
    if (cluster.skipped_items > 0) {
      out_ << "           " << cluster.skipped_items
           << " items from Teleport could not be read; the log names them\n";
    }
  }

  void add(const daemon::InstanceStatus& one) {
    out_ << "notifier   " << one.name << ": " << one.state << "; " << one.module << " v"
         << one.version << ", generation " << one.generation << " since " << utc_text(one.since_ms)
         << ", " << one.file << '\n'
         << "           " << one.waiting << " requests with something left to do, " << one.delivered
         << " delivered, " << one.given_up << " given up; sha256 " << one.hash.substr(0, kShortHash)
         << '\n';
    if (!one.last_error.empty()) {
      out_ << "           last error, " << ago(one.last_error_ms) << ": " << one.last_error << '\n';
    }
    for (const std::string& recipient : one.unreachable) {
      out_ << "           can't be reached, tried again now and then: " << recipient << '\n';
    }
  }

  void add(const daemon::ReloadStatus& reload) {
    out_ << "reload     " << (reload.good ? "good" : "failed") << ", " << ago(reload.ended_ms)
         << '\n';
    for (const std::string& line : reload.lines) out_ << "           " << line << '\n';
  }

  void add(const daemon::Status& status) {
    out_ << "daemon     " << status.program << ", " << status.config << ", started "
         << ago(status.started_ms) << '\n';
    for (const daemon::ClusterStatus& cluster : status.clusters) add(cluster);
    for (const daemon::InstanceStatus& one : status.instances) add(one);
    if (status.instances.empty()) out_ << "notifier   none yet\n";
    for (const std::string& name : status.unused_modules) {
      out_ << "unused     module " << name << ": no notifier names it\n";
    }
    for (const std::string& name : status.quarantined) {
      out_ << "stuck      a module of " << name
           << " does not come back from a call; it stays until the daemon ends\n";
    }
    if (status.reload) add(*status.reload);
  }

  std::string take() { return out_.str(); }

 private:
  // A time that is still to come is one of a clock that was set since.
  std::string ago(std::int64_t then_ms) const {
    const std::int64_t then = std::clamp(then_ms, std::int64_t{0}, now_ms_);
    return rough_duration(Millis(now_ms_ - then)) + " ago";
  }

  const std::int64_t now_ms_;
  std::ostringstream out_;
};

}  // namespace

std::string status_text(const daemon::Status& status, WallTime now) {
  Text text(now);
  text.add(status);
  return text.take();
}

}  // namespace notifyd::cli
