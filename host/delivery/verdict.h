// Verdict: what a module's answer means for the step that it was asked about. A table, pure.
#pragma once

#include "delivery/record.h"
#include "module/notifier.h"

namespace notifyd::delivery {

struct Verdict {
  enum class Fate {
    kDone,       // it was done
    kLeftOut,    // it counts as done, since nobody can know whether it was
    kNotDone,    // it surely was not
    kMaybe,      // nobody knows, or nobody knows yet
    kUnreached,  // it was not, nor will be until a person mends something
    kRefused,    // it never will be: no more of it for this recipient
  };
  enum class Again {
    kNow,     // go on at once; nothing has to be waited for
    kLater,   // by this recipient's own backoff
    kRarely,  // when its turn comes among all that wait for this recipient (unreachable.h)
    kParked,  // when the breaker lets it through: nothing of the instance works
  };

  Fate fate = Fate::kMaybe;
  Again again = Again::kNow;
  bool operator==(const Verdict&) const = default;
};

// Of a deliver().
Verdict judge_delivery(notify_rc rc);
// Of a find(). Twice announced is a nuisance, never announced is an outage; a reply is neither.
Verdict judge_search(notify_rc rc, const Step& step);

}  // namespace notifyd::delivery
