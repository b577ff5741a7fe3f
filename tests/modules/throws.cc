// A module in C++ whose constructor throws: the adapter must turn that into a refusal.
#include <stdexcept>

#include "notify/module.hpp"

namespace {

class Throws {
 public:
  explicit Throws(notify::Host& host) {
    host.log(NOTIFY_LOG_ERROR, "nor without a tide");
    throw std::runtime_error("cannot do without a moon");
  }
  static notify::Task<notify::Answer> route(const notify_event&) { co_return notify::Answer{}; }
  static notify::Task<notify::Answer> deliver(const notify_event&) { co_return notify::Answer{}; }
};

}  // namespace

NOTIFY_MODULE(Throws, "throws", "1.0", 1U << NOTIFY_REQUEST_PENDING, nullptr);
