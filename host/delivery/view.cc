#include "delivery/view.h"

#include <utility>

namespace notifyd::delivery {
namespace {

using model::AccessRequest;

// Teleport takes back neither a decision nor a review.
bool older(const AccessRequest& a, const AccessRequest& b) {
  if (overrules(b.end, a.end)) return true;
  return !overrules(a.end, b.end) && model::review_count(a) < model::review_count(b);
}

}  // namespace

View::News View::see(model::AccessRequestPtr request) {
  if (gone_ || (request_ && older(*request, *request_))) return News::kNone;
  const model::End before = end();
  request_ = std::move(request);
  seen_pending_ |= end() == model::End::kNone;
  return end() == before ? News::kSome : News::kEnd;
}

View::News View::vanish() { return std::exchange(gone_, true) ? News::kNone : News::kEnd; }

}  // namespace notifyd::delivery
