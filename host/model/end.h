// How an Access Request ended.
#pragma once

namespace notifyd::model {

enum class End { kNone, kExpired, kApproved, kPromoted, kDenied };

// Which of two ends holds when both are heard of: a denial may overrule an approval or a promotion
// and nothing overrules it; that a request expired is what is told until a decision is known.
constexpr bool overrules(End end, End other) {
  constexpr auto kRank = [](End e) {
    switch (e) {
      case End::kDenied:
        return 3;
      case End::kApproved:
      case End::kPromoted:
        return 2;
      case End::kExpired:
        return 1;
      case End::kNone:
        break;
    }
    return 0;
  };
  return kRank(end) > kRank(other);
}

}  // namespace notifyd::model
