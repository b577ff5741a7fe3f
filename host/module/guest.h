// Guest: a module at work for one instance, on a thread of its own. All of the module's functions
// and callbacks run there. Other threads only post to it and read what is atomic.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/engine.h"
#include "base/log.h"
#include "module/calls.h"
#include "module/library.h"
#include "module/module_config.h"
#include "module/module_log.h"
#include "module/notifier.h"
#include "module/outlet.h"
#include "module/tickets.h"

namespace notifyd::modules {

// A module's counter, on the engine's thread.
using CountSink =
    std::function<void(const std::string& metric, double by,
                       const std::vector<std::pair<std::string, std::string>>& labels)>;

struct GuestOptions {
  std::string name;  // of the instance
  std::shared_ptr<Library> library;
  config::Settings settings;
  bool allow_insecure = false;  // its requests may be http:// to other machines
  std::uint32_t generation = 0;
  CountSink count;  // may be empty
};

enum class Ask { kRoute, kDeliver, kFind, kCheck };

class Guest {
 public:
  // `outlet` is cut by the owner before the engine or HTTP goes.
  Guest(GuestOptions options, std::shared_ptr<Outlet> outlet, const Log& log);
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  ~Guest();  // joins the thread: only after destroy() or a refused create() has ended

  // [engine] Starts the thread. What create() answered; without NOTIFY_OK the thread ends, and
  // refusals() says why.
  std::shared_future<notify_rc> create();
  notify_rc created() const { return creation_.get(); }  // once it has answered
  // [engine] Before create(): what is posted to the engine when that has answered, and when the
  // thread runs nothing of the module any more.
  void tell(Engine::Work created, Engine::Work ended) {
    tell_created_ = std::move(created);
    tell_ended_ = std::move(ended);
  }
  // [engine] `done` comes on the engine's thread.
  void ask(Ask what, Event event, std::function<void(Answer)> done);
  // [engine] Asks the module to hurry with every open ticket.
  void hurry();
  // [engine] The last work of the thread, behind all that was asked before.
  void destroy();

  // [any]
  bool ended() const { return ended_.load(); }  // the thread runs nothing of the module any more
  std::shared_future<void> end() const { return end_; }
  config::Position file() const { return config_.subject_of("").at; }  // where its settings are
  const std::string& name() const { return name_; }

  // [engine] What a refused create() said is wrong, after it has answered.
  struct Refusal {
    std::string line;
    config::Subject about;
    bool known = false;  // that what it is about is wrong
  };
  const std::vector<Refusal>& refusals() const { return refusals_; }

  // [any] Which call into the module is under way: `number` differs from call to call.
  struct Busy {
    std::uint64_t number = 0;
    const char* what = nullptr;  // null: none
  };
  Busy busy() const;

  // [any] Every ticket that is still open is answered for the module, with this code.
  void answer_all(notify_rc rc, const std::string& detail);

 private:
  friend struct HostTable;  // the functions behind host_

  void enter(const char* what, const Engine::Work& call);
  void run();
  void create_here();
  void note_refusals(const std::vector<std::string>& errors);
  void destroy_here();
  void ask_here(Ask what, Event event, std::function<void(Answer)> done);
  notify_rc answer(notify_ticket ticket, const notify_result* result);
  void say_left_out(const std::vector<std::string>& left_out) const;
  void give(Tickets::Open open, Answer answer);
  void count(const char* metric, double by, const notify_kv* labels, std::size_t n_labels);

  const std::string name_;
  const std::shared_ptr<Library> library_;
  const CountSink count_;
  const Log log_;
  const std::shared_ptr<Outlet> outlet_;
  const std::shared_ptr<AsioEngine> loop_;  // shared: late completions still find it

  ModuleConfig config_;
  ModuleLog module_log_;
  Tickets tickets_;
  Calls calls_;
  notify_host host_;

  notify_instance* instance_ = nullptr;  // [instance]
  RequestViews views_;                   // [instance]

  std::vector<Refusal> refusals_;  // [instance] until created_ is set

  Engine::Work tell_created_, tell_ended_;
  std::atomic<std::uint64_t> entered_{0};
  std::atomic<const char*> entered_what_{nullptr};
  std::atomic<bool> ended_{false};
  std::promise<notify_rc> created_;
  std::shared_future<notify_rc> creation_;
  std::promise<void> ending_;
  std::shared_future<void> end_;
  std::thread thread_;
};

}  // namespace notifyd::modules
