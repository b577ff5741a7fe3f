// The table that the host finds in libnotify_slack.so.
#include <array>

#include "notify/module.hpp"

#include "build.h"
#include "slack.h"

namespace {

using notify::option;

constexpr const char* kNothing = "does nothing; remove it";

constexpr notify_option kToken =
    option("slack.token", NOTIFY_TEXT,
           "bot token (xoxb-...), or the absolute path of a file that holds it",
           NOTIFY_REQUIRED | NOTIFY_SECRET);
constexpr notify_option kRoles =
    option("role_to_recipients", NOTIFY_TABLE,
           "role = channels and e-mail addresses to notify; \"*\" is for every other role",
           NOTIFY_REQUIRED);
constexpr notify_option kNotifyRequester =
    option("slack.notify_requester", NOTIFY_BOOL,
           "whether the requester gets the request and the answer as direct messages", 0, "true");
constexpr notify_option kPace =
    option("slack.pace", NOTIFY_TEXT,
           "\"published\" keeps to Slack's published limits; \"obey\" sends at once and waits only "
           "when Slack says so",
           0, "published");
constexpr notify_option kMaxDirect =
    option("slack.max_direct_messages", NOTIFY_INT,
           "how many people one request tells by direct message; suggested reviewers beyond it are "
           "counted in the message, people named in role_to_recipients always get theirs",
           0, "30");
constexpr notify_option kFallback =
    option("slack.fallback", NOTIFY_TEXT,
           "channel or e-mail address that hears of it when somebody can't be reached", 0, nullptr);
constexpr notify_option kTeam =
    option("slack.team_id", NOTIFY_TEXT,
           "id (T...) of the workspace that channels' names are of; only for a token of a whole "
           "organisation",
           0, nullptr);
constexpr notify_option kApi =
    option("slack.api_url", NOTIFY_TEXT,
           "base of the Web API, e.g. https://slack-gov.com/api/ for GovSlack", 0, nullptr);
constexpr notify_option kApiOldName =
    option("slack.apiurl", NOTIFY_TEXT, "teleport-slack's name for slack.api_url", 0, nullptr);

constexpr notify_option ignored_text(const char* name) {
  return option(name, NOTIFY_TEXT, kNothing, NOTIFY_IGNORED);
}
constexpr notify_option kOldSecret = ignored_text("slack.secret");
// From when there was one channel, and one could approve from it.
constexpr notify_option kOldChannel =
    option("slack.channel", NOTIFY_TEXT,
           "does nothing; write the channel under [role_to_recipients]", NOTIFY_IGNORED);
constexpr notify_option kOldNotifyOnly =
    option("slack.notify_only", NOTIFY_BOOL, kNothing, NOTIFY_IGNORED);
constexpr notify_option kOldReadonly =
    option("slack.readonly", NOTIFY_BOOL, kNothing, NOTIFY_IGNORED);
// Where it stands alone, the host has made "*" of it.
constexpr notify_option kOldRecipients =
    option("slack.recipients", NOTIFY_LIST, "does nothing beside [role_to_recipients]; remove it",
           NOTIFY_IGNORED);
// All of teleport-slack's reviewing from Slack, and of its old listener, whatever they say.
constexpr notify_option kReview =
    option("review", NOTIFY_TABLE,
           "does nothing, reviewing from Slack is not part of this version: people review by the "
           "link in the message; remove it",
           NOTIFY_IGNORED);
constexpr notify_option kOldHttp = option("http", NOTIFY_TABLE, kNothing, NOTIFY_IGNORED);

constexpr std::array<const notify_option*, 17> kOptions{
    &kToken,       &kRoles,         &kNotifyRequester, &kFallback,  &kPace,       &kMaxDirect,
    &kTeam,        &kApi,           &kApiOldName,      &kOldSecret, &kOldChannel, &kOldNotifyOnly,
    &kOldReadonly, &kOldRecipients, &kReview,          &kOldHttp,   nullptr};

constexpr std::uint64_t bit(std::uint32_t kind) { return std::uint64_t{1} << kind; }

constexpr std::uint64_t kEvents = bit(NOTIFY_REQUEST_PENDING) | bit(NOTIFY_REQUEST_REVIEWED) |
                                  bit(NOTIFY_REQUEST_RESOLVED) | bit(NOTIFY_REQUEST_EXPIRED) |
                                  bit(NOTIFY_GIVEN_UP) | bit(NOTIFY_REQUESTS_DIGEST);

}  // namespace

NOTIFY_MODULE(slack::Slack, "slack", slack::kVersion, kEvents, kOptions.data());
