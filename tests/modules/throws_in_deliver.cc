// An exception that leaves the module: module.hpp would have caught it.
#include <stdexcept>

#include "notify/abi.h"

namespace {

int state;

notify_rc create(const notify_host*, notify_instance** out) {
  *out = reinterpret_cast<notify_instance*>(&state);
  return NOTIFY_OK;
}
void destroy(notify_instance*) {}
void handle(notify_instance*, notify_ticket, const notify_event*) {
  throw std::runtime_error("nobody catches this");
}

}  // namespace

extern "C" const notify_module notify_module_v1 = {NOTIFY_MAGIC,
                                                   NOTIFY_ABI_MAJOR,
                                                   0,
                                                   sizeof(notify_module),
                                                   0,
                                                   1U << NOTIFY_REQUEST_PENDING,
                                                   "throws_in_deliver",
                                                   "1.0",
                                                   nullptr,
                                                   create,
                                                   destroy,
                                                   nullptr,
                                                   handle,
                                                   handle,
                                                   nullptr,
                                                   nullptr,
                                                   nullptr};
