// The table that the host finds in libnotify_slack.so.
#include "notify/module.hpp"
#include "config.h"
#include "slack.h"

namespace {

constexpr std::uint64_t bit(std::uint32_t kind) { return std::uint64_t{1} << kind; }

constexpr std::uint64_t kEvents = bit(NOTIFY_REQUEST_PENDING) | bit(NOTIFY_REQUEST_REVIEWED) |
                                  bit(NOTIFY_REQUEST_RESOLVED) | bit(NOTIFY_REQUEST_EXPIRED);

}  // namespace

NOTIFY_MODULE(slack::Slack, "slack", "1.0.0", kEvents, slack::kOptions);
