#include "errors.h"

#include <algorithm>
#include <array>

#include "text.h"

namespace slack {
namespace {

constexpr std::uint32_t kSlowMs = 5 * 60 * 1000;
constexpr std::uint32_t kUsageLimitMs = 10 * 60 * 1000;

struct Meaning {
  std::string_view code;
  Kind kind;
  std::string_view advice;  // what a person does about it
};

constexpr std::string_view kNewToken =
    "put a valid bot token (xoxb-...) into slack.token, or into the file it names";
constexpr std::string_view kAskAdmin =
    "the workspace does not allow this app to do it; ask a workspace admin to approve the app";
constexpr std::string_view kPosting =
    "the channel's posting permissions keep the app out; change them, or name another channel";
constexpr std::string_view kBadContent = "the message was refused as malformed or too large";
constexpr std::string_view kWrongServer =
    "this is not Slack's Web API as this version speaks it; check slack.api_url and the proxy "
    "between here and Slack, or upgrade";
constexpr std::string_view kOldClient = "this version no longer speaks Slack's API; upgrade it";
constexpr std::string_view kNoSuchUser =
    "the Slack user is gone or not visible to the app; name another recipient";
constexpr std::string_view kTrouble = "Slack has trouble; nothing to mend here";

constexpr std::array kMeanings{
    // Done already.
    Meaning{"already_reacted", Kind::kOk, ""},
    Meaning{"no_reaction", Kind::kOk, ""},
    // Later.
    Meaning{"ratelimited", Kind::kLimited, "Slack asks to slow down"},
    Meaning{"rate_limited", Kind::kLimited, "Slack asks to slow down"},
    Meaning{"org_login_required", Kind::kSlow, "the workspace is being migrated"},
    Meaning{"team_added_to_org", Kind::kSlow, "the workspace is being migrated"},
    Meaning{"accesslimited", Kind::kSlow, "a network restriction keeps this machine out of Slack"},
    // Said by the directory, which knows what is missing.
    Meaning{"missing_argument", Kind::kSlow,
            "an organisation's token has to say which workspace: set slack.team_id to its id "
            "(T...), from its address in a browser"},
    Meaning{"streaming_state_conflict", Kind::kRetry, kTrouble},
    Meaning{"update_failed", Kind::kRetry, kTrouble},
    Meaning{"invalid_cursor", Kind::kRetry, "Slack no longer knows how far a list was read"},
    Meaning{"external_channel_migrating", Kind::kRetry, "the channel is being migrated"},
    // May have been done.
    Meaning{"internal_error", Kind::kUnsure, kTrouble},
    Meaning{"fatal_error", Kind::kUnsure, kTrouble},
    Meaning{"service_unavailable", Kind::kUnsure, kTrouble},
    Meaning{"request_timeout", Kind::kUnsure, "Slack did not get the whole request"},
    Meaning{"duplicate_message_not_found", Kind::kUnsure, kTrouble},
    Meaning{"duplicate_channel_not_found", Kind::kUnsure, kTrouble},
    // The token.
    Meaning{"not_authed", Kind::kAuth, kNewToken},
    Meaning{"invalid_auth", Kind::kAuth,
            "put a valid bot token (xoxb-...) into slack.token, or into the file it names; if the "
            "token is right, the app's allowed IP addresses don't include this machine"},
    Meaning{"account_inactive", Kind::kAuth,
            "the app was removed from the workspace; install it again and renew slack.token"},
    Meaning{"token_revoked", Kind::kAuth,
            "the token was revoked; install the app again and renew slack.token"},
    Meaning{"token_expired", Kind::kAuth,
            "the token has expired; switch token rotation off for the app and renew slack.token"},
    Meaning{"not_allowed_token_type", Kind::kAuth,
            "slack.token must be the bot token (xoxb-...), not an app-level or a user token"},
    Meaning{"is_bot", Kind::kAuth, kNewToken},
    Meaning{"missing_scope", Kind::kScope,
            "add the scope under OAuth & Permissions and reinstall the app to the workspace"},
    // What a person must mend, outside of this configuration: one method, one kind of recipient or
    // one channel may be all that it is about.
    Meaning{"no_permission", Kind::kSetup, kAskAdmin},
    Meaning{"access_denied", Kind::kSetup, kAskAdmin},
    Meaning{"enterprise_is_restricted", Kind::kSetup, kAskAdmin},
    Meaning{"team_access_not_granted", Kind::kSetup, kAskAdmin},
    Meaning{"two_factor_setup_required", Kind::kSetup, kAskAdmin},
    Meaning{"app_access_restricted", Kind::kSetup, kAskAdmin},
    Meaning{"ekm_access_denied", Kind::kSetup, kAskAdmin},
    Meaning{"message_limit_exceeded", Kind::kSetup,
            "the workspace has used up its plan's message limit; a workspace admin can raise it"},
    // Not Slack, something between here and Slack, or a Slack that has moved on: the messages would
    // be taken otherwise.
    Meaning{"unknown_method", Kind::kNotSlack, kWrongServer},
    Meaning{"method_deprecated", Kind::kSetup, kWrongServer},
    Meaning{"deprecated_endpoint", Kind::kSetup, kWrongServer},
    Meaning{"missing_post_type", Kind::kNotSlack, kWrongServer},
    Meaning{"invalid_post_type", Kind::kNotSlack, kWrongServer},
    Meaning{"invalid_form_data", Kind::kNotSlack, kWrongServer},
    Meaning{"invalid_json", Kind::kNotSlack, kWrongServer},
    Meaning{"json_not_object", Kind::kNotSlack, kWrongServer},
    Meaning{"invalid_charset", Kind::kNotSlack, kWrongServer},
    Meaning{"messages_tab_disabled", Kind::kSetup,
            "direct messages are off; switch on App Home > Messages Tab in the app's settings"},
    Meaning{"metadata_must_be_sent_from_app", Kind::kMetadata, kNewToken},
    Meaning{"send_on_behalf_not_allowed", Kind::kSetup, kAskAdmin},
    // The recipient.
    Meaning{"channel_not_found", Kind::kDestination,
            "no such channel, or a private one that the app is not in: invite the app to it, or "
            "correct the name"},
    Meaning{"not_in_channel", Kind::kDestination,
            "invite the app to the channel, or give it the scope chat:write.public and reinstall "
            "it"},
    Meaning{"is_archived", Kind::kDestination, "the channel is archived; name another one"},
    Meaning{"team_not_found", Kind::kDestination,
            "an org-wide token can't post to a channel's name: write the channel's id instead, or "
            "set slack.team_id and give the app the scope channels:read"},
    Meaning{"restricted_action", Kind::kDestination, kPosting},
    Meaning{"restricted_action_read_only_channel", Kind::kDestination, kPosting},
    Meaning{"restricted_action_thread_only_channel", Kind::kDestination, kPosting},
    Meaning{"no_access", Kind::kDestination, kPosting},
    Meaning{"slack_connect_file_link_sharing_blocked", Kind::kDestination, kPosting},
    Meaning{"slack_connect_canvas_sharing_blocked", Kind::kDestination, kPosting},
    Meaning{"users_not_found", Kind::kDestination,
            "no Slack user has this e-mail address; correct it, or give the person's Slack account "
            "this address"},
    Meaning{"user_not_found", Kind::kDestination, kNoSuchUser},
    Meaning{"user_not_visible", Kind::kDestination, kNoSuchUser},
    Meaning{"user_disabled", Kind::kDestination, kNoSuchUser},
    Meaning{"cannot_dm_bot", Kind::kDestination, "a bot takes no direct messages"},
    Meaning{"invalid_user_combination", Kind::kDestination, kNoSuchUser},
    Meaning{"method_not_supported_for_channel_type", Kind::kDestination, kPosting},
    // The thread, the message.
    Meaning{"cannot_reply_to_message", Kind::kThread, "the message takes no replies"},
    Meaning{"restricted_action_non_threadable_channel", Kind::kThread,
            "the channel does not allow threads"},
    Meaning{"restricted_action_thread_locked", Kind::kThread, "the thread is locked"},
    Meaning{"thread_not_found", Kind::kThread, "the message was deleted"},
    Meaning{"message_not_found", Kind::kGone, "the message was deleted"},
    Meaning{"cant_update_message", Kind::kGone, "the message was posted by another app"},
    Meaning{"edit_window_closed", Kind::kGone, "the workspace forbids edits after a while"},
    Meaning{"is_inactive", Kind::kGone, "the channel is archived"},
    Meaning{"block_mismatch", Kind::kGone, "the message can't be edited with blocks"},
    Meaning{"not_reactable", Kind::kIgnore, ""},
    Meaning{"thread_locked", Kind::kIgnore, ""},
    Meaning{"too_many_emoji", Kind::kIgnore, ""},
    Meaning{"too_many_reactions", Kind::kIgnore, ""},
    // The content.
    Meaning{"no_text", Kind::kContent, kBadContent},
    Meaning{"invalid_blocks", Kind::kContent, kBadContent},
    Meaning{"invalid_blocks_format", Kind::kContent, kBadContent},
    Meaning{"msg_blocks_too_long", Kind::kContent, kBadContent},
    Meaning{"msg_too_long", Kind::kContent, kBadContent},
    Meaning{"msg_too_large", Kind::kContent, kBadContent},
    Meaning{"invalid_attachments", Kind::kContent, kBadContent},
    Meaning{"too_many_attachments", Kind::kContent, kBadContent},
    Meaning{"attachment_payload_limit_exceeded", Kind::kContent, kBadContent},
    Meaning{"markdown_text_conflict", Kind::kContent, kBadContent},
    Meaning{"no_dual_broadcast_content_update", Kind::kContent, kBadContent},
    Meaning{"as_user_not_supported", Kind::kContent, kOldClient},
    Meaning{"invalid_name", Kind::kContent, kOldClient},
    Meaning{"bad_timestamp", Kind::kContent, kOldClient},
    Meaning{"no_item_specified", Kind::kContent, kOldClient},
    Meaning{"invalid_arguments", Kind::kContent, kBadContent},
    Meaning{"invalid_arg_name", Kind::kContent, kOldClient},
    Meaning{"invalid_array_arg", Kind::kContent, kOldClient},
    Meaning{"metadata_too_large", Kind::kMetadata, kBadContent},
    Meaning{"invalid_metadata_format", Kind::kMetadata, kBadContent},
    Meaning{"invalid_metadata_schema", Kind::kMetadata, kBadContent},
};

// A code that nobody has written down may mean anything, "done" included.
constexpr Meaning kUnknown{"", Kind::kUnknown, "not a code that this version knows"};

const Meaning& meaning_of(std::string_view code) {
  const auto* found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                   [code](const Meaning& m) { return m.code == code; });
  return found == kMeanings.end() ? kUnknown : *found;
}

notify_rc rc_of(Kind kind, bool posts) {
  switch (kind) {
    case Kind::kOk:
    case Kind::kIgnore:
      return NOTIFY_OK;
    case Kind::kLimited:
      return NOTIFY_RETRY_LIMITED;
    case Kind::kRetry:
    case Kind::kSlow:
    case Kind::kSetup:
    case Kind::kNotSlack:
    case Kind::kEnding:
      return NOTIFY_RETRY;
    case Kind::kUnsure:
    case Kind::kUnknown:
      return posts ? NOTIFY_RETRY_UNSURE : NOTIFY_RETRY;
    case Kind::kOffline:
      return NOTIFY_RETRY_OFFLINE;
    case Kind::kCancelled:
      return posts ? NOTIFY_RETRY_UNSURE : NOTIFY_CANCELLED;
    case Kind::kAuth:
    case Kind::kScope:
      return NOTIFY_BROKEN_AUTH;
    case Kind::kDestination:
      return NOTIFY_DROP_RECIPIENT;
    case Kind::kContent:
    case Kind::kMetadata:
      return NOTIFY_DROP_PAYLOAD;
    case Kind::kGone:
    case Kind::kThread:
      return NOTIFY_DROP;
  }
  return NOTIFY_RETRY;
}

std::uint32_t wait_of(Kind kind) {
  return kind == Kind::kSlow || waits_for_mending(kind) ? kSlowMs : 0;
}

}  // namespace

Kind kind_of(std::string_view code) { return meaning_of(code).kind; }

bool waits_for_mending(Kind kind) { return kind == Kind::kSetup || kind == Kind::kNotSlack; }

Outcome outcome_of(Kind kind, bool posts, std::string detail) {
  Outcome out;
  out.kind = kind;
  out.detail = std::move(detail);
  out.rc = rc_of(kind, posts);
  out.retry_after_ms = wait_of(kind);
  out.whole_instance = kind == Kind::kAuth || kind == Kind::kScope;
  return out;
}

Outcome refused(std::string_view method, std::string_view code, bool posts, std::string_view needed,
                std::string_view messages) {
  const Meaning& meaning = meaning_of(code);
  std::string detail = std::string(method) + ": " + shortened(one_line(clean(code)), 80);
  if (!needed.empty()) detail += " (" + shortened(one_line(clean(needed)), 120) + ")";
  if (!meaning.advice.empty()) detail += "; " + std::string(meaning.advice);
  if (!messages.empty()) detail += " [" + shortened(one_line(clean(messages)), 200) + "]";
  Outcome out = outcome_of(meaning.kind, posts, std::move(detail));
  out.code = code;
  if (code == "message_limit_exceeded") out.retry_after_ms = kUsageLimitMs;
  return out;
}

}  // namespace slack
