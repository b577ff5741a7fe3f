/* notify/abi.h - the whole boundary between teleport-notifyd and its modules.
 *
 * A module is a shared object that exports one symbol, the const table `notify_module_v1`. The host
 * reads the table's first 16 bytes from the file before it maps it, so no code of a module runs
 * before the host has judged it. C11 or C++11 and newer; needs only stddef.h and stdint.h.
 *
 * Threads  Every function of an instance, create() and destroy() included, and every callback it
 *          asked for, runs on that instance's own thread, one at a time [instance]. Functions of
 *          notify_host may be called from any thread from entry to create() until return from
 *          destroy() [any]. None of them calls back before it has returned, so answering a ticket
 *          inside deliver() cannot recurse.
 * Memory   Nothing is freed on the far side. A pointer is borrowed for the call it came in, with
 *          one exception: a notify_event and all it points to live until its ticket is answered.
 * Growth   A struct that begins with `size` only ever grows at its end, within one major. Test a
 *          field with NOTIFY_HAS before reading it; the writer fills `size` with its own sizeof.
 *          Structs without `size` are frozen. Arrays hold pointers unless the element is frozen.
 * Zero     is the safe value of every field: flags 0 mean nothing, a missing entry is NULL. In an
 *          event 0, "" and an empty array mean: none, or not known. Where the two must be told
 *          apart, a field beside it says whether it is known.
 * Times    are Unix time in ms, lengths are ms (names end in _ms); mono_ns() has its own clock.
 * Text     is UTF-8 as it came from the far side; assume nothing about its length or content.
 */
#ifndef NOTIFY_ABI_H
#define NOTIFY_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NOTIFY_MAGIC 0x3159464eu /* "NFY1" in a little-endian file */
#define NOTIFY_ABI_MAJOR 1u      /* also the suffix of the exported symbol */
#define NOTIFY_ABI_MINOR 0u      /* what this header describes */
#define NOTIFY_EXPORT __attribute__((visibility("default")))
#define NOTIFY_HAS(p, field) \
  ((size_t)((const char*)&(p)->field - (const char*)(p)) + sizeof((p)->field) <= (p)->size)

/* ptr is never NULL and ptr[len] is 0 in what the host gives; the host takes NULL for "". */
typedef struct notify_str {
  const char* ptr;
  size_t len;
} notify_str;

typedef struct notify_kv {
  notify_str key, value;
} notify_kv;

typedef struct notify_instance notify_instance; /* the module's own, opaque to the host */
typedef struct notify_host notify_host;

/* A ticket is the duty to answer once. It is a number, not a pointer: a stale one is refused with
 * NOTIFY_MISUSE and a log line, it cannot crash the host. */
typedef uint64_t notify_ticket;

/* ---- Result codes. The second byte is the class and steers the host, with what is said beside a
 * code. An unknown code counts as its class, an unknown class as NOTIFY_RETRY. ---- */
typedef uint32_t notify_rc;
#define NOTIFY_CLASS(rc) ((rc)&0xff00u)
enum {
  NOTIFY_OK = 0x0000,
  NOTIFY_OK_SKIPPED = 0x0001,    /* there was nothing to do; from find(): surely not sent */
  NOTIFY_RETRY = 0x0100,         /* transient and surely not done: the same again later */
  NOTIFY_RETRY_LIMITED = 0x0101, /* the far side named a time, see retry_after_ms */
  NOTIFY_RETRY_OFFLINE = 0x0102, /* the far side was not reached at all */
  NOTIFY_RETRY_UNSURE = 0x0103,  /* may have been done: doing it again can double it */
  NOTIFY_DROP = 0x0200, /* permanent for this recipient or event; from find(): can't know */
  NOTIFY_DROP_RECIPIENT = 0x0201, /* no such user or channel, or not allowed to post there, until
                                     a person mends it: tried again after minutes, then an hour,
                                     and at once when the daemon starts or is told to */
  NOTIFY_DROP_PAYLOAD = 0x0202,   /* refused as malformed or too large */
  NOTIFY_BROKEN = 0x0300,         /* nothing of this instance can work: park its queue */
  NOTIFY_BROKEN_AUTH = 0x0301,
  NOTIFY_BROKEN_CONFIG = 0x0302,
  NOTIFY_CANCELLED = 0x0400,
  NOTIFY_MISUSE = 0x0500 /* a contract of this header was broken */
};

/* ---- Events ---- */
enum {
  NOTIFY_REQUEST_PENDING = 1,  /* announce it */
  NOTIFY_REQUEST_REVIEWED = 2, /* event->review is new */
  NOTIFY_REQUEST_RESOLVED = 3, /* request->resolution says how */
  NOTIFY_REQUEST_EXPIRED = 4,  /* it ended without a decision */
  NOTIFY_LIST_REVIEW_DUE = 5,  /* reserved for Access Lists */
  NOTIFY_GIVEN_UP = 6,         /* event->lost was given up; only to NOTIFY_TO_FALLBACK */
  NOTIFY_REQUESTS_DIGEST = 7   /* event->digest: announce it, or bring up to date what shows it */
};
enum {
  NOTIFY_TO_REVIEWER = 0,
  NOTIFY_TO_REQUESTER = 1,
  NOTIFY_TO_LIST_OWNER = 2,
  NOTIFY_TO_FALLBACK = 3 /* hears of recipients that were given up, and of nothing else */
};
enum { NOTIFY_UNRESOLVED = 0, NOTIFY_APPROVED = 1, NOTIFY_DENIED = 2, NOTIFY_PROMOTED = 3 };
enum { NOTIFY_KIND_UNDEFINED = 0, NOTIFY_KIND_SHORT_TERM = 1, NOTIFY_KIND_LONG_TERM = 2 };

typedef struct notify_review {
  uint32_t size, proposed; /* proposed: NOTIFY_APPROVED or NOTIFY_DENIED */
  int64_t created_ms;
  notify_str author, reason;
  notify_str submitted_by;   /* who submitted it for the author; "": the author, or not known */
  int64_t proposed_start_ms; /* when the access should start; 0: no other time is proposed */
} notify_review;

/* Reviews that together decide. Of a request with several, for several roles or in several ways for
 * one role, Teleport alone says when it is decided: this is for people. */
typedef struct notify_threshold {
  uint32_t size;
  uint32_t approvals_needed, denials_needed; /* 0: no number of them decides by this threshold */
  uint32_t given_known;                      /* 1: the two below count, and 0 means none yet */
  uint32_t approvals_given, denials_given;   /* only reviews that count for this threshold */
  notify_str name, filter; /* filter: whose reviews count, as the role says it; "": everybody's */
  const notify_str* roles; /* the requested roles that it is for */
  size_t n_roles;
} notify_threshold;

typedef struct notify_role {
  notify_str name;
  const notify_str* logins; /* known logins of the role; n_logins 0: not known */
  size_t n_logins;
} notify_role;

typedef struct notify_annotation {
  notify_str key;
  const notify_str* values;
  size_t n_values;
} notify_annotation;

typedef notify_annotation notify_trait; /* the same form: a key and its values */

typedef struct notify_resource {
  uint32_t size, labels_known;    /* labels_known 1: n_labels 0 means that it has none */
  notify_str cluster, kind, name; /* as Teleport knows it: of a "node" the name is a UUID */
  notify_str sub_resource;        /* a part of it, e.g. "namespace/pod"; "": all of it */
  notify_str friendly_name;       /* what people call it, e.g. the host name of a node */
  const notify_kv* labels;
  size_t n_labels;
} notify_resource;

typedef struct notify_access_list {
  uint32_t size, reserved;
  int64_t due_ms;
  notify_str id, title, url;
  const notify_str* owners;
  size_t n_owners;
} notify_access_list;

/* After expiry Teleport no longer has the request: then this is what the host's record kept: id,
 * user, reasons, roles, resources, kind, all times, the title of promoted_to, and author and
 * proposal of each review; the rest is empty. */
typedef struct notify_request {
  uint32_t size, resolution;
  uint32_t kind, reserved; /* kind: NOTIFY_KIND_... */
  int64_t created_ms;
  int64_t expires_ms; /* when the request itself ends: while it waits, the last moment to decide */
  notify_str id, cluster, user, reason, resolve_reason;
  notify_str url; /* the request in the web UI, or "": then show the tsh commands */
  const notify_role* roles;
  size_t n_roles;
  const notify_str* resources; /* for people, e.g. "/cluster/node/name" */
  size_t n_resources;
  const notify_str* suggested_reviewers; /* user names as the requester wrote them */
  size_t n_suggested_reviewers;
  const notify_str* rule_recipients; /* from Access Monitoring Rules; empty: none applied */
  size_t n_rule_recipients;
  const notify_annotation* annotations;
  size_t n_annotations;
  const notify_review* const* reviews; /* all so far, as they came in */
  size_t n_reviews;

  /* The access that is asked for. */
  int64_t access_starts_ms;  /* 0: as soon as it is granted */
  int64_t access_expires_ms; /* when it would end, or ends once it is granted */
  int64_t max_duration_ms;   /* how long it may last at most, counted from created_ms */
  int64_t session_ttl_ms;    /* how long a certificate for it is valid at most */
  const notify_resource* const* resource_details; /* `resources` in parts, in the same order */
  size_t n_resource_details;
  const notify_threshold* const* thresholds; /* which reviews would decide */
  size_t n_thresholds;
  const notify_access_list* promoted_to; /* for NOTIFY_PROMOTED: id and title; NULL: not known */

  /* The requester, beside `user`. */
  notify_str user_email;
  const notify_trait* user_traits;
  size_t n_user_traits;
} notify_request;

/* Many requests of one person, told together since one message each would bury what others ask for.
 * There is one message for all of them: the first delivery of a digest announces it, and each later
 * one, which has its receipt, says how things are by then. */
typedef struct notify_digest {
  uint32_t size, reserved;
  notify_str user, cluster; /* who made them, and where */
  notify_str url;           /* all requests in the web UI, or "": then show the tsh command */
  uint32_t total;           /* requests that stand in it: the sum of the four below */
  uint32_t pending, approved, denied, expired; /* approved: promoted ones too */
  uint32_t reserved2;
  const notify_request* const* newest; /* of the pending ones, newest first, ten at most; the host
                                          knows id, user, some roles and created_ms of each */
  size_t n_newest;
} notify_digest;

/* To route(): whom does this concern?  To deliver(): this, for one recipient.
 * To find(): was this deliver() done? */
typedef struct notify_event {
  uint32_t size, kind, attempt, audience; /* attempt: 0 for the first try */
  int64_t occurred_ms;
  uint64_t deadline_ns; /* on notify_host.mono_ns's clock, 0: none. What is sent after it, another
                           replica may send too: RETRY_LIMITED instead. Still answer */
  notify_str key;       /* names this step of this recipient; the same over retries, restarts,
                           replicas and module versions, so it can mark a message for find() */
  notify_str recipient; /* an id that route() answered */
  notify_str receipt;   /* what this module answered last time, or a `message` that it or
                           teleport-slack left in the record, or "" */
  const notify_request* request; /* NULL if the kind has none */
  const notify_review* review;   /* the new one, for NOTIFY_REQUEST_REVIEWED */
  const notify_access_list* const* lists;
  size_t n_lists;
  notify_str lost;             /* label of the recipient that was given up, for NOTIFY_GIVEN_UP */
  notify_str lost_why;         /* the `detail` that it was given up with */
  notify_str label;            /* of the recipient, as route() answered it: for logs */
  const notify_digest* digest; /* for NOTIFY_REQUESTS_DIGEST, which has no request */
  uint32_t lost_tried_again;   /* 1: the host tries `lost` again, while there is anything to tell */
  uint32_t reserved;
} notify_event;

typedef struct notify_recipient {
  uint32_t size, audience;
  notify_str id; /* comes back as notify_event.recipient; at most 255 bytes, unique in an answer */
  notify_str label; /* for people: how the config or the request named it; at most 255 bytes */
} notify_recipient;

typedef struct notify_result {
  uint32_t size;
  notify_rc rc;
  uint32_t retry_after_ms; /* 0: the host backs off as it sees fit */
  uint32_t whole_instance; /* 1: the wait holds for everything, not for this recipient only */
  notify_str receipt;      /* at most 4 KiB; kept whatever rc is and given back with the next try or
                              event of this recipient. "" keeps the one the host has */
  notify_str message;      /* what people and other programs call the message ("channel/ts" in
                              Slack). Kept in the record's `messages` list; at most 255 bytes, no
                              comma. "" keeps the one the host has */
  notify_str detail;       /* one line for the log; no secrets */
  const notify_recipient* const* recipients; /* route()'s answer */
  size_t n_recipients;
} notify_result;

/* ---- HTTP through the host: its pool, proxies, CA files and limits. TLS is verified, redirects
 * are never followed, and neither a header nor a body is ever logged. ---- */
enum {
  NOTIFY_HTTP_ANSWERED = 0, /* status, headers and body are there */
  NOTIFY_HTTP_NOT_SENT = 1, /* no byte of the request left: safe to repeat */
  NOTIFY_HTTP_UNSURE = 2,   /* the far side may have acted on it */
  NOTIFY_HTTP_CANCELLED = 3
};

typedef struct notify_http_request {
  uint32_t size, timeout_ms; /* 0: the host's default of 30 s */
  notify_str method, url, body;
  const notify_kv* headers;
  size_t n_headers;
} notify_http_request;

typedef struct notify_http_response {
  uint32_t size, outcome, status, reserved;
  notify_str body, error;   /* error: one line when not answered; names no secret */
  const notify_kv* headers; /* keys in lower case */
  size_t n_headers;
} notify_http_response;

typedef void (*notify_http_done)(void* user, const notify_http_response*);
typedef void (*notify_timer_done)(void* user);

enum { NOTIFY_LOG_DEBUG = 0, NOTIFY_LOG_INFO = 1, NOTIFY_LOG_WARN = 2, NOTIFY_LOG_ERROR = 3 };

/* ---- What the host gives: one table per instance, valid from create() to destroy() [any] ---- */
struct notify_host {
  uint32_t size;
  uint16_t abi_major, abi_minor;
  void* ctx; /* the host's own */

  /* One line, key=value pairs beside it. The host adds the instance. */
  void (*log)(const notify_host*, uint32_t level, notify_str line, const notify_kv*, size_t n_kv);

  /* The value of `option` (a name from the module's table). Scalars: index 0. Lists: 0, 1, ...
   * until NOTIFY_DROP. NOTIFY_DROP: not set and without fallback. *out is valid until the next call
   * for the same option, or destroy(). A NOTIFY_SECRET that names a file is read from it at each
   * call, so that a renewed token is found; NOTIFY_RETRY: that file cannot be read now. */
  notify_rc (*config)(const notify_host*, const char* option, size_t index, notify_str* out);

  /* Entry number `entry` (sorted by key) of a NOTIFY_TABLE option: its key, and value number
   * `index`. An empty list has its key and NOTIFY_OK_SKIPPED at index 0. NOTIFY_DROP: past the end.
   */
  notify_rc (*config_entry)(const notify_host*, const char* table, size_t entry, size_t index,
                            notify_str* key, notify_str* value);

  uint64_t (*mono_ns)(const notify_host*); /* never goes back; unrelated to the wall clock */
  int64_t (*unix_ms)(const notify_host*);

  /* Both copy what they are given and return a number for cancel(), never 0. The callback runs
   * [instance], exactly once unless cancelled. */
  uint64_t (*http)(const notify_host*, const notify_http_request*, notify_http_done, void* user);
  uint64_t (*timer)(const notify_host*, uint32_t after_ms, notify_timer_done, void* user);
  void (*cancel)(const notify_host*, uint64_t http_or_timer); /* [instance]; no callback after it */

  /* Adds to a counter. A host without metrics ignores it. */
  void (*count)(const notify_host*, const char* metric, double by, const notify_kv*, size_t n_kv);

  /* Exactly once per ticket, inside the call that brought it or later. NOTIFY_MISUSE: no such
   * ticket is open. Everything in the result is copied before it returns. */
  notify_rc (*answer)(const notify_host*, notify_ticket, const notify_result*);

  /* A table of further functions by "name/revision", valid as long as this one; drafts are "/0".
   * NULL: this host has none of that id and revision, and the module must do without. */
  const void* (*extension)(const notify_host*, const char* id);
};

/* ---- Options: the host checks a config file against them before create() ---- */
enum {
  NOTIFY_TEXT = 1,
  NOTIFY_INT = 2,
  NOTIFY_BOOL = 3,     /* config() gives "true" or "false" */
  NOTIFY_DURATION = 4, /* written "1m30s"; config() gives whole milliseconds */
  NOTIFY_LIST = 5,     /* list of text, or one text */
  NOTIFY_TABLE = 6     /* any key -> text or list of text; NOTIFY_REQUIRED: "*" must be there */
};
enum {
  NOTIFY_REQUIRED = 1u << 0,
  NOTIFY_SECRET = 1u << 1,  /* never logged; a value that starts with / names a file */
  NOTIFY_IGNORED = 1u << 2, /* known from older configuration, does nothing: the host warns */
  NOTIFY_VERBATIM = 1u << 3 /* a NOTIFY_TEXT that may hold {{...}} and the like: the host does not
                               take it for a template that somebody was still to fill in */
};

typedef struct notify_option {
  uint32_t size, type, flags, reserved;
  const char* name;     /* "slack.token", "role_to_recipients" */
  const char* fallback; /* as written in a config file, or NULL */
  const char* help;     /* one line; goes into `configure` and `modules` */
} notify_option;

/* ---- The table that a module exports ---- */
typedef struct notify_module {
  uint32_t magic;                  /* NOTIFY_MAGIC. These 16 bytes are frozen for every major and */
  uint16_t abi_major, needs_minor; /* hold no pointer: the host reads them from the file before   */
  uint32_t size, reserved;         /* any dlopen. needs_minor: 0, or what it can't live without   */
  uint64_t event_mask;             /* bit (1 << kind) for each kind; others never arrive */
  const char* name;                /* equals <name> in the file's name, libnotify_<name>.so */
  const char* version;
  const notify_option* const* options; /* NULL-terminated, or NULL */

  /* Reads its options, keeps the host, makes no network call. Refusal: a code other than NOTIFY_OK;
   * each line logged at NOTIFY_LOG_ERROR during the call is then one thing to mend. A person is
   * shown it with the place in the file of the option, or of the table's entry, that it begins
   * with: `mail.port must be ...`, `teams."dev" names ...`. So that all that is wrong is said at
   * once, this is also called when the host itself found faults: what is wrong has its fallback or
   * is not set, NOTIFY_REQUIRED or not, lines about that are left out, and what was created is
   * destroyed unused. [instance] */
  notify_rc (*create)(const notify_host*, notify_instance**);

  /* The last word: every ticket has been answered when it returns, and nothing of the module runs
   * after it. The host drops the instance's outstanding HTTP calls and timers. [instance] */
  void (*destroy)(notify_instance*);

  void (*check)(notify_instance*, notify_ticket); /* optional: would it work? may use the network */
  void (*route)(notify_instance*, notify_ticket, const notify_event*);
  void (*deliver)(notify_instance*, notify_ticket, const notify_event*);

  /* Optional. After an unsure deliver(): NOTIFY_OK with the receipt it would have answered,
   * NOTIFY_OK_SKIPPED when it surely was not done, NOTIFY_RETRY... to be asked again,
   * NOTIFY_DROP when it can't be known. The event may say less than it did: of a request that is
   * gone by now the host has no reviews, so event->review is NULL; `key` is the same. */
  void (*find)(notify_instance*, notify_ticket, const notify_event*);

  void (*abandon)(notify_instance*, notify_ticket); /* optional: hurry; still answer it once */

  /* Optional. What the module offers beyond this table, by "name/revision"; NULL when unknown. It
   * belongs to no instance: a look-up of something static, before create() too [any]. */
  const void* (*extension)(const char* id);
} notify_module;

NOTIFY_EXPORT extern const notify_module notify_module_v1; /* the one symbol a module exports */

#ifdef __cplusplus
}
#endif
#endif
