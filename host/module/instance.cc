#include "module/instance.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>

#include "base/time_text.h"
#include "module/answer.h"

namespace notifyd::modules {
namespace {

using Clock = std::chrono::steady_clock;  // the engine's may be a test's; a thread's is not

// Numbers every instance of this process, so that no ticket of one is ever a ticket of another.
std::uint32_t next_generation() {
  static std::atomic<std::uint32_t> last{0};
  return ++last;
}

GuestOptions guest_options(InstanceOptions& options) {
  GuestOptions guest;
  guest.name = options.name;
  guest.library = options.library;
  guest.settings = std::move(options.settings);
  guest.allow_insecure = options.allow_insecure;
  guest.generation = next_generation();
  guest.count = std::move(options.count);
  return guest;
}

// Differs when the file was written or replaced, a Kubernetes secret's symlink included.
std::string identity_of(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return "none;";
  std::string identity;
  for (const auto part : {static_cast<std::int64_t>(file.st_ino), file.st_size,
                          static_cast<std::int64_t>(file.st_mtim.tv_sec),
                          static_cast<std::int64_t>(file.st_mtim.tv_nsec)}) {
    identity += std::to_string(part) + ";";
  }
  return identity;
}

// Waits in steps, so that the log says who is being waited for. False: not until `deadline`.
template <class Future>
bool wait(const Future& future, TimePoint deadline, Millis step,
          const std::function<void(Millis)>& say) {
  const TimePoint since = Clock::now();
  TimePoint look = since;
  while (look < deadline) {
    look = std::min(look + step, deadline);
    if (future.wait_until(look) == std::future_status::ready) return true;
    if (look < deadline) say(std::chrono::duration_cast<Millis>(look - since));
  }
  return future.wait_for(Millis(0)) == std::future_status::ready;
}

}  // namespace

Instance::Instance(InstanceOptions options, Engine& engine, net::Http& http, const Log& log)
    : name_(options.name),
      library_(options.library),
      quarantine_(options.quarantine),
      limits_(options.limits),
      log_(log.with({{"instance", options.name}, {"module", options.library->info().name}})),
      secret_files_(options.settings.secret_files()),
      outlet_(std::make_shared<Outlet>(engine, http, std::move(options.extra_cas))),
      guest_(std::make_unique<Guest>(guest_options(options), outlet_, log)),
      engine_(engine),
      patience_(engine),
      watch_(engine) {
  const std::weak_ptr<Instance*> weak = alive_;  // what is posted may come later
  const auto set = [weak](notify::Signal Instance::*signal) {
    return [weak, signal] {
      if (const auto there = weak.lock()) ((*there)->*signal).set();
    };
  };
  guest_->tell(set(&Instance::created_), set(&Instance::ended_));
}

std::unique_ptr<Instance> Instance::start(InstanceOptions options, Engine& engine, net::Http& http,
                                          const Log& log, config::Faults& faults) {
  std::unique_ptr<Instance> instance(new Instance(std::move(options), engine, http, log));
  if (!instance->create(faults)) return nullptr;
  instance->watch();
  return instance;
}

bool Instance::create(config::Faults& faults) {
  const auto created = guest_->create();
  const auto say = [this](Millis waited) {
    log_.warn("still waiting for the module's create()", {{"for", duration_text(waited)}});
  };
  return this->created(wait(created, Clock::now() + limits_.create, limits_.slow_call, say),
                       faults);
}

notify::Task<std::unique_ptr<Instance>> Instance::begin(InstanceOptions options, Engine& engine,
                                                        net::Http& http, const Log& log,
                                                        config::Faults& faults) {
  std::unique_ptr<Instance> instance(new Instance(std::move(options), engine, http, log));
  Instance& self = *instance;
  self.guest_->create();
  auto waiting = self.wait_for(self.created_, engine.now() + self.limits_.create);
  const bool in_time = co_await waiting;
  if (!self.created(in_time, faults)) co_return nullptr;
  self.watch();
  co_return std::move(instance);
}

// True: it was set in time.
notify::Task<bool> Instance::wait_for(notify::Signal& signal, TimePoint deadline) {
  bool late = false;
  const auto left = std::chrono::duration_cast<Millis>(deadline - engine_.now());
  patience_.start(std::max(left, Millis(0)), [&late, &signal] {
    late = true;
    signal.set();
  });
  co_await signal;
  patience_.stop();
  co_return !late;
}

bool Instance::created(bool in_time, config::Faults& faults) {
  if (!in_time) {
    faults.add(guest_->file(),
               "module " + library_->info().name + " did not return from create() within " +
                   duration_text(limits_.create) + "; create() must not wait",
               config::FoundIn::kMachine);
    guest_->destroy();  // should it come back after all
    leave_in_quarantine("create()");
    return false;
  }
  const notify_rc rc = guest_->created();
  if (rc == NOTIFY_OK) return true;
  say_refused(rc, faults);
  guest_.reset();
  return false;
}

// What names an option reads like the host's own faults; the rest says who says it.
void Instance::say_refused(notify_rc rc, config::Faults& faults) const {
  const std::string who =
      "module " + library_->info().name + " refused to start (" + std::string(rc_name(rc)) + "): ";
  for (const Guest::Refusal& refusal : guest_->refusals()) {
    if (refusal.known) continue;
    const config::Subject& about = refusal.about;
    faults.add(about.at, (about.name.empty() ? who : "") + refusal.line, about.found);
  }
  if (!guest_->refusals().empty()) return;
  faults.add(guest_->file(), who + "it gave no reason", config::FoundIn::kMachine);
}

void Instance::end_by(TimePoint deadline) {
  if (!guest_) return;
  if (!ends_by_) guest_->destroy();
  ends_by_ = deadline;
}

Instance::~Instance() {
  if (!guest_) return;
  if (!ends_by_) end_by(Clock::now() + limits_.destroy);
  const auto say = [this](Millis waited) {
    const Guest::Busy busy = guest_->busy();
    log_.warn("still waiting for the module to end",
              {{"for", duration_text(waited)}, {"in", busy.what != nullptr ? busy.what : ""}});
  };
  if (!wait(guest_->end(), *ends_by_, limits_.slow_call, say)) leave_in_quarantine();
}

notify::Task<> Instance::leave(std::unique_ptr<Instance>& instance, TimePoint hurry_at,
                               TimePoint deadline, Workshop& workshop) {
  Instance& self = *instance;
  if (!self.guest_) co_return;
  while (self.open_ > 0) {
    auto waiting = self.wait_for(self.idle_, hurry_at);
    const bool idle = co_await waiting;
    if (idle) continue;
    self.hurry();
    break;
  }
  while (self.open_ > 0) {
    auto waiting = self.wait_for(self.idle_, deadline);
    const bool idle = co_await waiting;
    if (!idle) break;
  }
  self.end_by(deadline);
  while (!self.guest_->ended()) {
    auto waiting = self.wait_for(self.ended_, deadline);
    const bool ended = co_await waiting;
    if (!ended) break;
  }
  if (!self.guest_->ended()) self.leave_in_quarantine();  // its destructor would block the engine
  auto library = std::make_shared<std::shared_ptr<Library>>(self.library_);
  instance.reset();  // ends its thread, which has ended, or leaves it in quarantine
  auto unmapping = workshop.run<bool>([library] {
    library->reset();
    return true;
  });
  co_await unmapping;
}

void Instance::leave_in_quarantine() {
  const Guest::Busy busy = guest_->busy();
  leave_in_quarantine(busy.what != nullptr ? busy.what : "its work");
}

void Instance::leave_in_quarantine(const std::string& where) {
  log_.error("module does not come back; its thread and code stay until the daemon ends",
             {{"in", where}});
  guest_->answer_all(NOTIFY_CANCELLED, "the module does not come back from " + where);
  outlet_->cut();
  quarantine_->keep(std::move(guest_));
}

// A call that two looks in a row see blocks the instance.
void Instance::watch() {
  const Guest::Busy busy = guest_->busy();
  if (busy.what != nullptr && busy.number == seen_call_) {
    if (++looks_ == 1) {
      log_.warn("module blocks its thread; nothing else of this instance runs meanwhile",
                {{"in", busy.what}, {"for", "more than " + duration_text(limits_.slow_call)}});
    }
  } else if (std::exchange(looks_, 0U) > 0) {
    log_.info("module's thread goes on");
  }
  seen_call_ = busy.what != nullptr ? busy.number : 0;
  watch_.start(limits_.slow_call, [this] { watch(); });
}

bool Instance::wants(const model::Step& step) const {
  return (library_->info().event_mask >> kind_of(step) & 1U) != 0;
}

bool Instance::wants_digests() const {
  return (library_->info().event_mask >> NOTIFY_REQUESTS_DIGEST & 1U) != 0;
}

notify::Task<Answer> Instance::ask(Ask what, Event event) {
  // Who forgets the answer, by destroying the task, has not ended what was asked.
  notify::Reply<Answer> reply;
  ++open_;
  const std::weak_ptr<Instance*> weak = alive_;
  guest_->ask(what, std::move(event), [weak, to = reply.to()](Answer answer) {
    if (const auto there = weak.lock()) (*there)->answered();
    to(std::move(answer));
  });
  Answer answer = co_await reply;
  co_return answer;
}

notify::Task<Answer> Instance::route(Event event) { return ask(Ask::kRoute, std::move(event)); }
notify::Task<Answer> Instance::deliver(Event event) { return ask(Ask::kDeliver, std::move(event)); }
notify::Task<Answer> Instance::find(Event event) { return ask(Ask::kFind, std::move(event)); }
notify::Task<Answer> Instance::check() { return ask(Ask::kCheck, Event{}); }

void Instance::answered() {
  if (--open_ == 0) idle_.set();
}

bool Instance::secrets_changed() {
  std::string now;
  for (const std::string& file : secret_files_) now += identity_of(file);
  return std::exchange(secrets_seen_, now) != now;
}

}  // namespace notifyd::modules
