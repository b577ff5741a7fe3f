// The table that the host finds in libnotify_webhook.so.
#include <array>

#include "notify/module.hpp"
#include "webhook.h"

namespace {

using notify::option;

constexpr notify_option kUrl =
    option("webhook.url", NOTIFY_TEXT,
           "where to post (https://...), or the absolute path of a file that holds it; several "
           "places go under [endpoints] instead",
           NOTIFY_SECRET);
constexpr notify_option kEndpoints =
    option("endpoints", NOTIFY_TABLE,
           "name = address; recipients are called by these names. Whoever can read this file can "
           "read the addresses");
constexpr notify_option kRoles =
    option("role_to_recipients", NOTIFY_TABLE,
           "role = names from [endpoints]; \"*\" is for every other role. Without it all are told "
           "of everything");
constexpr notify_option kFallback =
    option("webhook.fallback", NOTIFY_TEXT,
           "name from [endpoints] that hears of it when another one can't be reached");
constexpr notify_option kFormat =
    option("webhook.format", NOTIFY_TEXT,
           "what is posted: \"event\" (all of it, as JSON), \"slack\" or \"mattermost\" (for their "
           "incoming webhooks), or \"alertmanager\" (as Alertmanager posts an alert)",
           0, "event");
constexpr notify_option kBody =
    option("webhook.body", NOTIFY_TEXT,
           "what is posted instead: a text with {{names}} of what the event says; see "
           "docs/webhook.md",
           NOTIFY_VERBATIM);
constexpr notify_option kMarkup =
    option("webhook.markup", NOTIFY_TEXT,
           "which markup what people wrote is kept from being: \"none\", \"slack\" or "
           "\"markdown\"; without it as the format needs it");
constexpr notify_option kMethod =
    option("webhook.method", NOTIFY_TEXT,
           "\"POST\", \"PUT\" or \"PATCH\"; a PUT may be repeated when nobody knows whether it was "
           "done",
           0, "POST");
constexpr notify_option kContentType = option(
    "webhook.content_type", NOTIFY_TEXT,
    "of the body: texts are escaped for JSON, for a form, or not at all", 0, "application/json");
constexpr notify_option kHeaders =
    option("webhook.headers", NOTIFY_TABLE, "header = value, sent with every post; no secrets");
constexpr notify_option kAuthorization =
    option("webhook.authorization", NOTIFY_TEXT,
           "value of the Authorization header, such as \"Bearer ...\", or the absolute path of a "
           "file that holds it",
           NOTIFY_SECRET);
constexpr notify_option kSecret =
    option("webhook.secret", NOTIFY_TEXT,
           "signs each post: X-Notify-Signature is t=<Unix time>,v1=<hex of HMAC-SHA256 over "
           "\"<Unix time>.<body>\">. Or the absolute path of a file that holds it",
           NOTIFY_SECRET);
constexpr notify_option kFollowUps =
    option("webhook.follow_ups", NOTIFY_BOOL,
           "whether reviews and the end of a request are posted too, each by itself", 0, "true");
constexpr notify_option kInterval =
    option("webhook.interval", NOTIFY_DURATION,
           "least time between two posts to one place, such as \"1s\" for Slack", 0, "0s");
constexpr notify_option kTimeout =
    option("webhook.timeout", NOTIFY_DURATION, "how long to wait for an answer", 0, "10s");

constexpr std::array<const notify_option*, 16> kOptions{
    &kUrl,       &kEndpoints, &kRoles,       &kFallback, &kFormat,        &kBody,
    &kMarkup,    &kMethod,    &kContentType, &kHeaders,  &kAuthorization, &kSecret,
    &kFollowUps, &kInterval,  &kTimeout,     nullptr};

constexpr std::uint64_t bit(std::uint32_t kind) { return std::uint64_t{1} << kind; }

// Digests are left out: a receiver that is a program wants each request.
constexpr std::uint64_t kEvents = bit(NOTIFY_REQUEST_PENDING) | bit(NOTIFY_REQUEST_REVIEWED) |
                                  bit(NOTIFY_REQUEST_RESOLVED) | bit(NOTIFY_REQUEST_EXPIRED) |
                                  bit(NOTIFY_GIVEN_UP);

}  // namespace

NOTIFY_MODULE(webhook::Webhook, "webhook", "0.1.0", kEvents, kOptions.data());
