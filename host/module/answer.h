// A module's answer, copied and never trusted: what goes into the record must be text that the
// record can hold. Ids and names come from far sides, so one that cannot costs its own recipient
// and nobody else; only what the module's author alone can have done wrong is a broken contract.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "module/notifier.h"

namespace notifyd::modules {

// Of one request. The last few places are for who asked and for the fallback.
inline constexpr std::size_t kMostRecipients = 1'000;

struct TakenAnswer {
  Answer answer;                      // NOTIFY_MISUSE when `misuse` says something
  std::string misuse;                 // the contract that was broken, "" for none
  std::vector<std::string> left_out;  // what was not taken though the rest was, and why
  std::size_t beyond_most = 0;        // recipients beyond kMostRecipients
};

// An rc of a class that this daemon does not know becomes NOTIFY_RETRY. Not null; see sized.h.
TakenAnswer take_answer(const notify_result* theirs);

// "RETRY_LIMITED"; the class's name for a detail code from a newer ABI.
std::string_view rc_name(notify_rc rc);

}  // namespace notifyd::modules
