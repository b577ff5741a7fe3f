// A module that was built against the next minor's header and cannot live without it.
#include "notify/module.hpp"

namespace {

class NewerNeeds {
 public:
  explicit NewerNeeds(notify::Host&) {}
  static notify::Task<notify::Answer> route(const notify_event&) { co_return notify::Answer{}; }
  static notify::Task<notify::Answer> deliver(const notify_event&) { co_return notify::Answer{}; }
};

}  // namespace

NOTIFY_MODULE_NEEDS(NOTIFY_ABI_MINOR, NewerNeeds, "newer_needs", "1.0",
                    1U << NOTIFY_REQUEST_PENDING, nullptr);
