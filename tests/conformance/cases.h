// What is asked of a module, one question each.
#pragma once

#include <span>
#include <vector>

#include "subject.h"

namespace conformance {

struct Case {
  const char* id;    // [a-z_]+; what --only matches
  const char* says;  // what holds when it passes
  void (*run)(const Target&);
  // Without it nothing else can be asked: what follows is skipped when it fails.
  bool gate = false;
};

// In the order in which they are run; see each file for what is in it.
std::span<const Case> start_cases();
std::span<const Case> answer_cases();
std::span<const Case> memory_cases();
std::span<const Case> trouble_cases();
std::span<const Case> end_cases();

inline std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& part :
       {start_cases(), answer_cases(), memory_cases(), trouble_cases(), end_cases()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace conformance
