#include "delivery/merge.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace notifyd::delivery {
namespace {

bool is_end(const std::optional<Step>& step) { return step && step->kind == Step::Kind::kEnd; }

class Merger {
 public:
  Merger(Standing mine, const std::string& me) : mine_(std::move(mine)), me_(me) {}

  Standing run(const Record& theirs) {
    record_ = theirs.empty() && !mine_.record.empty() ? what_vanished() : theirs;
    is_mine_ = record_.claim.owner == me_;
    for (std::size_t i = 0; i < record_.recipients.size(); ++i) {
      index_.emplace(record_.recipients[i].to.id, i);
    }
    for (const Progress& mine : mine_.record.recipients) {
      if (keeps(mine.to.id)) lay_over(mine);
    }
    for (Progress& p : record_.recipients) take_up_tried(p, mine_.hands[p.to.id]);
    return {std::move(record_), std::move(mine_.hands)};
  }

 private:
  bool keeps(const std::string& recipient) {
    const Hand& hand = mine_.hands[recipient];
    return under_way(hand.stage) || hand.news;
  }

  // Teleport has lost the record, or never got it. What was only intended and surely not started is
  // not to be searched for; an end stays, for nothing else may say how the request ended.
  Record what_vanished() {
    Record known = mine_.record;
    for (Progress& p : known.recipients) {
      const bool intended = mine_.hands[p.to.id].stage == Stage::kIntended;
      if (intended && !is_end(p.trying)) p.trying.reset();
    }
    return known;
  }

  void lay_over(const Progress& mine) {
    if (const auto at = index_.find(mine.to.id); at != index_.end()) {
      Progress& theirs = record_.recipients[at->second];
      theirs = laid_over(theirs, mine, mine_.hands[mine.to.id].stage);
    } else {
      record_.recipients.push_back(mine);
    }
  }

  Progress laid_over(const Progress& theirs, Progress mine, Stage& stage) const {
    if (stage == Stage::kIntended && !is_mine_) mine.trying.reset();  // lost the swap
    for (const Step& step : theirs.to_search) search_later(mine, step);
    // An announcement that this process made since takes an expiry back.
    const bool taken_back = theirs.told == End::kExpired && mine.announced && !theirs.announced;
    if (overrules(theirs.told, mine.told) && !taken_back) {
      search_later(mine, Step::tell(theirs.told));
    }
    if (!is_mine_ && theirs.trying) {
      if (theirs.trying == mine.trying && !under_way(stage)) {
        stage = Stage::kDoubtful;
      } else {
        search_later(mine, *theirs.trying);
      }
    }
    if (theirs.announced && !mine.announced) mine.got_through();  // the other one did
    mine.announced |= theirs.announced;
    mine.reported |= theirs.reported && !mine.given_up.empty();
    mine.reviews = std::max(mine.reviews, theirs.reviews);
    if (mine.receipt.empty() && !theirs.receipt.empty()) {
      mine.receipt = theirs.receipt;
      mine.digest = theirs.digest;  // whose receipt it is
    }
    if (mine.message.empty()) mine.message = theirs.message;
    return mine;
  }

  // What is on record as tried, and is not what this process is at or has only put there, may have
  // been done: by another replica, by a former life, or by a case before this one.
  void take_up_tried(Progress& p, Hand& hand) const {
    Stage& stage = hand.stage;
    if (under_way(stage)) return;
    if (stage == Stage::kIntended && (!is_mine_ || !p.trying)) stage = Stage::kIdle;
    if (p.trying && !hand.news && stage != Stage::kIntended) stage = Stage::kDoubtful;
    if (!p.trying) stage = Stage::kIdle;
    if (stage != Stage::kDoubtful && take_up_search(p)) stage = Stage::kDoubtful;
  }

  Standing mine_;
  const std::string& me_;
  Record record_;                                       // the merged one
  std::unordered_map<std::string, std::size_t> index_;  // of its recipients
  bool is_mine_ = false;                                // its claim
};

}  // namespace

Standing merge(const Record& theirs, Standing mine, const std::string& me) {
  return Merger(std::move(mine), me).run(theirs);
}

}  // namespace notifyd::delivery
