/* Compiled as C and, through abi_h.cc, as C++: the boundary needs nothing but itself. */
#include "notify/abi.h"

static int has_answer(const notify_host* host) { return NOTIFY_HAS(host, answer); }

int main(void) {
  notify_host host;
  host.size = sizeof host;
  return has_answer(&host) ? 0 : 1;
}
