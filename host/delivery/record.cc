#include "delivery/record.h"

#include <algorithm>
#include <utility>

#include "delivery/record_limits.h"

namespace notifyd::delivery {

// Few are found faster without an index, and tens of thousands of records may wait.
const Progress* Record::find(const std::string& id) const {
  constexpr std::size_t kFew = 16;
  if (recipients.size() > kFew) {
    const auto known = places_.by_id.find(id);
    const bool there = known != places_.by_id.end() && known->second < recipients.size();
    if (there && recipients[known->second].to.id == id) return &recipients[known->second];
  }
  const auto it = std::find_if(recipients.begin(), recipients.end(),
                               [&](const Progress& p) { return p.to.id == id; });
  if (it == recipients.end()) return nullptr;
  if (recipients.size() > kFew) {
    places_.by_id.clear();
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      places_.by_id.emplace(recipients[i].to.id, i);
    }
  }
  return &*it;
}

Progress* Record::find(const std::string& id) {
  return const_cast<Progress*>(std::as_const(*this).find(id));
}

bool is_done(const Step& step, const Progress& recipient) {
  switch (step.kind) {
    case Step::Kind::kAnnounce:
      return recipient.announced;
    case Step::Kind::kReview:
      return step.review < recipient.reviews;
    case Step::Kind::kEnd:
      return !overrules(step.end, recipient.told);
    case Step::Kind::kGivenUp:
      break;
  }
  return false;
}

void mark_done(const Step& step, Record& record, Progress& recipient) {
  switch (step.kind) {
    case Step::Kind::kAnnounce:
      recipient.announced = true;
      // That it had expired was told by who missed it, and this message shows nothing of it.
      if (recipient.told == End::kExpired) recipient.told = End::kNone;
      break;
    case Step::Kind::kReview:
      recipient.reviews = std::max(recipient.reviews, step.review + 1);
      break;
    case Step::Kind::kEnd:
      recipient.told = step.end;
      break;
    case Step::Kind::kGivenUp:
      if (Progress* lost = record.find(step.lost)) lost->reported = true;
      break;
  }
}

void search_later(Progress& p, const Step& step) {
  if (std::ranges::count(p.to_search, step) > 0) return;
  if (p.to_search.size() >= limits::kSearches && step.kind != Step::Kind::kEnd) return;
  const bool first = !p.to_search.empty() && overrules(step.end, p.to_search.front().end);
  p.to_search.insert(first ? p.to_search.begin() : p.to_search.end(), step);
}

bool take_up_search(Progress& p) {
  std::erase_if(p.to_search, [&p](const Step& step) { return p.for_good || is_done(step, p); });
  if (p.to_search.empty()) return false;
  if (p.trying && overrules(p.trying->end, p.to_search.front().end)) return false;
  p.trying = p.to_search.front();
  p.to_search.erase(p.to_search.begin());
  return true;
}

}  // namespace notifyd::delivery
