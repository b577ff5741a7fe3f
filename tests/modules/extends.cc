// A module with an extension of its own, which asks the host for one when it starts.
#include <stdexcept>

#include "notify/module.hpp"

namespace {

constexpr int kAnswer = 42;

class Extends {
 public:
  explicit Extends(notify::Host& host) {
    if (host.extension<int>("org.example.nobody_has_this/1") != nullptr) {
      throw std::runtime_error("the host has an extension that nobody has");
    }
  }
  static const void* extension(std::string_view id) {
    return id == "org.example.answer/1" ? &kAnswer : nullptr;
  }
  static notify::Task<notify::Answer> route(const notify_event&) { co_return notify::Answer{}; }
  static notify::Task<notify::Answer> deliver(const notify_event&) { co_return notify::Answer{}; }
};

}  // namespace

NOTIFY_MODULE(Extends, "extends", "1.0", 1U << NOTIFY_REQUEST_PENDING, nullptr);
