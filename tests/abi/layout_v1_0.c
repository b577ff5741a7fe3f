/* Where every field of notify/abi.h stood when 1.0 was released, and what every constant was. This
 * file is never changed: when it does not compile, a promise to modules that exist is being broken.
 * A new minor gets a file of its own. 64-bit targets. */
#include "module/sizes_v1_0.h"
#include "notify/abi.h"

/* Evaluated by the compiler; there is no code. */
#define AT(type, field, offset, bytes)                                              \
  _Static_assert(offsetof(type, field) == (offset), #type "." #field " has moved"); \
  _Static_assert(sizeof(((type*)0)->field) == (bytes), #type "." #field " has another size")
#define FROZEN(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " is frozen")
#if NOTIFY_ABI_MINOR == 0
#define GROWS(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " grows with a minor only")
#else
#define GROWS(type, bytes) _Static_assert(sizeof(type) >= (bytes), #type " has lost fields")
#endif
/* What modules of 1.0 hand over in this size the host must take in it, whatever the header's is. */
#define TAKEN(type, bytes, least) \
  GROWS(type, bytes);             \
  _Static_assert((least) == (bytes), "the host refuses " #type " of 1.0, or reads past its end")
#define IS(name, value) _Static_assert((name) == (value), #name " has another value")

IS(NOTIFY_MAGIC, 0x3159464eu);
IS(NOTIFY_ABI_MAJOR, 1);
IS(sizeof(void*), 8);

AT(notify_str, ptr, 0, 8);
AT(notify_str, len, 8, 8);
FROZEN(notify_str, 16);

AT(notify_kv, key, 0, 16);
AT(notify_kv, value, 16, 16);
FROZEN(notify_kv, 32);

AT(notify_review, size, 0, 4);
AT(notify_review, proposed, 4, 4);
AT(notify_review, created_ms, 8, 8);
AT(notify_review, author, 16, 16);
AT(notify_review, reason, 32, 16);
AT(notify_review, submitted_by, 48, 16);
AT(notify_review, proposed_start_ms, 64, 8);
GROWS(notify_review, 72);

AT(notify_threshold, size, 0, 4);
AT(notify_threshold, approvals_needed, 4, 4);
AT(notify_threshold, denials_needed, 8, 4);
AT(notify_threshold, given_known, 12, 4);
AT(notify_threshold, approvals_given, 16, 4);
AT(notify_threshold, denials_given, 20, 4);
AT(notify_threshold, name, 24, 16);
AT(notify_threshold, filter, 40, 16);
AT(notify_threshold, roles, 56, 8);
AT(notify_threshold, n_roles, 64, 8);
GROWS(notify_threshold, 72);

AT(notify_role, name, 0, 16);
AT(notify_role, logins, 16, 8);
AT(notify_role, n_logins, 24, 8);
FROZEN(notify_role, 32);

AT(notify_annotation, key, 0, 16);
AT(notify_annotation, values, 16, 8);
AT(notify_annotation, n_values, 24, 8);
FROZEN(notify_annotation, 32);
FROZEN(notify_trait, 32);

AT(notify_resource, size, 0, 4);
AT(notify_resource, labels_known, 4, 4);
AT(notify_resource, cluster, 8, 16);
AT(notify_resource, kind, 24, 16);
AT(notify_resource, name, 40, 16);
AT(notify_resource, sub_resource, 56, 16);
AT(notify_resource, friendly_name, 72, 16);
AT(notify_resource, labels, 88, 8);
AT(notify_resource, n_labels, 96, 8);
GROWS(notify_resource, 104);

AT(notify_request, size, 0, 4);
AT(notify_request, resolution, 4, 4);
AT(notify_request, kind, 8, 4);
AT(notify_request, reserved, 12, 4);
AT(notify_request, created_ms, 16, 8);
AT(notify_request, expires_ms, 24, 8);
AT(notify_request, id, 32, 16);
AT(notify_request, cluster, 48, 16);
AT(notify_request, user, 64, 16);
AT(notify_request, reason, 80, 16);
AT(notify_request, resolve_reason, 96, 16);
AT(notify_request, url, 112, 16);
AT(notify_request, roles, 128, 8);
AT(notify_request, n_roles, 136, 8);
AT(notify_request, resources, 144, 8);
AT(notify_request, n_resources, 152, 8);
AT(notify_request, suggested_reviewers, 160, 8);
AT(notify_request, n_suggested_reviewers, 168, 8);
AT(notify_request, rule_recipients, 176, 8);
AT(notify_request, n_rule_recipients, 184, 8);
AT(notify_request, annotations, 192, 8);
AT(notify_request, n_annotations, 200, 8);
AT(notify_request, reviews, 208, 8);
AT(notify_request, n_reviews, 216, 8);
AT(notify_request, access_starts_ms, 224, 8);
AT(notify_request, access_expires_ms, 232, 8);
AT(notify_request, max_duration_ms, 240, 8);
AT(notify_request, session_ttl_ms, 248, 8);
AT(notify_request, resource_details, 256, 8);
AT(notify_request, n_resource_details, 264, 8);
AT(notify_request, thresholds, 272, 8);
AT(notify_request, n_thresholds, 280, 8);
AT(notify_request, promoted_to, 288, 8);
AT(notify_request, user_email, 296, 16);
AT(notify_request, user_traits, 312, 8);
AT(notify_request, n_user_traits, 320, 8);
GROWS(notify_request, 328);

AT(notify_access_list, size, 0, 4);
AT(notify_access_list, reserved, 4, 4);
AT(notify_access_list, due_ms, 8, 8);
AT(notify_access_list, id, 16, 16);
AT(notify_access_list, title, 32, 16);
AT(notify_access_list, url, 48, 16);
AT(notify_access_list, owners, 64, 8);
AT(notify_access_list, n_owners, 72, 8);
GROWS(notify_access_list, 80);

AT(notify_event, size, 0, 4);
AT(notify_event, kind, 4, 4);
AT(notify_event, attempt, 8, 4);
AT(notify_event, audience, 12, 4);
AT(notify_event, occurred_ms, 16, 8);
AT(notify_event, deadline_ns, 24, 8);
AT(notify_event, key, 32, 16);
AT(notify_event, recipient, 48, 16);
AT(notify_event, receipt, 64, 16);
AT(notify_event, request, 80, 8);
AT(notify_event, review, 88, 8);
AT(notify_event, lists, 96, 8);
AT(notify_event, n_lists, 104, 8);
AT(notify_event, lost, 112, 16);
AT(notify_event, lost_why, 128, 16);
AT(notify_event, label, 144, 16);
AT(notify_event, digest, 160, 8);
AT(notify_event, lost_tried_again, 168, 4);
AT(notify_event, reserved, 172, 4);
GROWS(notify_event, 176);

AT(notify_digest, size, 0, 4);
AT(notify_digest, reserved, 4, 4);
AT(notify_digest, user, 8, 16);
AT(notify_digest, cluster, 24, 16);
AT(notify_digest, url, 40, 16);
AT(notify_digest, total, 56, 4);
AT(notify_digest, pending, 60, 4);
AT(notify_digest, approved, 64, 4);
AT(notify_digest, denied, 68, 4);
AT(notify_digest, expired, 72, 4);
AT(notify_digest, reserved2, 76, 4);
AT(notify_digest, newest, 80, 8);
AT(notify_digest, n_newest, 88, 8);
GROWS(notify_digest, 96);

AT(notify_recipient, size, 0, 4);
AT(notify_recipient, audience, 4, 4);
AT(notify_recipient, id, 8, 16);
AT(notify_recipient, label, 24, 16);
TAKEN(notify_recipient, 40, kRecipientSizeV1);

AT(notify_result, size, 0, 4);
AT(notify_result, rc, 4, 4);
AT(notify_result, retry_after_ms, 8, 4);
AT(notify_result, whole_instance, 12, 4);
AT(notify_result, receipt, 16, 16);
AT(notify_result, message, 32, 16);
AT(notify_result, detail, 48, 16);
AT(notify_result, recipients, 64, 8);
AT(notify_result, n_recipients, 72, 8);
TAKEN(notify_result, 80, kResultSizeV1);

AT(notify_http_request, size, 0, 4);
AT(notify_http_request, timeout_ms, 4, 4);
AT(notify_http_request, method, 8, 16);
AT(notify_http_request, url, 24, 16);
AT(notify_http_request, body, 40, 16);
AT(notify_http_request, headers, 56, 8);
AT(notify_http_request, n_headers, 64, 8);
TAKEN(notify_http_request, 72, kHttpRequestSizeV1);

AT(notify_http_response, size, 0, 4);
AT(notify_http_response, outcome, 4, 4);
AT(notify_http_response, status, 8, 4);
AT(notify_http_response, reserved, 12, 4);
AT(notify_http_response, body, 16, 16);
AT(notify_http_response, error, 32, 16);
AT(notify_http_response, headers, 48, 8);
AT(notify_http_response, n_headers, 56, 8);
GROWS(notify_http_response, 64);

AT(notify_host, size, 0, 4);
AT(notify_host, abi_major, 4, 2);
AT(notify_host, abi_minor, 6, 2);
AT(notify_host, ctx, 8, 8);
AT(notify_host, log, 16, 8);
AT(notify_host, config, 24, 8);
AT(notify_host, config_entry, 32, 8);
AT(notify_host, mono_ns, 40, 8);
AT(notify_host, unix_ms, 48, 8);
AT(notify_host, http, 56, 8);
AT(notify_host, timer, 64, 8);
AT(notify_host, cancel, 72, 8);
AT(notify_host, count, 80, 8);
AT(notify_host, answer, 88, 8);
AT(notify_host, extension, 96, 8);
GROWS(notify_host, 104);

AT(notify_option, size, 0, 4);
AT(notify_option, type, 4, 4);
AT(notify_option, flags, 8, 4);
AT(notify_option, reserved, 12, 4);
AT(notify_option, name, 16, 8);
AT(notify_option, fallback, 24, 8);
AT(notify_option, help, 32, 8);
TAKEN(notify_option, 40, kOptionSizeV1);

AT(notify_module, magic, 0, 4);
AT(notify_module, abi_major, 4, 2);
AT(notify_module, needs_minor, 6, 2);
AT(notify_module, size, 8, 4);
AT(notify_module, reserved, 12, 4);
AT(notify_module, event_mask, 16, 8);
AT(notify_module, name, 24, 8);
AT(notify_module, version, 32, 8);
AT(notify_module, options, 40, 8);
AT(notify_module, create, 48, 8);
AT(notify_module, destroy, 56, 8);
AT(notify_module, check, 64, 8);
AT(notify_module, route, 72, 8);
AT(notify_module, deliver, 80, 8);
AT(notify_module, find, 88, 8);
AT(notify_module, abandon, 96, 8);
AT(notify_module, extension, 104, 8);
TAKEN(notify_module, 112, kModuleSizeV1);

IS(NOTIFY_OK, 0u);
IS(NOTIFY_OK_SKIPPED, 1u);
IS(NOTIFY_RETRY, 256u);
IS(NOTIFY_RETRY_LIMITED, 257u);
IS(NOTIFY_RETRY_OFFLINE, 258u);
IS(NOTIFY_RETRY_UNSURE, 259u);
IS(NOTIFY_DROP, 512u);
IS(NOTIFY_DROP_RECIPIENT, 513u);
IS(NOTIFY_DROP_PAYLOAD, 514u);
IS(NOTIFY_BROKEN, 768u);
IS(NOTIFY_BROKEN_AUTH, 769u);
IS(NOTIFY_BROKEN_CONFIG, 770u);
IS(NOTIFY_CANCELLED, 1024u);
IS(NOTIFY_MISUSE, 1280u);
IS(NOTIFY_REQUEST_PENDING, 1u);
IS(NOTIFY_REQUEST_REVIEWED, 2u);
IS(NOTIFY_REQUEST_RESOLVED, 3u);
IS(NOTIFY_REQUEST_EXPIRED, 4u);
IS(NOTIFY_LIST_REVIEW_DUE, 5u);
IS(NOTIFY_GIVEN_UP, 6u);
IS(NOTIFY_REQUESTS_DIGEST, 7u);
IS(NOTIFY_TO_REVIEWER, 0u);
IS(NOTIFY_TO_REQUESTER, 1u);
IS(NOTIFY_TO_LIST_OWNER, 2u);
IS(NOTIFY_TO_FALLBACK, 3u);
IS(NOTIFY_UNRESOLVED, 0u);
IS(NOTIFY_APPROVED, 1u);
IS(NOTIFY_DENIED, 2u);
IS(NOTIFY_PROMOTED, 3u);
IS(NOTIFY_KIND_UNDEFINED, 0u);
IS(NOTIFY_KIND_SHORT_TERM, 1u);
IS(NOTIFY_KIND_LONG_TERM, 2u);
IS(NOTIFY_HTTP_ANSWERED, 0u);
IS(NOTIFY_HTTP_NOT_SENT, 1u);
IS(NOTIFY_HTTP_UNSURE, 2u);
IS(NOTIFY_HTTP_CANCELLED, 3u);
IS(NOTIFY_LOG_DEBUG, 0u);
IS(NOTIFY_LOG_INFO, 1u);
IS(NOTIFY_LOG_WARN, 2u);
IS(NOTIFY_LOG_ERROR, 3u);
IS(NOTIFY_TEXT, 1u);
IS(NOTIFY_INT, 2u);
IS(NOTIFY_BOOL, 3u);
IS(NOTIFY_DURATION, 4u);
IS(NOTIFY_LIST, 5u);
IS(NOTIFY_TABLE, 6u);
IS(NOTIFY_REQUIRED, 1u);
IS(NOTIFY_SECRET, 2u);
IS(NOTIFY_IGNORED, 4u);
IS(NOTIFY_VERBATIM, 8u);
