// Case: one Access Request on its way through one instance. It compares how the request is now with
// what the record says was done, has the next steps done, writes down what came of them, and looks
// again, until nothing is left; then it ends. Case::live() is the loop to read first.
//
// The parts: View (the request as seen), Plan (what is to be done), Ledger (the record, and what
// keeps it right when anything dies), one Attempt per recipient, and the instance's Sender, which
// says whether and when anything may be sent.
//
// [engine thread]
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bell.h"
#include "base/retry.h"
#include "delivery/attempt.h"
#include "delivery/ledger.h"
#include "delivery/plan.h"
#include "delivery/sender.h"
#include "delivery/verdict.h"
#include "delivery/view.h"
#include "model/cluster.h"
#include "model/subject.h"

namespace notifyd::delivery {

class Lane;

// How long it may take until a search finds what was sent.
inline constexpr Millis kSettling{3'000};

class Case final : public Waiter, public std::enable_shared_from_this<Case> {
 public:
  // `record`: where it is known already. The lane outlives its cases.
  Case(Lane& lane, model::Subject subject, std::optional<RecordText> record);

  // A newer view of the request, perhaps.
  void see(model::AccessRequestPtr request);
  void vanish();

  void wake() { bell_.ring(); }
  void turn_has_come(const std::string& recipient) override;
  // Somebody mended something: what waits after a failure is tried now.
  void retry_now();
  // Another notifier answers for the instance, perhaps with other routes.
  void route_anew();

  // How it ended as the record has it, where Teleport does not say so, or not yet; "" otherwise.
  std::string_view unknown_end() const {
    return plan().behind() ? name_of(plan().recorded_end()) : "";
  }
  // Has the digests that this request stands in say how it is now.
  void note_digests();

  // Known without asking anybody: nothing to do.
  bool at_rest() const;
  // Why the record is not ours to change, or null.
  const Error* unreadable() const { return ledger_.unreadable(); }

  // The case's life: keeps it alive, and reports its end to the lane.
  static notify::Task<> live(std::shared_ptr<Case> self);

 private:
  struct Due {
    std::string recipient;
    Step step;
    bool search = false;
  };
  // An announcement that has not been tried: it may go into a digest.
  static bool joins(const Due& due) {
    return due.step.kind == Step::Kind::kAnnounce && !due.search;
  }
  // One pass of the loop decides by one time, so that nothing falls between two looks at the clock:
  // what is not due in it sets an alarm.
  struct Look {
    TimePoint now;
    bool held_by_other = false;  // another replica has the request
  };

  // ---- What is known: questions, which change nothing ----
  Plan plan() const { return {view_, ledger_.record(), &invited_}; }
  bool stopping() const;
  bool under_way() const;
  bool all_recorded() const;
  bool idle() const;
  bool finished() const;
  bool may_stop() const;
  bool worth_writing() const;
  bool may_write_later(const Look& look) const;
  Look look() const { return {engine_.now(), ledger_.held_by_other()}; }
  std::vector<Due> wanted(const Look& look) const;
  std::optional<Due> wanted_of(const Plan& plan, const Progress& recipient) const;
  TimePoint next_look(const Look& look) const;
  bool may_route(const Look& look) const;
  Hands hands() const;
  const std::string& requester() const;

  void hurry_the_end();

  // ---- The record ----
  notify::Task<bool> load();
  void adopt(RecordText text);
  notify::Task<Ledger::Saved> save();

  // ---- Steps (case_due.cc): which are to be started ----
  void update_stages();
  void update_stage(const Plan& plan, Progress& recipient, Attempt& attempt);
  bool lets_end_pass(const Plan& plan, const Progress& recipient, const Attempt& attempt) const;
  static void let_end_pass(Progress& recipient, Attempt& attempt);
  std::vector<Due> line_up(const Look& look, std::vector<Due> steps);
  bool passes_breaker(const std::string& recipient);
  bool takes_place(const Due& due);
  bool takes_turn(const Due& due);
  std::string digest_of(const Due& due, const Progress& recipient);
  void leave_places();
  void intend(const std::vector<Due>& steps);
  void put_back();
  std::size_t room() const;
  bool is_left_out(const Plan& plan, const Progress& recipient, const Attempt& attempt) const;
  void keep_or_return_claim(const Look& look);
  void start(const std::vector<Due>& steps);

  // ---- Asking the module whom it concerns (case_route.cc) ----
  notify::Task<> route(Look look);
  void take_route(const modules::Answer& answer);
  void take_recipients(const modules::Answer& answer);
  Invited::Admitted admit();
  void say_whom(const Invited::Admitted& admitted) const;

  // ---- Asking it to do a step, and its answers (case_steps.cc) ----
  model::Recipient addressed(const Due& due, const Progress& recipient) const;
  notify::Task<> run_step(Due due);
  notify::Task<modules::Answer> ask(const Due& due);
  notify::Task<modules::Answer> ask_digest(const Due& due);
  modules::Event event(const Due& due);
  TimePoint deadline() const;
  model::AccessRequestPtr shown(const Plan& plan);
  void take_answer(const Due& due, const modules::Answer& answer);
  Verdict judge(const Due& due, const Progress& recipient, const modules::Answer& answer) const;
  void conclude(const Due& due, Progress& recipient, const modules::Answer& answer,
                Verdict verdict);
  void say_what_was_found(const Due& due, const Progress& recipient, Verdict::Fate fate) const;
  void breaker_failed(const std::string& recipient, const modules::Answer& answer);
  void keep_receipt(Progress& recipient, const modules::Answer& answer);
  void finish(Progress& recipient, const Step& step);
  void reached(Progress& recipient, const Step& step);
  void set_aside(Progress& recipient, const Step& step, const modules::Answer& answer);
  void give_up(Progress& recipient, const Step& step, const modules::Answer& answer);
  bool gives_up_looking(const Progress& recipient, const Step& step) const;
  Millis retry_wait(unsigned failures, const modules::Answer& answer);
  void retry_later(const Progress& recipient, const modules::Answer& answer);

  Lane& lane_;
  Engine& engine_;
  Sender& sender_;
  const model::Subject subject_;

  Bell bell_;  // above the places: one that is given up may ring it for the next

  View view_;
  Ledger ledger_;
  Invited invited_;
  std::map<std::string, Attempt> attempts_;  // by recipient
  std::uint64_t answers_ = 0;                // that came so far
  // Recipients for which it stands in line: at the breaker, or with all who can't reach them.
  std::set<std::string> waits_for_turn_, waits_for_mending_;
  Retry routing_;
  unsigned routes_ = 0;  // how often route() was to be asked anew
  std::unique_ptr<Window::Place> routing_place_;
  model::AccessRequestPtr drawn_;  // what is shown where the view alone does not say it

  notify::Scope steps_;  // last: its tasks use all of the above
};

}  // namespace notifyd::delivery
