#include "delivery/verdict.h"

namespace notifyd::delivery {

using Fate = Verdict::Fate;
using Again = Verdict::Again;

Verdict judge_delivery(notify_rc rc) {
  switch (NOTIFY_CLASS(rc)) {
    case NOTIFY_OK:
      return {Fate::kDone, Again::kNow};
    case NOTIFY_DROP:
      if (rc == NOTIFY_DROP_RECIPIENT) return {Fate::kUnreached, Again::kRarely};
      return {Fate::kRefused, Again::kNow};
    case NOTIFY_BROKEN:
      return {Fate::kNotDone, Again::kParked};
    case NOTIFY_RETRY:
      return {rc == NOTIFY_RETRY_UNSURE ? Fate::kMaybe : Fate::kNotDone, Again::kLater};
    default:  // cancelled or misused in the middle: nobody knows how far it got
      return {Fate::kMaybe, Again::kLater};
  }
}

Verdict judge_search(notify_rc rc, const Step& step) {
  switch (NOTIFY_CLASS(rc)) {
    case NOTIFY_OK:
      return {rc == NOTIFY_OK_SKIPPED ? Fate::kNotDone : Fate::kDone, Again::kNow};
    case NOTIFY_DROP:
      return {step.kind == Step::Kind::kReview ? Fate::kLeftOut : Fate::kNotDone, Again::kNow};
    case NOTIFY_BROKEN:
      return {Fate::kMaybe, Again::kParked};
    default:
      return {Fate::kMaybe, Again::kLater};
  }
}

}  // namespace notifyd::delivery
