// Step: one thing to do for one recipient, done by one delivery.
#pragma once

#include <cstddef>
#include <string>

#include "model/end.h"

namespace notifyd::model {

struct Step {
  enum class Kind {
    kAnnounce,  // the request is new
    kReview,    // one review of it
    kEnd,       // how it ended
    kGivenUp,   // for the fallback: another recipient was given up
  };

  Kind kind = Kind::kAnnounce;
  std::size_t review = 0;  // kReview: index of the review to tell
  End end = End::kNone;    // kEnd: the end to tell
  std::string lost = {};   // kGivenUp: id of the recipient that was given up

  static Step announce() { return {}; }
  static Step reply(std::size_t review) { return {.kind = Kind::kReview, .review = review}; }
  static Step tell(End end) { return {.kind = Kind::kEnd, .end = end}; }
  static Step report(std::string lost) { return {.kind = Kind::kGivenUp, .lost = std::move(lost)}; }

  bool operator==(const Step&) const = default;
};

}  // namespace notifyd::model
