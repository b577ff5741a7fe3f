#include "module/guest.h"

#include "base/crash_point.h"
#include "base/text.h"
#include "base/thread.h"
#include "module/abi_text.h"
#include "module/answer.h"
#include "module/host_table.h"

namespace notifyd::modules {
namespace {

using Entry = void (*)(notify_instance*, notify_ticket, const notify_event*);

Answer without_asking(notify_rc rc) {
  Answer answer;
  answer.rc = rc;
  return answer;
}

// What a module without this optional entry would say.
notify_rc missing_entry(Ask what) { return what == Ask::kFind ? NOTIFY_DROP : NOTIFY_OK_SKIPPED; }

Entry entry_of(const notify_module& table, Ask what) {
  switch (what) {
    case Ask::kRoute:
      return table.route;
    case Ask::kDeliver:
      return table.deliver;
    case Ask::kFind:
      return table.find;
    case Ask::kCheck:
      break;
  }
  return nullptr;
}

const char* words_of(Ask what) {
  switch (what) {
    case Ask::kRoute:
      return "route()";
    case Ask::kDeliver:
      return "deliver()";
    case Ask::kFind:
      return "find()";
    case Ask::kCheck:
      break;
  }
  return "check()";
}

}  // namespace

Guest::Guest(GuestOptions options, std::shared_ptr<Outlet> outlet, const Log& log)
    : name_(std::move(options.name)),
      library_(std::move(options.library)),
      count_(std::move(options.count)),
      log_(log.with({{"instance", name_}})),
      outlet_(std::move(outlet)),
      loop_(std::make_shared<AsioEngine>()),
      config_(std::move(options.settings), library_->info().options, log_),
      module_log_(log_, config_),
      tickets_(options.generation),
      calls_(loop_, outlet_, options.allow_insecure,
             [this](const char* what, const Engine::Work& call) { enter(what, call); }),
      host_(HostTable::make(this)),
      end_(ending_.get_future().share()) {}

Guest::~Guest() {
  if (thread_.joinable()) thread_.join();
}

std::shared_future<notify_rc> Guest::create() {
  creation_ = created_.get_future().share();
  loop_->post([this] { create_here(); });
  thread_ = start_thread("m:" + name_, [this] { run(); });
  return creation_;
}

void Guest::run() {
  loop_->run();
  ended_ = true;
  ending_.set_value();
  if (tell_ended_) outlet_->post(tell_ended_);
}

// An even number of steps: nothing of the module runs.
void Guest::enter(const char* what, const Engine::Work& call) {
  entered_what_ = what;
  ++entered_;
  call();
  ++entered_;
}

Guest::Busy Guest::busy() const {
  const std::uint64_t number = entered_;
  return {number, number % 2 == 0 ? nullptr : entered_what_.load()};
}

void Guest::create_here() {
  notify_rc rc = NOTIFY_MISUSE;
  enter("create()", [&] { rc = library_->table().create(&host_, &instance_); });
  const std::vector<std::string> errors = module_log_.take_errors(rc != NOTIFY_OK);
  if (rc != NOTIFY_OK) {
    note_refusals(errors);
    calls_.drop_all();
    config_.wipe();
    loop_->stop();
  }
  created_.set_value(rc);
  if (tell_created_) outlet_->post(tell_created_);
}

// Before the settings are wiped: where a secret is decides what is known of it.
void Guest::note_refusals(const std::vector<std::string>& errors) {
  for (const std::string& line : errors) {
    config::Subject about = config_.subject_of(line);
    const bool known = config_.is_wrong(about);
    refusals_.push_back({line, std::move(about), known});
  }
}

void Guest::destroy() {
  loop_->post([this] { destroy_here(); });
}

void Guest::destroy_here() {
  enter("destroy()", [this] { library_->table().destroy(instance_); });
  if (const std::size_t left = tickets_.all().size(); left != 0) {
    log_.error("module was destroyed without answering", {{"tickets", left}});
    answer_all(NOTIFY_CANCELLED, "the module ended without an answer");
  }
  calls_.drop_all();
  config_.wipe();
  loop_->stop();
}

void Guest::hurry() {
  if (library_->table().abandon == nullptr) return;
  loop_->post([this] {
    for (const notify_ticket ticket : tickets_.all()) {
      enter("abandon()", [&] { library_->table().abandon(instance_, ticket); });
    }
  });
}

void Guest::ask(Ask what, Event event, std::function<void(Answer)> done) {
  loop_->post([this, what, event = std::move(event), done = std::move(done)]() mutable {
    ask_here(what, std::move(event), std::move(done));
  });
}

void Guest::ask_here(Ask what, Event event, std::function<void(Answer)> done) {
  const notify_module& table = library_->table();
  const Entry entry = entry_of(table, what);
  if (entry == nullptr && (what != Ask::kCheck || table.check == nullptr)) {
    give({nullptr, std::move(done)}, without_asking(missing_entry(what)));
    return;
  }
  auto request = views_.of(event);
  auto view = std::make_shared<const EventView>(std::move(event), std::move(request));
  const notify_event* const raw = view->get();
  const notify_ticket ticket = tickets_.open({std::move(view), std::move(done)});
  enter(words_of(what), [&] {
    if (what == Ask::kCheck) {
      table.check(instance_, ticket);
    } else {
      entry(instance_, ticket, raw);
    }
  });
}

notify_rc Guest::answer(notify_ticket ticket, const notify_result* result) {
  if (result == nullptr) {
    log_.warn("module answered with NULL");
    return NOTIFY_MISUSE;
  }
  TakenAnswer taken = take_answer(result);
  auto open = tickets_.close(ticket);
  if (!open) {
    log_.warn("module answered a ticket that is not open",
              {{"ticket", ticket}, {"rc", rc_name(taken.answer.rc)}});
    return NOTIFY_MISUSE;
  }
  if (!taken.misuse.empty()) log_.warn("module broke its contract", {{"how", taken.misuse}});
  if (taken.beyond_most > 0) {
    log_.warn("module names more recipients than one request may have; the rest is not notified",
              {{"module", std::string(library_->table().name)},
               {"left_out", taken.beyond_most},
               {"most", kMostRecipients}});
  }
  if (!taken.left_out.empty()) say_left_out(taken.left_out);
  taken.answer.detail = config_.redact(std::move(taken.answer.detail));
  const notify_rc verdict = taken.misuse.empty() ? NOTIFY_OK : NOTIFY_MISUSE;
  give(std::move(*open), std::move(taken.answer));
  return verdict;
}

void Guest::say_left_out(const std::vector<std::string>& left_out) const {
  log_.warn("part of the module's answer can't be used and is left out",
            {{"what", config_.redact(left_out.front())}, {"and_others", left_out.size() - 1}});
}

void Guest::give(Tickets::Open open, Answer answer) {
  crash_point("before an answer is given");
  outlet_->post([done = std::move(open.done), answer = std::move(answer)] {
    crash_point("before an answer is taken");
    done(answer);
    crash_point("after an answer is taken");
  });
  // A module may still look at the event before it returns from the call it answers in.
  if (open.event) loop_->post([event = std::move(open.event)] {});
}

void Guest::answer_all(notify_rc rc, const std::string& detail) {
  Answer answer;
  answer.rc = rc;
  answer.detail = detail;
  for (const notify_ticket ticket : tickets_.all()) {
    if (auto open = tickets_.close(ticket)) give(std::move(*open), answer);
  }
}

void Guest::count(const char* metric, double by, const notify_kv* labels, std::size_t n_labels) {
  if (!count_ || metric == nullptr) return;
  std::vector<std::pair<std::string, std::string>> copies;
  for (std::size_t i = 0; labels != nullptr && i < n_labels; ++i) {
    copies.emplace_back(one_line(view(labels[i].key), 64), one_line(view(labels[i].value), 256));
  }
  outlet_->post([sink = count_, name = std::string(metric), by, copies = std::move(copies)] {
    sink(name, by, copies);
  });
}

}  // namespace notifyd::modules
