// Instance: one file of conf.d at work: its module, its settings, its thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/engine.h"
#include "base/log.h"
#include "base/workshop.h"
#include "config/faults.h"
#include "config/settings.h"
#include "module/guest.h"
#include "module/library.h"
#include "module/notifier.h"
#include "module/quarantine.h"
#include "net/http.h"

namespace notifyd::modules {

struct InstanceLimits {
  Millis slow_call{5'000};  // a call that blocks for longer is named in the log
  Millis create{60'000};    // then start() gives up
  Millis destroy{15'000};   // for whoever ends without end_by()
};

struct InstanceOptions {
  std::string name;
  std::shared_ptr<Library> library;
  config::Settings settings;               // checked against library->info().options
  bool allow_insecure = false;             // http:// also to other machines
  net::CaText extra_cas;                   // trusted by its requests, beside the system's
  std::shared_ptr<Quarantine> quarantine;  // required; outlives every instance
  CountSink count;                         // may be empty
  InstanceLimits limits;
};

// [engine]
class Instance final : public Notifier {
 public:
  // Blocks while the module's create() runs. `engine` and `http` outlive the instance. Null when
  // the module refused: then `faults` has why, but for what is known to be wrong in the settings.
  static std::unique_ptr<Instance> start(InstanceOptions options, Engine& engine, net::Http& http,
                                         const Log& log, config::Faults& faults);
  // The same, and the engine goes on meanwhile. `faults` outlives the task.
  static notify::Task<std::unique_ptr<Instance>> begin(InstanceOptions options, Engine& engine,
                                                       net::Http& http, const Log& log,
                                                       config::Faults& faults);

  // Ends it, and the engine goes on meanwhile: once nothing that it was asked is open, or at
  // `hurry_at`, when it is asked to hurry; what is open at `deadline` is answered for it, and it
  // stays in quarantine. Its code is unmapped in the workshop. `instance`, which outlives the task,
  // is null from then on.
  static notify::Task<> leave(std::unique_ptr<Instance>& instance, TimePoint hurry_at,
                              TimePoint deadline, Workshop& workshop);

  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  // Blocks while what was asked before, and then destroy(), runs: until the time given to end_by(),
  // else for limits.destroy at most. Then the module is left in quarantine.
  ~Instance() override;

  const std::string& name() const override { return name_; }
  bool wants(const model::Step& step) const override;
  bool wants_digests() const override;
  bool can_find() const override { return library_->info().finds; }

  notify::Task<Answer> route(Event event) override;
  notify::Task<Answer> deliver(Event event) override;
  notify::Task<Answer> find(Event event) override;
  notify::Task<Answer> check() override;
  bool secrets_changed() override;

  // Asks the module to hurry with all that is open; it still answers each.
  void hurry() { guest_->hurry(); }
  // Tells the module to end, without waiting: many can end side by side. Nothing may be asked of it
  // any more. May be called again, with another deadline: the last one counts.
  void end_by(TimePoint deadline);
  const Library& library() const { return *library_; }

 private:
  Instance(InstanceOptions options, Engine& engine, net::Http& http, const Log& log);

  bool create(config::Faults& faults);
  bool created(bool in_time, config::Faults& faults);
  notify::Task<bool> wait_for(notify::Signal& signal, TimePoint deadline);
  void say_refused(notify_rc rc, config::Faults& faults) const;
  notify::Task<Answer> ask(Ask what, Event event);
  void answered();
  void watch();
  void leave_in_quarantine();
  void leave_in_quarantine(const std::string& where);

  const std::string name_;
  std::shared_ptr<Library> library_;
  const std::shared_ptr<Quarantine> quarantine_;
  const InstanceLimits limits_;
  const Log log_;
  const std::vector<std::string> secret_files_;
  std::string secrets_seen_;  // what the files were when last looked at
  const std::shared_ptr<Outlet> outlet_;
  std::unique_ptr<Guest> guest_;  // null once it is in quarantine, or was refused

  Engine& engine_;
  std::shared_ptr<Instance*> alive_ = std::make_shared<Instance*>(this);  // for what comes later
  std::size_t open_ = 0;                                                  // asked and not answered
  notify::Signal created_, idle_, ended_;
  ScopedTimer patience_;
  ScopedTimer watch_;
  std::uint64_t seen_call_ = 0;  // what the last look saw under way
  unsigned looks_ = 0;           // how many looks saw it
  std::optional<TimePoint> ends_by_;
};

}  // namespace notifyd::modules
