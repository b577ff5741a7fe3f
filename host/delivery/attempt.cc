#include "delivery/attempt.h"

namespace notifyd::delivery {
namespace {

bool is_end(const Step& step) { return step.kind == Step::Kind::kEnd; }

Stage put_back_to(bool is_end) { return is_end ? Stage::kBegun : Stage::kIdle; }

Stage started(Stage stage) {
  if (stage == Stage::kIntended) return Stage::kDelivering;
  return stage == Stage::kDoubtful ? Stage::kSearching : stage;
}

}  // namespace

Stage after(Stage stage, Transition by, bool is_end) {
  switch (by) {
    case Transition::
        kIntend:  // what is doubtful is looked for, which changes nothing and needs no mark
      return stage == Stage::kIdle || stage == Stage::kBegun ? Stage::kIntended : stage;
    case Transition::kPutBack:
      return stage == Stage::kIntended ? put_back_to(is_end) : stage;
    case Transition::kStart:
      return started(stage);
    case Transition::kDone:
      return under_way(stage) ? Stage::kIdle : stage;
    case Transition::kNotDone:
      return under_way(stage) ? put_back_to(is_end) : stage;
    case Transition::kMaybe:
      return under_way(stage) ? Stage::kDoubtful : stage;
    case Transition::kDoubted:
      return under_way(stage) ? stage : Stage::kDoubtful;
    case Transition::kCleared:
      break;
  }
  return under_way(stage) ? stage : Stage::kIdle;
}

void Attempt::intend(Progress& recipient, const Step& step) {
  recipient.trying = step;
  move(Transition::kIntend, is_end(step));
}

void Attempt::put_back(Progress& recipient) {
  if (stage_ != Stage::kIntended) return;
  move(Transition::kPutBack, recipient.trying && is_end(*recipient.trying));
  if (stage_ == Stage::kIdle) recipient.trying.reset();
}

void Attempt::done(Progress& recipient) {
  recipient.trying.reset();
  move(Transition::kDone, false);
}

void Attempt::not_done(Progress& recipient, const Step& step) {
  move(Transition::kNotDone, is_end(step));
  if (stage_ == Stage::kIdle) recipient.trying.reset();
}

void Attempt::clear(Progress& recipient) {
  recipient.trying.reset();
  move(Transition::kCleared, false);
}

void Attempt::take_up_search(Progress& recipient) {
  if (delivery::take_up_search(recipient)) move(Transition::kDoubted, false);
}

}  // namespace notifyd::delivery
