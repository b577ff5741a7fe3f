// View: the Access Request as this process sees it. Views may come out of order (a page of a list
// read before an event): one that is older than what is known changes nothing.
#pragma once

#include <cstddef>

#include "model/access_request.h"

namespace notifyd::delivery {

class View {
 public:
  enum class News { kNone, kSome, kEnd };

  News see(model::AccessRequestPtr request);
  News vanish();  // Teleport has it no more

  const model::AccessRequestPtr& request() const { return request_; }  // null: never seen
  bool gone() const { return gone_; }
  bool seen_pending() const { return seen_pending_; }  // by this process
  model::End end() const { return request_ ? request_->end : model::End::kNone; }
  std::size_t reviews() const { return request_ ? request_->reviews.size() : 0; }

 private:
  model::AccessRequestPtr request_;
  bool gone_ = false;
  bool seen_pending_ = false;
};

}  // namespace notifyd::delivery
