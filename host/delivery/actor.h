// Actor: one Access Request on its way through one instance. It compares how the request is now
// with what the record says was done, does the next steps, writes down what came of them, and looks
// again, until nothing is left; then it ends.
//
// What keeps this right when anything dies at any point:
//  * Before a step is started the record says so (claim and Progress::trying, one compare-and-swap).
//    A step that is on record as tried and has no answer may have been done: find() is asked first.
//  * While a claim runs, other replicas start nothing. It is renewed while steps are under way, and
//    steps start only with enough of it left. Who lost it all the same (Teleport was away) leaves it
//    to the one who has it now, with what that one has on record as tried.
//  * A lost compare-and-swap, and a write whose answer was lost, end the same way: read again, lay
//    over it what was done since, look again.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "delivery/lane.h"
#include "delivery/plan.h"
#include "delivery/record.h"
#include "delivery/window.h"

namespace notifyd::delivery {

class Actor : public std::enable_shared_from_this<Actor> {
 public:
  // `entry`: the record where it is known already.
  Actor(Lane& lane, std::string id, std::optional<teleport::PluginEntry> entry);

  // A newer view of the request. Views may come out of order (a list page read before an event):
  // one that is older than what we have changes nothing.
  void see(teleport::AccessRequestPtr request, bool is_gone);
  void wake();
  // The gate may have room for this recipient.
  void gate_moved(const std::string& recipient);
  // What waits after a failure is tried now.
  void retry_now();

  // Known without asking anybody: nothing to do.
  bool at_rest() const;

  // The actor's life: keeps it alive, and reports its end to the lane.
  static notify::Task<> live(std::shared_ptr<Actor> actor);

 private:
  friend class Lane;

  // Until what was sent is surely in the history.
  static constexpr Millis kSettling{3'000};

  // What is known of one recipient's current step in this process only.
  struct Attempt {
    bool marked = false;  // put on record by this actor and surely not started yet
    std::optional<Step> running;
    bool begun = false;      // an end, told in part or not at all: stays on record as tried
    bool unsure = false;     // may have been done: find() before it is done again
    std::uint64_t fact = 0;  // number of the last answer that the record may not have yet, 0: none
    unsigned failures = 0;
    TimePoint not_before{};
    std::unique_ptr<Window::Place> place;  // under way, or in line to be
  };
  struct Due {
    std::string recipient;
    Step step;
    bool find = false;
  };
  enum class Saved { kYes, kAgainNow, kAgainLater };  // later: at next_look_

  Situation situation() const;
  void wait_no_longer();
  void adopt(const teleport::PluginEntry& entry);
  void leave_alone(const Error& error);
  void merge(Record fresh);
  Record what_vanished();
  Progress laid_over(const Progress& theirs, Progress mine, bool is_mine);
  void take_up_tried(Progress& recipient, bool is_mine);
  void look_afterwards(Progress& recipient, const std::string& step);
  void look_now(Progress& recipient);

  notify::Task<bool> load();
  notify::Task<Saved> save();
  Saved not_saved(const Error& error);
  void go_on_unrecorded();
  Millis record_backoff(Millis cap);
  notify::Task<> route();
  bool may_route();
  notify::Task<> run_step(std::string recipient, Step step, bool find);
  notify::Task<> pause();

  std::vector<Due> due();
  std::vector<Due> wanted();
  std::optional<Step> next_for(Progress& recipient);
  bool lets_end_pass(const Progress& recipient, const Step& reply) const;
  void let_end_pass(Progress& recipient);
  bool may_start();
  bool has_room(const std::string& recipient);
  bool has_place(const Due& due);
  void leave_lines();
  void claim_for(const std::vector<Due>& steps);
  void keep_or_return_claim();
  void start(const std::vector<Due>& steps);
  bool left() const { return anything_left(situation(), record_); }
  bool idle() const;
  bool worth_writing() const;
  bool all_recorded() const;
  bool finished() const;
  bool may_stop() const;
  void renew_claim();
  void forget_marks();
  void wake_in(Millis delay);
  void wake_at(TimePoint when) { next_look_ = std::min(next_look_, when); }

  TimePoint deadline() const;
  modules::Event event(const Progress& recipient, const Step& step);
  std::shared_ptr<const modules::RequestData> data(const Outcome& outcome);
  void gate_failed(const std::string& recipient, const modules::Answer& answer);
  void take_route(const modules::Answer& answer);
  void take_recipients(const modules::Answer& answer);
  void take_answer(Progress& recipient, const Step& step, const modules::Answer& answer);
  void take_find(Progress& recipient, const Step& step, const modules::Answer& answer);
  bool gives_up_looking(const Progress& recipient, const Step& step);
  void drop(Progress& recipient, const Step& step, const modules::Answer& answer);
  void finish(Progress& recipient, const Step& step);
  void not_done(Progress& recipient, const Step& step);
  void keep_receipt(Progress& recipient, const modules::Answer& answer);
  void retry_later(Progress& recipient, const modules::Answer& answer);
  Millis retry_wait(unsigned failures, const modules::Answer& answer);
  bool held_by_other() const {
    return record_.claim.held_by_other(lane_.options_.owner, now_ms(),
                                       2 * lane_.options_.claim_time.count());
  }
  bool claim_is_mine() const { return record_.claim.owner == lane_.options_.owner; }
  bool claim_is_fresh() const;
  std::int64_t now_ms() const { return unix_ms(lane_.engine_.wall()); }

  Lane& lane_;
  std::string id_;
  teleport::AccessRequestPtr request_;
  bool gone_ = false;
  bool seen_pending_ = false;

  std::optional<teleport::PluginEntry> base_;  // the record as last read or written; none: read it
  Record record_;
  Claim recorded_claim_;  // in base_
  bool readable_ = true;  // false: the record is not ours to change
  std::map<std::string, Attempt> attempts_;
  std::uint64_t facts_ = 0;  // how many answers came so far
  unsigned running_count_ = 0;
  std::set<std::string> blocked_for_;  // recipients in whose line before the gate it is
  bool short_record_ = false;          // Teleport refused it with the reason in full
  unsigned record_failures_ = 0;
  bool refusal_said_ = false;
  // Teleport has nothing of it any more: what is left is done all the same, but not for ever.
  bool unrecorded_ = false;
  TimePoint unrecorded_until_ = TimePoint::max();
  unsigned route_failures_ = 0;
  TimePoint route_not_before_{};
  std::unique_ptr<Window::Place> route_place_;

  std::shared_ptr<const modules::RequestData> data_;  // of the situation it was built for
  Outcome data_outcome_;

  notify::Signal changed_;
  bool wake_posted_ = false;
  TimePoint next_look_ = TimePoint::max();
  ScopedTimer timer_;
  notify::Scope steps_;  // last: its tasks use all of the above
};

}  // namespace notifyd::delivery
