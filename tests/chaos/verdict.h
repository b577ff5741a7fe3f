// Verdict: all that the judge found, at one moment.
#pragma once

#include <string>
#include <vector>

#include "chaos/judge.h"
#include "chaos/lives.h"
#include "chaos/stage.h"

namespace notifyd::chaos {

struct Verdict {
  std::size_t requests = 0, posts = 0;
  std::vector<Finding> findings;
  std::vector<Doubled> doubled;
  std::vector<std::string> unsettled;  // requests that are still being worked on, by their records

  std::size_t lost() const;
  std::size_t wrong() const;
  std::size_t doubled_needlessly() const;  // although find could know
  bool good() const { return findings.empty() && doubled_needlessly() == 0; }
  // Nothing would change any more by waiting, as far as one can see.
  bool converged() const { return findings.empty() && unsettled.empty(); }
};

Verdict verdict(const Stage& stage, const Lives& lives);

}  // namespace notifyd::chaos
