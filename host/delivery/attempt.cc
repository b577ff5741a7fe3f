#include "delivery/attempt.h"

namespace notifyd::delivery {
namespace {

bool is_end(const Step& step) { return step.kind == Step::Kind::kEnd; }
bool under_way(Stage stage) { return stage == Stage::kDelivering || stage == Stage::kSearching; }

Stage put_back_to(bool is_end) { return is_end ? Stage::kBegun : Stage::kIdle; }

Stage started(Stage stage) {
  if (stage == Stage::kIntended) return Stage::kDelivering;
  return stage == Stage::kDoubtful ? Stage::kSearching : stage;
}

}  // namespace

Stage after(Stage stage, Turn turn, bool is_end) {
  switch (turn) {
    case Turn::kIntend:  // what is doubtful is looked for, which changes nothing and needs no mark
      return stage == Stage::kIdle || stage == Stage::kBegun ? Stage::kIntended : stage;
    case Turn::kPutBack:
      return stage == Stage::kIntended ? put_back_to(is_end) : stage;
    case Turn::kStart:
      return started(stage);
    case Turn::kDone:
      return under_way(stage) ? Stage::kIdle : stage;
    case Turn::kNotDone:
      return under_way(stage) ? put_back_to(is_end) : stage;
    case Turn::kMaybe:
      return under_way(stage) ? Stage::kDoubtful : stage;
    case Turn::kFound:
      return under_way(stage) ? stage : Stage::kDoubtful;
    case Turn::kCleared:
      break;
  }
  return under_way(stage) ? stage : Stage::kIdle;
}

void Attempt::intend(Progress& recipient, const Step& step) {
  recipient.trying = step;
  turn(Turn::kIntend, is_end(step));
}

void Attempt::put_back(Progress& recipient) {
  if (stage_ != Stage::kIntended) return;
  turn(Turn::kPutBack, recipient.trying && is_end(*recipient.trying));
  if (stage_ == Stage::kIdle) recipient.trying.reset();
}

void Attempt::done(Progress& recipient) {
  recipient.trying.reset();
  turn(Turn::kDone, false);
}

void Attempt::not_done(Progress& recipient, const Step& step) {
  turn(Turn::kNotDone, is_end(step));
  if (stage_ == Stage::kIdle) recipient.trying.reset();
}

void Attempt::clear(Progress& recipient) {
  recipient.trying.reset();
  turn(Turn::kCleared, false);
}

void Attempt::look_at_next(Progress& recipient) {
  if (look_now(recipient)) turn(Turn::kFound, false);
}

}  // namespace notifyd::delivery
