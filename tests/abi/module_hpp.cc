// module.hpp compiles by itself, and a module written with it needs nothing else.
#include "notify/module.hpp"

namespace {

class Silent {
 public:
  explicit Silent(notify::Host&) {}
  static notify::Task<notify::Answer> route(const notify_event&) { co_return notify::Answer{}; }
  static notify::Task<notify::Answer> deliver(const notify_event&) { co_return notify::Answer{}; }
};

}  // namespace

NOTIFY_MODULE(Silent, "silent", "1.0", 1U << NOTIFY_REQUEST_PENDING, nullptr);
