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

}  // namespace

Plan::Plan(const View& view, const Record& record)
    : view_(view),
      record_(record),
      on_record_(end_on_record(record)),
      end_(end_for_all(view, on_record_)) {}

// That it expired is no decision: who told that may have missed the request where it still is.
bool Plan::outdated() const {
  return on_record_ != End::kExpired && overrules(on_record_, view_.end());
}

bool Plan::needs_route() const {
  if (record_.routed) return false;
  // Messages taken over from teleport-slack: nothing is announced again, but who asked has none of
  // them, and wants an answer at the end.
  const bool taken_over = !record_.recipients.empty() && !record_.user.empty();
  if (view_.gone() && !taken_over) return false;
  // One that was decided before it could be announced: who asked wants the answer all the same.
  return end_ == End::kNone || view_.seen_pending() || owes_anything();
}

std::optional<Step> Plan::next(const Progress& p) const {
  if (!p.given_up.empty() || behind()) return std::nullopt;
  if (p.to.audience == Audience::kFallback) return next_report();
  if (!p.announced && end_ == End::kNone) return Step::announce();
  // It ended before it was announced: reviewers have nothing left to do, who asked wants to know.
  if (!p.announced && p.to.audience != Audience::kRequester) return std::nullopt;
  if (overrules(end_, p.told)) return Step::tell(end_);
  if (p.announced && p.reviews < view_.reviews()) return Step::reply(p.reviews);
  return std::nullopt;
}

// The fallback hears of those that were given up, one after the other, and of nothing else.
std::optional<Step> Plan::next_report() const {
  for (const Progress& p : record_.recipients) {
    const bool news = !p.given_up.empty() && !p.reported && p.to.audience != Audience::kFallback;
    if (news) return Step::report(p.to.id);
  }
  return std::nullopt;
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
