// A module instance as the engine sees it: ask, and await the answer. The real one (Instance) runs
// the module on its own thread; tests put a table of functions in its place.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/access_request.h"
#include "model/cluster.h"
#include "model/digest.h"
#include "model/recipient.h"
#include "model/step.h"
#include "notify/abi.h"
#include "notify/task.hpp"

namespace notifyd::modules {

// To route(): whom does this concern? To deliver(): this step, for this recipient. To find(): was
// this step done for this recipient?
struct Event {
  model::Step step;
  model::Recipient recipient;
  std::uint32_t attempt = 0;  // 0 for the first try
  std::int64_t occurred_ms = 0;
  std::chrono::steady_clock::time_point deadline{};  // see abi.h; none: the clock's epoch
  std::string key, receipt;
  model::AccessRequestPtr request;
  // The end to show. For a request that is gone it may come from the record, and then differs from
  // request->end.
  model::End end = model::End::kNone;
  model::ClusterPtr cluster;
  std::string lost, lost_why;  // for Step::Kind::kGivenUp: label, and why
  bool lost_tried_again = false;
  model::DigestPtr digest;  // then this is what is told, and there is neither step nor request
};

struct Answer {
  notify_rc rc = NOTIFY_OK;
  std::uint32_t retry_after_ms = 0;
  bool whole_instance = false;
  std::string receipt, message;  // "": keep what you have
  std::string detail;
  std::vector<model::Recipient> recipients;  // of route()
  bool repeated = false;  // others got it too, one of which has counted what it means for all
};

class Notifier {
 public:
  virtual ~Notifier() = default;

  virtual const std::string& name() const = 0;  // of the instance, and of its plugin data
  virtual bool wants(const model::Step& step) const = 0;
  virtual bool can_find() const = 0;
  virtual bool wants_digests() const { return false; }

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
