// What a case comes to.
#pragma once

#include <stdexcept>
#include <string>

namespace conformance {

struct Verdict {
  enum class Kind : char { kPass = 'P', kFail = 'F', kSkip = 'S' };
  Kind kind = Kind::kPass;
  std::string why;  // one line; "" when it passed
};

// Thrown by a case, or by what it uses.
struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Skipped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, const std::string& else_why) {
  if (!holds) throw Failed(else_why);
}

}  // namespace conformance
