/* The smallest module: every event becomes one log line, for one recipient, and the receipt counts
 * how many this request has had. Start your own from here, or in C++ from notify/module.hpp. */
#include <stdio.h>
#include <stdlib.h>

#include "notify/abi.h"

struct notify_instance {
  const notify_host* host;
};

static notify_str text(const char* s, size_t len) { return (notify_str){s, len}; }

static notify_rc create(const notify_host* host, notify_instance** out) {
  *out = malloc(sizeof **out);
  if (*out == NULL) return NOTIFY_RETRY;
  (*out)->host = host;
  return NOTIFY_OK;
}

static void destroy(notify_instance* self) { free(self); }

static void route(notify_instance* self, notify_ticket ticket, const notify_event* event) {
  const notify_recipient log = {sizeof log, NOTIFY_TO_REVIEWER, text("log", 3), text("the log", 7)};
  const notify_recipient* const all[] = {&log};
  const notify_result result = {.size = sizeof result, .recipients = all, .n_recipients = 1};
  (void)event;
  self->host->answer(self->host, ticket, &result);
}

static void deliver(notify_instance* self, notify_ticket ticket, const notify_event* event) {
  static const char* const kinds[] = {"", "pending", "reviewed", "resolved", "expired"};
  const char* kind = event->kind < sizeof kinds / sizeof kinds[0] ? kinds[event->kind] : "unknown";
  char count[24];
  const int len = snprintf(count, sizeof count, "%lu", strtoul(event->receipt.ptr, NULL, 10) + 1);
  const notify_kv fields[] = {{text("request", 7), event->request->id},
                              {text("user", 4), event->request->user},
                              {text("count", 5), text(count, (size_t)len)}};
  char line[32];
  const int n = snprintf(line, sizeof line, "request %s", kind);
  const notify_result result = {.size = sizeof result, .receipt = text(count, (size_t)len)};
  self->host->log(self->host, NOTIFY_LOG_INFO, text(line, (size_t)n), fields, 3);
  self->host->answer(self->host, ticket, &result);
}

const notify_module notify_module_v1 = {
    .magic = NOTIFY_MAGIC,
    .abi_major = NOTIFY_ABI_MAJOR,
    .size = sizeof(notify_module),
    .event_mask = 1u << NOTIFY_REQUEST_PENDING | 1u << NOTIFY_REQUEST_REVIEWED |
                  1u << NOTIFY_REQUEST_RESOLVED | 1u << NOTIFY_REQUEST_EXPIRED,
    .name = "example",
    .version = "1.0",
    .create = create,
    .destroy = destroy,
    .route = route,
    .deliver = deliver};
