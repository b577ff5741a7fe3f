/* A module that does all that the conformance kit asks for, and by one -D something that it must
 * not. Each is found by one case of the kit, which tests/unit/conformance names. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify/abi.h"

#define STRING2(x) #x
#define STRING(x) STRING2(x)
#define DIE abort()

/* One delivery that waits for its far side. */
struct call {
  struct call* next;
  notify_instance* self;
  notify_ticket ticket;
  const notify_event* event;
  const char* body;
  uint64_t http;
  unsigned tries;
};

struct notify_instance {
  const notify_host* host;
  struct call* calls;
  notify_str token;
#if defined(ANSWERS_FROM_A_THREAD)
  pthread_t thread;
  notify_ticket by_thread;
#endif
};

#if defined(SHARES_STATE)
static const notify_host* shared;
#endif
static const char* const token_name = STRING(MODULE_NAME) ".token";

static notify_str text(const char* s) {
  notify_str str;
  str.ptr = s;
  str.len = strlen(s);
  return str;
}

static int begins(notify_str s, const char* with) {
  return s.len >= strlen(with) && memcmp(s.ptr, with, strlen(with)) == 0;
}

static void answer(notify_instance* self, notify_ticket ticket, notify_rc rc, const char* receipt,
                   uint32_t wait_ms) {
  notify_result result;
  memset(&result, 0, sizeof result);
  result.size = sizeof result;
  result.rc = rc;
  result.receipt = text(receipt);
  result.retry_after_ms = wait_ms;
#if defined(HAS_A_COMMA_IN_A_MESSAGE)
  result.message = text("a,b");
#endif
  self->host->answer(self->host, ticket, &result);
}

#if defined(PINS_ITSELF) || defined(PINS_ITSELF_WHEN_USED)
static void pin(void) {
  Dl_info info;
  if (dladdr((void*)&token_name, &info) != 0) {
    dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
}
#endif

__attribute__((constructor)) static void constructed(void) {
#if defined(EXITS_IN_A_CONSTRUCTOR)
  _exit(0);
#elif defined(DIES_IN_A_CONSTRUCTOR)
  DIE;
#elif defined(PINS_ITSELF)
  pin();
#endif
}

#if defined(LEAVES_A_THREAD)
static void* stay(void* nothing) {
  (void)nothing;
  for (;;) pause();
  return NULL;
}
#endif
#if defined(LEAVES_A_THREADS_DATA)
static void forget(void* data) { (void)data; }
#endif
#if defined(LEAVES_A_SIGNAL_HANDLER)
static void on_signal(int signal) { (void)signal; }
#endif

static void leave_something(void) {
#if defined(LEAVES_A_THREAD)
  pthread_t thread;
  pthread_create(&thread, NULL, stay, NULL);
#elif defined(LEAVES_A_THREADS_DATA)
  pthread_key_t key;
  pthread_key_create(&key, forget);
  pthread_setspecific(key, "data");
#elif defined(LEAVES_A_DESCRIPTOR)
  (void)!open("/dev/null", O_RDONLY | O_CLOEXEC);
#elif defined(LEAVES_A_SIGNAL_HANDLER)
  signal(SIGUSR1, on_signal);
#elif defined(LEAVES_A_SIGNAL_BLOCKED)
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
#elif defined(LEAVES_A_LOCALE)
  setlocale(LC_ALL, "C.UTF-8");
#elif defined(LEAVES_A_UMASK)
  umask(0777);
#elif defined(LEAVES_A_DIRECTORY)
  (void)!chdir("/");
#elif defined(LEAVES_A_VARIABLE)
  setenv("MISBEHAVES", "1", 1);
#elif defined(LEAVES_MEMORY)
  static void* volatile lost;
  lost = malloc(1 << 16);
#elif defined(PRINTS)
  puts("hello");
#elif defined(PINS_ITSELF_WHEN_USED)
  pin();
#endif
}

static notify_rc get_token(notify_instance* self) {
  return self->host->config(self->host, token_name, 0, &self->token);
}

static notify_rc refuse(notify_instance* self) {
#if !defined(REFUSES_WITHOUT_A_WORD)
  const notify_host* host = self->host;
  host->log(host, NOTIFY_LOG_ERROR, text("the token is missing or can't be read"), NULL, 0);
#endif
  free(self);
  return NOTIFY_BROKEN_CONFIG;
}

#if defined(CALLS_WHEN_IT_STARTS)
static void ignore(void* user, const notify_http_response* response) {
  (void)user;
  (void)response;
}
#endif

static notify_rc create(const notify_host* host, notify_instance** out) {
  notify_instance* self = calloc(1, sizeof *self);
  if (self == NULL) return NOTIFY_RETRY;
  self->host = host;
  if (get_token(self) != NOTIFY_OK) return refuse(self);
#if defined(READS_PAST_THE_HOST)
  if (((const volatile char*)host)[host->size] == 'x') DIE;
#elif defined(NEEDS_AN_EXTENSION)
  if (*(const volatile int*)host->extension(host, "org.example.needed/1") == 7) DIE;
#elif defined(SHARES_STATE)
  shared = host;
#elif defined(CALLS_WHEN_IT_STARTS)
  {
    notify_http_request request;
    memset(&request, 0, sizeof request);
    request.size = sizeof request;
    request.method = text("GET");
    request.url = text("https://example.com/");
    host->http(host, &request, ignore, self);
  }
#elif defined(WANTS_TO_BE_ALONE)
  {
    char mine[32];
    const char* other = getenv("MISBEHAVES_ALONE");
    snprintf(mine, sizeof mine, "%p", (void*)&token_name);
    if (other != NULL && strcmp(other, mine) != 0) return refuse(self);
    setenv("MISBEHAVES_ALONE", mine, 1);
  }
#endif
  leave_something();
  *out = self;
  return NOTIFY_OK;
}

static void remove_call(struct call* call) {
  struct call** at = &call->self->calls;
  while (*at != call) at = &(*at)->next;
  *at = call->next;
  free(call);
}

static void destroy(notify_instance* self) {
#if defined(ANSWERS_FROM_A_THREAD)
  if (self->by_thread != 0) pthread_join(self->thread, NULL);
#endif
  while (self->calls != NULL) {
#if !defined(FORGETS_WHAT_IS_OPEN_AT_THE_END)
    answer(self, self->calls->ticket, NOTIFY_CANCELLED, "", 0);
#endif
    remove_call(self->calls);
  }
#if defined(SHARES_STATE)
  shared = NULL;
#elif defined(WANTS_TO_BE_ALONE)
  unsetenv("MISBEHAVES_ALONE");
#endif
  free(self);
}

static void route(notify_instance* self, notify_ticket ticket, const notify_event* event) {
  notify_recipient recipient;
  const notify_recipient* recipients[1];
  notify_result result;
  memset(&recipient, 0, sizeof recipient);
  memset(&result, 0, sizeof result);
  recipient.size = sizeof recipient;
#if !defined(NAMES_NOBODY_AS_A_RECIPIENT)
  recipient.id = text("somebody");
#endif
  recipient.label = text("somebody");
  recipients[0] = &recipient;
  result.size = sizeof result;
  result.recipients = recipients;
  result.n_recipients = 1;
  (void)event;
  self->host->answer(self->host, ticket, &result);
}

static void send(struct call* call);

#if defined(LOOKS_AT_AN_EVENT_LATER)
static void look(void* user) {
  const notify_event* event = user;
  if (event->kind == 99) DIE;
}
#endif
#if defined(LOOKS_AT_AN_HTTP_ANSWER_LATER)
static void look(void* user) {
  const volatile char* body = user;
  if (*body == 'x') DIE;
}
#endif
#if defined(ANSWERS_AGAIN_LATER)
static void again(void* user) {
  notify_instance* self = user;
  answer(self, 1, NOTIFY_OK, "", 0);
}
#endif

static void done(void* user, const notify_http_response* response) {
  struct call* call = user;
  notify_instance* self = call->self;
  const notify_host* host = self->host;
  const notify_ticket ticket = call->ticket;
#if defined(DIES_OF_A_503)
  if (response->status == 503) DIE;
#endif
#if defined(CALLS_AGAIN_AT_ONCE)
  if (response->status == 429 && call->tries < 3) {
    send(call);
    return;
  }
#endif
#if defined(LOOKS_AT_AN_HTTP_ANSWER_LATER)
  host->timer(host, 5000, look, (void*)response->body.ptr);
#elif defined(LOOKS_AT_AN_EVENT_LATER)
  host->timer(host, 5000, look, (void*)call->event);
#endif
  (void)host;
  remove_call(call);
  if (response->outcome != NOTIFY_HTTP_ANSWERED) {
    answer(self, ticket, NOTIFY_RETRY_UNSURE, "", 0);
  } else if (response->status == 429) {
#if defined(FORGETS_RETRY_AFTER)
    answer(self, ticket, NOTIFY_RETRY, "", 0);
#else
    answer(self, ticket, NOTIFY_RETRY_LIMITED, "", 1800 * 1000);
#endif
  } else {
#if defined(HAS_A_LONG_RECEIPT)
    static char receipt[5001];
    memset(receipt, 'r', 5000);
    answer(self, ticket, NOTIFY_OK, receipt, 0);
#elif defined(KEEPS_A_SECRET_IN_ITS_RECEIPT)
    answer(self, ticket, NOTIFY_OK, self->token.ptr, 0);
#else
    answer(self, ticket, NOTIFY_OK, "mine 1", 0);
#endif
  }
#if defined(ANSWERS_TWICE)
  answer(self, ticket, NOTIFY_OK, "mine 1", 0);
#elif defined(ANSWERS_AGAIN_LATER)
  host->timer(host, 60000, again, self);
#endif
}

static void send(struct call* call) {
  const notify_host* host = call->self->host;
  notify_http_request request;
  char url[256] = "https://example.com/hook";
  memset(&request, 0, sizeof request);
  request.size = sizeof request;
  request.method = text("POST");
#if defined(PUTS_A_SECRET_INTO_A_QUERY)
  snprintf(url, sizeof url, "https://example.com/hook?token=%s", call->self->token.ptr);
#endif
  request.url = text(url);
  ++call->tries;
  call->http = host->http(host, &request, done, call);
}

#if defined(ANSWERS_FROM_A_THREAD)
static void* answer_there(void* user) {
  notify_instance* self = user;
  answer(self, self->by_thread, NOTIFY_OK, "mine 1", 0);
  return NULL;
}
#endif

/* What it looks at in an event. */
static void look_at(notify_instance* self, const notify_event* event) {
  const notify_request* request = event->request;
  (void)self;
  (void)request;
#if defined(READS_PAST_AN_EVENT)
  if (((const volatile char*)event)[event->size] == 'x') DIE;
#elif defined(READS_PAST_A_REQUEST)
  if (((const volatile char*)request)[request->size] == 'x') DIE;
#elif defined(READS_PAST_A_LIST)
  if (request->suggested_reviewers[request->n_suggested_reviewers].len == 77) DIE;
#elif defined(READS_PAST_A_TEXT)
  if (((const volatile char*)request->user.ptr)[request->user.len + 1] == 'x') DIE;
#elif defined(EXPECTS_A_ROLE)
  if (request->roles[0].name.ptr[0] == '\x7f') DIE;
#elif defined(HAS_A_BUFFER)
  {
    char reason[4096];
    memcpy(reason, request->reason.ptr, request->reason.len);
    if (((volatile char*)reason)[0] == '\x7f') DIE;
  }
#elif defined(DIES_OF_AN_UNKNOWN_KIND)
  if (event->kind != NOTIFY_REQUEST_PENDING && event->kind != NOTIFY_REQUEST_REVIEWED &&
      event->kind != NOTIFY_REQUEST_RESOLVED) {
    DIE;
  }
#elif defined(DIES_OF_A_FOREIGN_RECEIPT)
  if (event->receipt.len != 0 && !begins(event->receipt, "mine ")) DIE;
#elif defined(DIES_OF_ITS_OWN_RECEIPT)
  if (begins(event->receipt, "mine ")) DIE;
#elif defined(LOGS_A_SECRET)
  self->host->log(self->host, NOTIFY_LOG_DEBUG, self->token, NULL, 0);
#elif defined(KEEPS_AN_OPTIONS_VALUE)
  {
    const volatile char* before = self->token.ptr;
    if (get_token(self) == NOTIFY_OK && *before == '\x7f') DIE;
  }
#elif defined(SHARES_STATE)
  if (shared->size == 7) DIE;
#endif
}

static void deliver(notify_instance* self, notify_ticket ticket, const notify_event* event) {
  struct call* call;
  look_at(self, event);
#if defined(NEVER_ANSWERS)
  return;
#elif defined(DIES_IN_DELIVER)
  DIE;
#elif defined(EXITS_IN_DELIVER)
  exit(3);
#elif defined(ANSWERS_MISUSE)
  answer(self, ticket, NOTIFY_MISUSE, "", 0);
  return;
#elif defined(ANSWERS_AN_UNKNOWN_CLASS)
  answer(self, ticket, 0x4200, "", 0);
  return;
#elif defined(ANSWERS_FROM_A_THREAD)
  if (self->by_thread != 0) pthread_join(self->thread, NULL);
  self->by_thread = ticket;
  pthread_create(&self->thread, NULL, answer_there, self);
  return;
#endif
  call = calloc(1, sizeof *call);
  call->self = self;
  call->ticket = ticket;
  call->event = event;
  call->next = self->calls;
  self->calls = call;
  send(call);
}

static void find(notify_instance* self, notify_ticket ticket, const notify_event* event) {
  (void)event;
#if defined(NEVER_FINDS)
  (void)self;
  (void)ticket;
  return;
#elif defined(EXPECTS_A_REVIEW)
  if (event->kind == NOTIFY_REQUEST_REVIEWED && event->review->proposed == 77) DIE;
#endif
  answer(self, ticket, NOTIFY_OK_SKIPPED, "", 0);
}

static void check(notify_instance* self, notify_ticket ticket) {
#if !defined(NEVER_CHECKS)
  answer(self, ticket, NOTIFY_OK, "", 0);
#else
  (void)self;
  (void)ticket;
#endif
}

static void abandon(notify_instance* self, notify_ticket ticket) {
  struct call* call = self->calls;
  while (call != NULL && call->ticket != ticket) call = call->next;
  if (call == NULL) return;
#if defined(FORGETS_WHAT_IS_ABANDONED)
  self->host->cancel(self->host, call->http);
  remove_call(call);
#elif defined(ANSWERS_WHAT_IS_ABANDONED_TWICE)
  answer(self, ticket, NOTIFY_CANCELLED, "", 0);
#else
  self->host->cancel(self->host, call->http);
  remove_call(call);
  answer(self, ticket, NOTIFY_CANCELLED, "", 0);
#endif
}

static const void* extension(const char* id) {
#if defined(KNOWS_EVERY_EXTENSION)
  return id;
#else
  (void)id;
  return NULL;
#endif
}

static const notify_option token = {sizeof(notify_option),
                                    NOTIFY_TEXT,
                                    NOTIFY_REQUIRED | NOTIFY_SECRET,
                                    0,
                                    STRING(MODULE_NAME) ".token",
                                    NULL,
                                    "a token"};
static const notify_option* const options[] = {&token, NULL};

const notify_module notify_module_v1 = {
    NOTIFY_MAGIC,
    NOTIFY_ABI_MAJOR,
    0,
    sizeof(notify_module),
    0,
    1u << NOTIFY_REQUEST_PENDING | 1u << NOTIFY_REQUEST_REVIEWED | 1u << NOTIFY_REQUEST_RESOLVED,
    STRING(MODULE_NAME),
    "1.0",
    options,
    create,
    destroy,
    check,
    route,
    deliver,
    find,
    abandon,
    extension};
