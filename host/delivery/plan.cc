#include "delivery/plan.h"

#include <algorithm>

namespace notifyd::delivery {
namespace {

// The last end that some recipient was told, or was about to be: the others get the same.
End end_on_record(const Record& record) {
  End end = End::kNone;
  const auto take = [&end](End other) {
    if (overrules(other, end)) end = other;
  };
  for (const Progress& p : record.recipients) {
    take(p.told);
    if (p.trying) take(p.trying->end);
    for (const Step& step : p.to_search) take(step.end);
  }
  return end;
}

End end_for_all(const View& view, End on_record) {
  if (!view.gone()) return view.end();
  const End end = overrules(view.end(), on_record) ? view.end() : on_record;
  return end == End::kNone ? End::kExpired : end;
}

// The fallback hears of those that were given up, one after the other, and of nothing else.
const Progress* next_lost(const Record& record, const Invited* invited) {
  const bool everybody = invited == nullptr || !invited->known();
  const auto lost = std::ranges::find_if(record.recipients, [&](const Progress& p) {
    const bool news = !p.given_up.empty() && !p.reported && p.to.audience != Audience::kFallback;
    return news && (everybody || invited->as(p.to.id) != nullptr);
  });
  return lost == record.recipients.end() ? nullptr : &*lost;
}

// Something new for somebody, which nobody gets because a record says so: all who may write plugin
// data in the cluster may have written it. What stands may be edited by its receipt.
bool takes_invitation(const Step& step, const Progress& p) {
  switch (step.kind) {
    case Step::Kind::kAnnounce:
    case Step::Kind::kGivenUp:
      return true;
    case Step::Kind::kEnd:
      return p.receipt.empty() || p.to.audience == Audience::kRequester;
    case Step::Kind::kReview:
      break;
  }
  return p.receipt.empty();
}

// An end, too, may become a new message: where the announcement is gone. Not for a recipient that
// is but a message.
bool asks_first(const Step& step, const Progress& p) {
  return takes_invitation(step, p) || (step.kind == Step::Kind::kEnd && p.to.id != p.message);
}

}  // namespace

Plan::Plan(const View& view, const Record& record, const Invited* invited)
    : view_(view),
      record_(record),
      invited_(invited),
      lost_(next_lost(record, invited)),
      on_record_(end_on_record(record)),
      end_(end_for_all(view, on_record_)) {}

// That it expired is no decision: who told that may have missed the request where it still is.
bool Plan::outdated() const {
  return on_record_ != End::kExpired && overrules(on_record_, view_.end());
}

bool Plan::needs_route() const {
  if (asked()) return false;
  if (record_.routed) {
    const bool nobody = record_.recipients.empty() && end_ == End::kNone && !view_.gone();
    return nobody || asks_first_for_any();
  }
  // Messages taken over from teleport-slack: nothing is announced again, but who asked has none of
  // them, and wants an answer at the end.
  const bool taken_over = !record_.recipients.empty() && !record_.request.user.empty();
  if (view_.gone() && !taken_over) return false;
  // One that was decided before it could be announced: who asked wants the answer all the same.
  return end_ == End::kNone || view_.seen_pending() || owes_anything() || asks_first_for_any();
}

std::optional<Step> Plan::next(const Progress& p) const {
  std::optional<Step> step = wish(p);
  if (!step || invited_ == nullptr) return step;
  const bool may = !invited_->known() ? !asks_first(*step, p)
                                      : !takes_invitation(*step, p) || invited_->as(p.to.id);
  return may ? step : std::nullopt;
}

bool Plan::owes(const Progress& p) const {
  return asked() ? next(p).has_value() : wish(p).has_value();
}

std::optional<Step> Plan::wish(const Progress& p) const {
  if (p.for_good || behind()) return std::nullopt;
  if (p.to.audience == Audience::kFallback) {
    return lost_ == nullptr ? std::nullopt : std::optional(Step::report(lost_->to.id));
  }
  if (!p.announced && end_ == End::kNone) return Step::announce();
  // It ended before it was announced: reviewers have nothing left to do, who asked wants to know.
  if (!p.announced && p.to.audience != Audience::kRequester) return std::nullopt;
  if (overrules(end_, p.told)) return Step::tell(end_);
  const bool tells_reviews = p.announced && p.digest.empty();
  if (tells_reviews && p.reviews < view_.reviews()) return Step::reply(p.reviews);
  return std::nullopt;
}

bool Plan::asks_first_for_any() const {
  return std::ranges::any_of(record_.recipients, [&](const Progress& p) {
    const std::optional<Step> step = wish(p);
    return step && asks_first(*step, p);
  });
}

bool Plan::owes_anything() const {
  return std::any_of(record_.recipients.begin(), record_.recipients.end(), [&](const Progress& p) {
    return p.trying || !p.to_search.empty() || next(p);
  });
}

bool Plan::anything_left() const {
  if (behind()) return false;
  return needs_route() || owes_anything();
}

}  // namespace notifyd::delivery
