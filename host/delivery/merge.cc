#include "delivery/merge.h"

#include <algorithm>
#include <utility>

namespace notifyd::delivery {
namespace {

bool under_way(Stage stage) { return stage == Stage::kDelivering || stage == Stage::kSearching; }
bool is_end(const std::optional<Step>& step) { return step && step->kind == Step::Kind::kEnd; }

class Merger {
 public:
  Merger(const Record& base, const Standing& mine, const std::string& me)
      : base_(base), mine_(mine), me_(me) {}

  Standing run(const Record& theirs) {
    merged_.record = theirs.empty() && !mine_.record.empty() ? what_vanished() : theirs;
    is_mine_ = merged_.record.claim.owner == me_;
    for (const Progress& mine : mine_.record.recipients) {
      if (keeps(mine)) lay_over(mine);
    }
    for (Progress& p : merged_.record.recipients) take_up_tried(p);
    return std::move(merged_);
  }

 private:
  // Teleport has lost the record, or never got it. What was only put down and surely not started is
  // not to be looked for; an end stays, for nothing else may say how the request ended.
  Record what_vanished() const {
    Record known = mine_.record;
    for (Progress& p : known.recipients) {
      if (mine_.stage(p.to.id) == Stage::kIntended && !is_end(p.trying)) p.trying.reset();
    }
    return known;
  }

  bool has_news_of(const Progress& mine) const {
    return has_news(mine, mine_.stage(mine.to.id), base_.find(mine.to.id));
  }
  // An end that was begun here may show in part, whatever the record says of it.
  bool keeps(const Progress& mine) const {
    const Stage stage = mine_.stage(mine.to.id);
    return under_way(stage) || stage == Stage::kBegun || has_news_of(mine);
  }

  void lay_over(const Progress& mine) {
    Stage& stage = merged_.stages[mine.to.id];
    stage = mine_.stage(mine.to.id);
    if (Progress* theirs = merged_.record.find(mine.to.id)) {
      *theirs = laid_over(*theirs, mine, stage);
    } else {
      merged_.record.recipients.push_back(mine);
    }
  }

  Progress laid_over(const Progress& theirs, Progress mine, Stage& stage) const {
    if (stage == Stage::kIntended && !is_mine_) mine.trying.reset();  // lost the swap
    for (const Step& step : theirs.afterwards) look_afterwards(mine, step);
    // An announcement that this process made since takes an expiry back.
    const bool taken_back = theirs.told == End::kExpired && mine.announced && !theirs.announced;
    if (overrules(theirs.told, mine.told) && !taken_back) {
      look_afterwards(mine, Step::tell(theirs.told));
    }
    if (!is_mine_ && theirs.trying) {
      if (theirs.trying == mine.trying && !under_way(stage)) {
        stage = Stage::kDoubtful;
      } else {
        look_afterwards(mine, *theirs.trying);
      }
    }
    if (theirs.announced && !mine.announced) mine.given_up.clear();  // the other one got through
    mine.announced |= theirs.announced;
    mine.reported |= theirs.reported;
    mine.reviews = std::max(mine.reviews, theirs.reviews);
    if (mine.receipt.empty()) mine.receipt = theirs.receipt;
    if (mine.message.empty()) mine.message = theirs.message;
    return mine;
  }

  // What is on record as tried, and is not what this process is at or has only put there, may have
  // been done: by another replica, by a former life, or by a case before this one.
  void take_up_tried(Progress& p) {
    const Progress* mine = mine_.record.find(p.to.id);
    const bool kept = mine != nullptr && keeps(*mine);
    Stage& stage = merged_.stages[p.to.id];
    if (!kept) stage = mine_.stage(p.to.id);
    if (stage == Stage::kIntended && (!is_mine_ || !p.trying)) stage = Stage::kIdle;
    if (p.trying && !kept && stage != Stage::kIntended) stage = Stage::kDoubtful;
    if (!p.trying && !under_way(stage)) stage = Stage::kIdle;
    const bool free = !under_way(stage) && stage != Stage::kDoubtful;
    if (free && look_now(p)) stage = Stage::kDoubtful;
  }

  const Record& base_;
  const Standing& mine_;
  const std::string& me_;
  Standing merged_;
  bool is_mine_ = false;  // the claim in the merged record
};

}  // namespace

Stage Standing::stage(const std::string& recipient) const {
  const auto found = stages.find(recipient);
  return found == stages.end() ? Stage::kIdle : found->second;
}

bool has_news(const Progress& mine, Stage stage, const Progress* base) {
  Progress known;
  if (base != nullptr) {
    known = *base;
  } else {
    known.to = mine.to;
  }
  if (stage == Stage::kIntended) known.trying = mine.trying;
  return mine != known;
}

Standing merge(const Record& base, const Record& theirs, const Standing& mine,
               const std::string& me) {
  return Merger(base, mine, me).run(theirs);
}

}  // namespace notifyd::delivery
