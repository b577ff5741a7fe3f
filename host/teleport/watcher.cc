#include "teleport/watcher.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/memory.h"
#include "base/time_text.h"
#include "teleport/catch_up.h"
#include "teleport/identity.h"

namespace notifyd::teleport {
namespace {

constexpr Millis kSettled{200};
constexpr Millis kNearTheEnd = std::chrono::hours(24);

}  // namespace

Watcher::Watcher(Engine& engine, Dialer& dialer, WatchSink& sink, WatcherOptions options, Log log)
    : engine_(engine),
      dialer_(&dialer),
      sink_(sink),
      options_(std::move(options)),
      log_(std::move(log)),
      snapshots_(engine, sink),
      jitter_(options_.seed ? *options_.seed : std::random_device{}()),
      outage_(engine, log_, "no connection to Teleport, trying on", options_.say_again),
      renewal_outage_(engine, log_,
                      "the renewed identity cannot be used, keeping the old connection",
                      options_.say_again),
      resync_outage_(engine, log_, "Teleport could not be listed again, events still come",
                     options_.say_again),
      skipped_items_(log_),
      pause_timer_(engine),
      resync_timer_(engine),
      refresh_timer_(engine),
      expiry_timer_(engine) {}

Watcher::~Watcher() { stop(); }

void Watcher::start() {
  if (scope_.empty()) scope_.run(run());
}

void Watcher::stop() {
  scope_.clear();
  dialer_->watch_identity(nullptr);
  pause_timer_.stop();
  resync_timer_.stop();
  refresh_timer_.stop();
  expiry_timer_.stop();
  next_.reset();
  feed_.reset();
  status_.connected = false;
}

void Watcher::move_to(Dialer& next) {
  dialer_->watch_identity(nullptr);
  dialer_ = &next;
  moving_ = refresh_due_ = true;
  failures_ = 0;
  wake_.set();
}

void Watcher::set_intervals(Millis resync, bool refresh_identity, Millis refresh) {
  options_.resync_interval = resync;
  options_.refresh_identity = refresh_identity;
  options_.refresh_interval = refresh;
  if (!refresh_identity) dialer_->watch_identity(nullptr);
  if (!feed_ || !refresh_identity) return;
  refresh_in(refresh);
  dialer_->watch_identity([this] { identity_touched(); });
}

void Watcher::set_plugins(std::vector<std::string> plugins) {
  options_.plugins = std::move(plugins);
  if (!feed_) return;
  resync_due_ = true;
  resync_in(Millis(0));  // from there, for we may be called from anywhere
}

// ---- The loop ----

Task<void> Watcher::run() {
  for (;;) {
    const Error why = co_await one_connection();
    lost(why);
    co_await pause(why.code);
  }
}

// Returns why it is over.
Task<Error> Watcher::one_connection() {
  snapshots_.begin_connection();
  moving_ = false;
  Result<std::unique_ptr<Feed>> opened = co_await connect();
  if (!opened) co_return std::move(opened).error();
  feed_ = *std::move(opened);
  tell_connected();
  const Result<> caught = co_await catch_up_on(*feed_);
  if (!caught) co_return caught.error();
  caught_up();
  co_return co_await keep_up();
}

// A proven connection whose stream has said INIT.
Task<Result<std::unique_ptr<Feed>>> Watcher::connect() {
  Result<Dialer::Connected> dialed = co_await dialer_->dial();
  if (!dialed) co_return std::move(dialed).error();
  auto feed = std::make_unique<Feed>(
      engine_, *std::move(dialed), [this](const WatchEvent& event) { on_event(event); },
      [this] { wake_.set(); });
  const Result<> opened = co_await feed->open(options_.init_timeout);
  if (!opened) co_return opened.error();
  co_return std::move(feed);
}

// Returns why the stream is over.
Task<Error> Watcher::keep_up() {
  for (;;) {
    if (const Error* why = feed_->ended()) co_return *why;
    if (std::exchange(resync_due_, false)) {
      co_await resync();
    } else if (std::exchange(refresh_due_, false)) {
      co_await renew_identity();
    } else {
      co_await wake_;
    }
  }
}

Task<void> Watcher::pause(Errc why) {
  const Millis slow = options_.denied_backoff;
  // The first refusal may be a blip: a role that is just being changed, a server that just
  // restarts.
  const bool again = std::exchange(denied_, why == Errc::kDenied) && denied_;
  const Millis delay =
      again ? jitter_.between(slow, 2 * slow)
            : jitter_.backoff(failures_++, options_.backoff_first, options_.backoff_max);
  log_.debug("next try to connect to Teleport", {{"in", duration_text(delay)}});
  const TimePoint until = engine_.now() + delay;
  pause_timer_.start(delay, [this] { wake_.set(); });
  while (engine_.now() < until && !moving_) co_await wake_;
}

// ---- While connected ----

Task<Result<>> Watcher::catch_up_on(Feed& feed) {
  const CatchUpOptions what{
      options_.plugins, options_.told, options_.recheck_after,
      [this](SkippedItem item, const std::string& id) { skipped(item, id); },
      [this](const AccessRequest& request) { skipped_items_.look_at(request); }};
  Result<> done = co_await catch_up(engine_, feed.session(), snapshots_, what);
  if (done) log_.debug("caught up with Teleport", {{"requests", snapshots_.listed()}});
  co_return std::move(done);
}

Task<void> Watcher::resync() {
  const Result<> done = co_await catch_up_on(*feed_);
  if (!done) {
    resync_outage_.failed(done.error());
    resync_in(options_.backoff_max);
    co_return;
  }
  resync_outage_.over("Teleport could be listed again");
  resync_in(jitter_.between(options_.resync_interval * 4 / 5, options_.resync_interval * 6 / 5));
}

Task<void> Watcher::renew_identity() {
  touched_ = false;
  if (moving_ || dialer_->identity_changed() || renewal_failed_) {
    const Result<> done = co_await change_over();
    renewal_failed_ = !done;
    if (!done) renewal_outage_.failed(done.error());
  }
  if (options_.refresh_identity || moving_) refresh_in(options_.refresh_interval);
}

// The new connection must have caught up before the old one goes.
Task<Result<>> Watcher::change_over() {
  Result<std::unique_ptr<Feed>> opened = co_await connect();
  if (!opened) co_return std::move(opened).error();
  next_ = *std::move(opened);
  sink_.connected(next_->connection().session, next_->connection().cluster);
  Result<> caught = co_await catch_up_on(*next_);
  if (!caught) {
    next_.reset();
    tell_connected();
    co_return std::move(caught);
  }
  feed_ = std::move(next_);
  moving_ = false;
  caught_up();
  // What the old stream still had on its way is lost with it, and the pages of requests that it had
  // told of just before were left out.
  resync_in(2 * kListLag);
  co_return Done{};
}

void Watcher::on_event(const WatchEvent& event) {
  if (event.request) skipped_items_.look_at(*event.request);
  if (event.kind != WatchEvent::Kind::kUnreadable) return snapshots_.event(event);
  skipped(SkippedItem::kEvent, event.id);
  snapshots_.is_there(event.id);
}

void Watcher::skipped(SkippedItem what, const std::string& id) {
  skipped_items_.add(what, id);
  status_.skipped_items = skipped_items_.count();
}

// ---- What changes with the connection ----

void Watcher::tell_connected() {
  sink_.connected(feed_->connection().session, feed_->connection().cluster);
}

void Watcher::caught_up() {
  const auto& [session, cluster, identity] = feed_->connection();
  status_.connected = true;
  status_.cluster = cluster;
  status_.identity = identity;
  status_.trouble.clear();
  up_since_ = engine_.now();
  outage_.over("connected to Teleport again");
  renewal_outage_.over("the renewed identity can be used");
  log_.info("following Access Requests", {{"cluster", cluster.name},
                                          {"version", cluster.version},
                                          {"as", identity.user},
                                          {"valid_until", utc_text(identity.valid_until_ms)},
                                          {"requests", snapshots_.listed()}});
  resync_in(jitter_.between(options_.resync_interval * 4 / 5, options_.resync_interval * 6 / 5));
  if (options_.refresh_identity) {
    refresh_in(options_.refresh_interval);
    dialer_->watch_identity([this] { identity_touched(); });
  }
  watch_expiry();
  give_back_memory();
}

void Watcher::lost(const Error& why) {
  const bool good = up_since_ && engine_.now() - *up_since_ >= options_.backoff_max;
  if (good) failures_ = 0;
  up_since_.reset();
  status_.connected = false;
  status_.trouble = why.message;
  outage_.failed(why);
  resync_timer_.stop();
  refresh_timer_.stop();
  expiry_timer_.stop();
  resync_due_ = refresh_due_ = renewal_failed_ = touched_ = false;
  if (!feed_) return;
  feed_.reset();
  sink_.connection_lost();
}

void Watcher::resync_in(Millis delay) {
  resync_timer_.start(delay, [this] {
    resync_due_ = true;
    wake_.set();
  });
}

void Watcher::refresh_in(Millis delay) {
  refresh_timer_.start(delay, [this] {
    refresh_due_ = true;
    wake_.set();
  });
}

// A file is often one of several that are written one after the other.
void Watcher::identity_touched() {
  if (feed_ && !std::exchange(touched_, true)) refresh_in(kSettled);
}

// Once in good time and once near the end; near the end only that.
void Watcher::watch_expiry() {
  const IdentityFacts& identity = status_.identity;
  const Millis life(identity.valid_until_ms - identity.valid_from_ms);
  const UnixMs now = unix_ms(engine_.wall());
  const UnixMs late = identity.valid_until_ms - std::min(life / 20, kNearTheEnd).count();
  UnixMs due = identity.valid_until_ms - (life / 4).count();
  if (due <= warned_at_ || late <= now) due = late;
  if (due <= warned_at_) return expiry_timer_.stop();
  expiry_timer_.start(Millis(std::max<UnixMs>(0, due - now)), [this, due] {
    warned_at_ = due;
    warn_of_expiry();
    watch_expiry();
  });
}

void Watcher::warn_of_expiry() {
  const IdentityFacts& identity = status_.identity;
  const Millis left(identity.valid_until_ms - unix_ms(engine_.wall()));
  log_.warn("the identity for Teleport expires soon: renew it, or check that its tbot runs",
            {{"as", identity.user},
             {"valid_until", utc_text(identity.valid_until_ms)},
             {"left", duration_text(left)},
             {"renew_with", identity.renew}});
}

}  // namespace notifyd::teleport
