// What Slack's error codes mean: for the host (a result code) and for a person (what to mend).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "notify/abi.h"

namespace slack {

enum class Kind {
  kOk,           // done, or was done before
  kLimited,      // come back later
  kRetry,        // surely not done, or harmless to repeat
  kSlow,         // will pass, but not in seconds
  kUnsure,       // may have been done
  kUnknown,      // the same, by a code that this version does not know: it may never change
  kOffline,      // no byte was sent
  kEnding,       // not begun, since the host is stopping
  kCancelled,    // the host is stopping
  kAuth,         // the token: nothing works until a person mends it
  kScope,        // the token may not do this; what that means depends on the call
  kSetup,        // waits until a person mends something other than our configuration
  kNotSlack,     // the same, and no word of Slack's: another server, or one in between, answered
  kDestination,  // this recipient can't be reached
  kContent,      // refused as malformed or too large
  kMetadata,     // as kContent, but only for the metadata
  kGone,         // the message is not there any more, or can't be edited any more
  kThread,       // the message takes no replies
  kIgnore        // of no consequence
};

struct Outcome {
  Kind kind = Kind::kOk;
  std::string code;    // Slack's, or ""
  std::string detail;  // one line for a person; never holds a token
  std::uint32_t retry_after_ms = 0;
  notify_rc rc = NOTIFY_OK;
  bool whole_instance = false;

  bool ok() const { return kind == Kind::kOk; }
};

// `posts`: the call was one that shows twice when it is done twice.
Outcome outcome_of(Kind kind, bool posts, std::string detail);

// For an answer with "ok": false. `needed`: the scopes that a missing_scope names, `messages`: what
// Slack says beside the code; either may be "".
Outcome refused(std::string_view method, std::string_view code, bool posts, std::string_view needed,
                std::string_view messages);

Kind kind_of(std::string_view code);

// Nothing goes on with this until somebody mends something; trying again now and then is all.
bool waits_for_mending(Kind kind);

}  // namespace slack
