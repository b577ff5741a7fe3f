// A module instance as the engine sees it: ask, and await the answer. The real one (Instance) runs
// the module on its own thread; tests put a table of functions in its place.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "notify/abi.h"
#include "notify/task.hpp"

namespace notifyd::modules {

// The owned form of notify_request. Immutable once built and shared by every delivery of a
// snapshot, so nothing is copied per recipient; any thread may read it.
struct RequestData {
  struct Review {
    std::string author, reason;
    std::uint32_t proposed = NOTIFY_UNRESOLVED;
    std::int64_t created_ms = 0;
  };
  struct Annotation {
    std::string key;
    std::vector<std::string> values;
  };
  struct Role {
    std::string name;
    std::vector<std::string> logins;
  };

  std::string id, cluster, user, reason, resolve_reason, url;
  std::uint32_t resolution = NOTIFY_UNRESOLVED;
  std::uint32_t kind = NOTIFY_KIND_UNDEFINED;
  std::int64_t created_ms = 0, expires_ms = 0;
  std::vector<Role> roles;
  std::vector<std::string> resources, suggested_reviewers, rule_recipients;
  std::vector<Annotation> annotations;
  std::vector<Review> reviews;
};

struct Event {
  std::uint32_t kind = NOTIFY_REQUEST_PENDING;
  std::uint32_t attempt = 0;
  std::uint32_t audience = NOTIFY_TO_REVIEWER;
  std::int64_t occurred_ms = 0;
  std::chrono::steady_clock::time_point deadline{};  // see abi.h; none: the clock's epoch
  std::string key, recipient, label, receipt;
  std::shared_ptr<const RequestData> request;
  std::size_t review = 0;      // index into request->reviews, for NOTIFY_REQUEST_REVIEWED
  std::string lost, lost_why;  // for NOTIFY_GIVEN_UP
};

struct Recipient {
  std::string id, label;
  std::uint32_t audience = NOTIFY_TO_REVIEWER;
};

struct Answer {
  notify_rc rc = NOTIFY_OK;
  std::uint32_t retry_after_ms = 0;
  bool whole_instance = false;
  std::string receipt, message;  // "": keep what you have
  std::string detail;
  std::vector<Recipient> recipients;  // of route()
};

class Notifier {
 public:
  virtual ~Notifier() = default;

  virtual const std::string& name() const = 0;  // of the instance, and of its plugin data
  virtual bool wants(std::uint32_t kind) const = 0;
  virtual bool can_find() const = 0;

  // [engine thread] The answer comes on the engine's thread. Destroying the task forgets the
  // answer, it does not stop the module.
  virtual notify::Task<Answer> route(Event event) = 0;
  virtual notify::Task<Answer> deliver(Event event) = 0;
  virtual notify::Task<Answer> find(Event event) = 0;

  // Has any file that holds one of its secrets changed since this was last asked?
  virtual bool secrets_changed() { return false; }

  // Would it work? NOTIFY_OK_SKIPPED where the module has no answer to that.
  virtual notify::Task<Answer> check() {
    Answer none;
    none.rc = NOTIFY_OK_SKIPPED;
    co_return none;
  }
};

}  // namespace notifyd::modules
