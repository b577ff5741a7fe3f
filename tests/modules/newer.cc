// A module that was built against the next minor's header and needs nothing of it.
#include "notify/module.hpp"

namespace {

class Newer {
 public:
  explicit Newer(notify::Host&) {}
  static notify::Task<notify::Answer> route(const notify_event&) {
    notify::Answer answer;
    answer.recipients.push_back({"C1", "#ops"});
    co_return answer;
  }
  static notify::Task<notify::Answer> deliver(const notify_event&) { co_return notify::Answer{}; }
};

constexpr auto kToken = notify::option("newer.token", NOTIFY_TEXT, "the token");
constexpr const notify_option* kOptions[] = {&kToken, nullptr};
static_assert(offsetof(notify_option, grown) > 0, "this is not the next minor's header");

}  // namespace

NOTIFY_MODULE(Newer, "newer", "1.0", 1U << NOTIFY_REQUEST_PENDING, kOptions);
