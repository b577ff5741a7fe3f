/* One module, and by -DBREAK_... one fault each. The loader must name exactly that fault. */
#if defined(SIGTERM_IN_CREATE)
#include <signal.h>
#endif
#if defined(SIGTERM_IN_CREATE) || defined(HANG_IN_DELIVER) || defined(HANG_IN_DESTROY)
#include <unistd.h>
#endif
#if defined(SIGTERM_IN_CREATE) || defined(HANG_IN_DESTROY)
#include <stdio.h>
#include <string.h>
#endif
#if defined(CRASH_IN_CREATE) || defined(EXIT_IN_CONSTRUCTOR) || defined(LEAK_THREAD) || \
    defined(CHANGE_DIRECTORY)
#include <stdlib.h>
#include <unistd.h>
#endif
#if defined(LEAK_THREAD) || defined(LEAK_KEY)
#include <pthread.h>
#endif
#if defined(CHANGE_LOCALE)
#include <locale.h>
#endif
#if defined(CHANGE_SIGNAL)
#include <signal.h>
#endif
#include "notify/abi.h"

#define STRING2(x) #x
#define STRING(x) STRING2(x)

#if defined(BREAK_MAGIC)
#define MAGIC 0x4e4f4e45u
#else
#define MAGIC NOTIFY_MAGIC
#endif
#if defined(BREAK_MAJOR)
#define MAJOR 7
#else
#define MAJOR NOTIFY_ABI_MAJOR
#endif
#if defined(BREAK_MINOR)
#define MINOR (NOTIFY_ABI_MINOR + 1)
#else
#define MINOR 0
#endif
#if defined(BREAK_SIZE_SMALL)
#define SIZE 24
#elif defined(BREAK_SIZE_HUGE)
#define SIZE 0x100000
#elif defined(BREAK_SIZE_PAST_END)
#define SIZE 0xf000
#else
#define SIZE sizeof(notify_module)
#endif
#if defined(BREAK_NAME)
#define NAME "somebody_else"
#else
#define NAME STRING(MODULE_NAME)
#endif
#if defined(BREAK_KIND)
#define KINDS (1u << 30)
#elif defined(BREAK_NO_KINDS)
#define KINDS 0
#else
#define KINDS (1u << NOTIFY_REQUEST_PENDING)
#endif
#if defined(BREAK_NULL_CREATE)
#define CREATE NULL
#else
#define CREATE create
#endif

static int state; /* the module keeps none; its address serves as instance */
#if defined(HANG_IN_DELIVER)
static const notify_host* the_host;
#endif

static notify_str text(const char* s, size_t len) {
  notify_str str;
  str.ptr = s;
  str.len = len;
  return str;
}

/* Where it is only tried out it behaves: what is wrong with it shows later. */
#if defined(SIGTERM_IN_CREATE) || defined(HANG_IN_DESTROY)
static int is_tried_out(void) {
  char line[4096];
  static const char word[] = "--rehearse-module";
  size_t i;
  size_t n = 0;
  FILE* const file = fopen("/proc/self/cmdline", "r");
  if (file != NULL) {
    n = fread(line, 1, sizeof line, file);
    fclose(file);
  }
  for (i = 0; i + sizeof word <= n; ++i) {
    if (memcmp(line + i, word, sizeof word) == 0) return 1;
  }
  return 0;
}
#endif

#if defined(EXIT_IN_CONSTRUCTOR)
__attribute__((constructor)) static void leave(void) { _exit(0); }
#endif
#if defined(LEAK_THREAD)
static void* go_on(void* unused) {
  (void)unused;
  for (;;) pause();
}
#endif

static notify_rc create(const notify_host* host, notify_instance** out) {
  *out = (notify_instance*)(void*)&state;
#if defined(CRASH_IN_CREATE)
  static const char words[] = "about to crash\n";
  if (write(2, words, sizeof words - 1) > 0) abort();
#endif
#if defined(LEAK_THREAD)
  pthread_t thread;
  pthread_create(&thread, NULL, go_on, NULL);
#endif
#if defined(LEAK_KEY)
  pthread_key_t key;
  pthread_key_create(&key, NULL);
#endif
#if defined(CHANGE_LOCALE)
  setlocale(LC_ALL, "C.UTF-8");
#endif
#if defined(CHANGE_SIGNAL)
  signal(SIGUSR1, SIG_IGN);
#endif
#if defined(CHANGE_DIRECTORY)
  if (chdir("/") != 0) return NOTIFY_BROKEN;
#endif
#if defined(HANG_IN_DELIVER)
  the_host = host;
#endif
#if defined(SIGTERM_IN_CREATE)
  if (!is_tried_out())
    kill(getpid(), SIGTERM); /* somebody stops the daemon while it loads its modules */
#endif
#if defined(BREAK_CREATE)
  host->log(host, NOTIFY_LOG_ERROR, text("good.token is missing", 21), NULL, 0);
  return NOTIFY_BROKEN_CONFIG;
#else
  (void)text;
  (void)host;
  return NOTIFY_OK;
#endif
}

static void destroy(notify_instance* self) {
  (void)self;
#if defined(HANG_IN_DESTROY)
  for (; !is_tried_out();) pause();
#endif
}

#if defined(BREAK_UNDEFINED)
void nobody_defines_this(void);
#endif

static void route(notify_instance* self, notify_ticket ticket, const notify_event* event) {
  (void)self;
  (void)ticket;
  (void)event;
#if defined(BREAK_UNDEFINED)
  nobody_defines_this();
#endif
#if defined(HANG_IN_DELIVER)
  {
    notify_recipient somebody = {0};
    const notify_recipient* recipients[] = {&somebody};
    notify_result result = {0};
    somebody.size = sizeof somebody;
    somebody.id = text("somebody", 8);
    result.size = sizeof result;
    result.recipients = recipients;
    result.n_recipients = 1;
    the_host->answer(the_host, ticket, &result);
  }
#endif
}

#if defined(HANG_IN_DELIVER)
static void deliver(notify_instance* self, notify_ticket ticket, const notify_event* event) {
  (void)self;
  (void)ticket;
  (void)event;
  the_host->log(the_host, NOTIFY_LOG_INFO, text("hangs in deliver", 16), NULL, 0);
  for (;;) pause();
}
#else
#define deliver route
#endif

#define OPTION(name, type, fallback) \
  { sizeof(notify_option), type, 0, 0, name, fallback, "help" }
static const notify_option token = OPTION("good.token", NOTIFY_TEXT, NULL);
static const notify_option wait = OPTION("good.wait", NOTIFY_DURATION, "1m30s");
#if defined(BREAK_OPTION_TWICE)
static const notify_option odd = OPTION("good.token", NOTIFY_TEXT, NULL);
#elif defined(BREAK_OPTION_NAME)
static const notify_option odd = OPTION("Good Token", NOTIFY_TEXT, NULL);
#elif defined(BREAK_OPTION_TYPE)
static const notify_option odd = OPTION("good.odd", 99, NULL);
#elif defined(BREAK_OPTION_FALLBACK)
static const notify_option odd = OPTION("good.odd", NOTIFY_INT, "many");
#elif defined(BREAK_OPTION_SECTION)
static const notify_option odd = OPTION("good", NOTIFY_TEXT, NULL);
#else
static const notify_option odd = OPTION("good.odd", NOTIFY_BOOL, "true");
#endif
static const notify_option* const options[] = {&token, &wait, &odd, NULL};

#if defined(BREAK_NO_SYMBOL)
#define notify_module_v1 something_else
NOTIFY_EXPORT extern const notify_module something_else;
#endif

const notify_module notify_module_v1 = {MAGIC, MAJOR,   MINOR,   SIZE,   0,       KINDS,
                                        NAME,  "1.2",   options, CREATE, destroy, NULL,
                                        route, deliver, NULL,    NULL,   NULL};

#if defined(BREAK_EXTRA_EXPORT)
NOTIFY_EXPORT extern const int extra_symbol;
const int extra_symbol = 1;
#endif
#if defined(BREAK_UNIQUE)
__asm__(
    ".data\n"
    ".globl unique_symbol\n"
    ".type unique_symbol, %gnu_unique_object\n"
    ".size unique_symbol, 8\n"
    "unique_symbol: .quad 0\n"
    ".text\n");
#endif
#if defined(BREAK_TEXTREL)
__asm__(".text\n.balign 8\n.quad destroy\n");
#endif
