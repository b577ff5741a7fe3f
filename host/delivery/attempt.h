// Attempt: where one recipient's current step stands in this process. The record says which step is
// tried (Progress::trying); the stage says what that means here. The two change together, in this
// file and nowhere else.
//
//   Idle ──intend──▶ Intended ──start──▶ Delivering ──maybe──▶ Doubtful ──start──▶ Searching
//
//   stage       intend    put back    start       done  not done    maybe     doubted   cleared
//   Idle        Intended  .           .           .     .           .         Doubtful  .
//   Intended    .         Idle/Begun  Delivering  .     .           .         Doubtful  Idle
//   Delivering  .         .           .           Idle  Idle/Begun  Doubtful  .         .
//   Doubtful    .         .           Searching   .     .           .         .         Idle
//   Searching   .         .           .           Idle  Idle/Begun  Doubtful  .         .
//   Begun       Intended  .           .           .     .           .         Doubtful  Idle
//
//   "." changes nothing; of "Idle/Begun" the second is an end's.
//
// Idle        nothing is tried.
// Intended    the step is in the record or about to be, and surely not started.
// Delivering  the module is at it.
// Doubtful    it may have been done, here, by another replica or in a former life: find() is asked
//             before it is done again.
// Searching   the module is looking for it.
// Begun       an end that was told in part or not at all. It stays on record as tried, since when
//             Teleport has the request no more the record alone says how it ended. It is done again
//             without a search, for an edit may be made twice.
//
// [engine thread]
#pragma once

#include <cstdint>
#include <memory>

#include "base/retry.h"
#include "delivery/record.h"
#include "delivery/window.h"

namespace notifyd::delivery {

enum class Stage { kIdle, kIntended, kDelivering, kDoubtful, kSearching, kBegun };

// What moves a step from one stage to the next.
enum class Transition {
  kIntend,   // the claim and the step go into the record
  kPutBack,  // it is not started after all
  kStart,    // the module is asked to do it, or to look for it
  kDone,     // it was done, or counts as done
  kNotDone,  // it surely was not done, or not in full
  kMaybe,    // nobody knows, or nobody knows yet
  kDoubted,  // the record has it as tried, and this process does not know what came of it
  kCleared,  // it is on record no more, or need not be done any more
};

constexpr bool under_way(Stage stage) {
  return stage == Stage::kDelivering || stage == Stage::kSearching;
}

// The stage after it. What means nothing in a stage changes nothing: what the record says while
// the module is at a step waits for the module's answer.
Stage after(Stage stage, Transition by, bool is_end);

class Attempt {
 public:
  Stage stage() const { return stage_; }
  bool under_way() const { return delivery::under_way(stage_); }
  bool doubtful() const { return stage_ == Stage::kDoubtful; }
  void restore(Stage stage) { stage_ = stage; }  // as merge() left it

  // `step` goes into the record as tried.
  void intend(Progress& recipient, const Step& step);
  void put_back(Progress& recipient);
  void start() { move(Transition::kStart, false); }
  void done(Progress& recipient);
  void not_done(Progress& recipient, const Step& step);
  void maybe() { move(Transition::kMaybe, false); }
  void clear(Progress& recipient);
  // Takes up the next step to be searched for, if any; it is then doubtful.
  void take_up_search(Progress& recipient);

  // Answer number `number` of the case came. The record lacks it until a write that began after it
  // has succeeded.
  void answered(std::uint64_t number) { answer_ = number; }
  void recorded(std::uint64_t up_to) {
    if (answer_ <= up_to) answer_ = 0;
  }
  bool has_news() const { return answer_ != 0; }

  Retry retry;
  std::unique_ptr<Window::Place> place;  // under way, or in line to be
  std::string digest;                    // that the step is done in; "": by itself

 private:
  void move(Transition by, bool is_end) { stage_ = after(stage_, by, is_end); }

  Stage stage_ = Stage::kIdle;
  std::uint64_t answer_ = 0;  // 0: none that the record lacks
};

}  // namespace notifyd::delivery
