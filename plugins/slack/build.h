// What tells one build of this module from another where two are tried one after the other, as the
// demo does: its version, and a mark that people see in its announcements. The product has no mark.
// Set by -D for the sources that include this, which are few so that a build of its own is cheap.
#pragma once

#ifndef SLACK_VERSION
#define SLACK_VERSION "0.1.0"
#endif
#ifndef SLACK_MARK
#define SLACK_MARK ""
#endif

namespace slack {

constexpr const char* kVersion = SLACK_VERSION;
constexpr const char* kMark = SLACK_MARK;  // mrkdwn, a few words

}  // namespace slack
