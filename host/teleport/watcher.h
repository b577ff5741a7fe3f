// Watcher: follows the Access Requests of one cluster, for ever, whatever breaks in between.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/engine.h"
#include "base/log.h"
#include "base/outage.h"
#include "teleport/auth.h"
#include "teleport/feed.h"
#include "teleport/skipped_items.h"
#include "teleport/snapshots.h"

namespace notifyd::teleport {

struct WatcherOptions {
  std::vector<std::string> plugins;  // whose records are read at catch-up: the instances' names
  ToldTest told;                     // of which of them not all is kept; empty: of none

  bool refresh_identity = false;  // look for a renewed identity, and change over to it
  Millis refresh_interval = std::chrono::minutes(1);
  Millis resync_interval = std::chrono::minutes(10);  // +-20 %

  Millis init_timeout = std::chrono::seconds(15);
  Millis recheck_after = kListLag;  // before a missing request counts as gone
  Millis backoff_first{250};
  Millis backoff_max = std::chrono::seconds(30);
  // A role is mended by a person, so there is no hurry: from this to twice this.
  Millis denied_backoff = std::chrono::seconds(30);
  Millis say_again = std::chrono::minutes(10);

  std::optional<std::uint64_t> seed;  // of the jitter; tests set it
};

// What can be asked about the connection at any time.
struct WatcherStatus {
  bool connected = false;  // stream open, caught up
  Cluster cluster;
  IdentityFacts identity;
  std::string trouble;              // what is wrong, "" if nothing
  std::uint64_t skipped_items = 0;  // of lists and streams, that could not be read, since the start
};

// Engine, dialer and sink must outlive it.
class Watcher {
 public:
  Watcher(Engine& engine, Dialer& dialer, WatchSink& sink, WatcherOptions options, Log log);
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher();

  void start();
  // Ends where it stands; the sink hears nothing more. Not from within a call of the sink.
  void stop();

  // From now on `next` is what connects. The old connection goes once the new one has caught up;
  // the dialer that made it outlives it, and so this.
  void move_to(Dialer& next);

  // How often everything is listed anew; whether, and how often, a renewed identity is looked for.
  void set_intervals(Millis resync, bool refresh_identity, Millis refresh);

  // The records of plugins that are new come with a catch-up of its own, soon.
  void set_plugins(std::vector<std::string> plugins);

  const WatcherStatus& status() const { return status_; }

 private:
  Task<void> run();
  Task<Error> one_connection();
  Task<Result<std::unique_ptr<Feed>>> connect();
  Task<Error> keep_up();
  Task<Result<>> catch_up_on(Feed& feed);
  Task<void> resync();
  Task<void> renew_identity();
  Task<Result<>> change_over();
  Task<void> pause(Errc why);

  void tell_connected();
  void caught_up();
  void lost(const Error& why);
  void on_event(const WatchEvent& event);
  void skipped(SkippedItem what, const std::string& id);

  void resync_in(Millis delay);
  void refresh_in(Millis delay);
  void identity_touched();
  void watch_expiry();
  void warn_of_expiry();

  Engine& engine_;
  Dialer* dialer_;
  WatchSink& sink_;
  WatcherOptions options_;
  Log log_;

  Snapshots snapshots_;
  Jitter jitter_;
  unsigned failures_ = 0;  // to connect, or to stay so
  bool denied_ = false;    // the last connection ended, or was refused, as not allowed
  Outage outage_;          // of the connection
  Outage renewal_outage_;  // of changing over to a renewed identity
  Outage resync_outage_;
  SkippedItems skipped_items_;
  WatcherStatus status_;

  // What wakes keep_up(), and why.
  notify::Signal wake_;
  bool resync_due_ = false;
  bool refresh_due_ = false;
  bool renewal_failed_ = false;
  bool touched_ = false;  // the identity's files, since they were last looked at
  bool moving_ = false;   // another dialer, whose connection does not stand yet
  std::optional<TimePoint> up_since_;
  UnixMs warned_at_ = 0;  // when the last warning of a certificate's end was due
  ScopedTimer pause_timer_;
  ScopedTimer resync_timer_;
  ScopedTimer refresh_timer_;
  ScopedTimer expiry_timer_;

  std::unique_ptr<Feed> feed_;
  std::unique_ptr<Feed> next_;  // of a renewed identity, until it has caught up
  notify::Scope scope_;         // destroyed first: its task uses everything above
};

}  // namespace notifyd::teleport
