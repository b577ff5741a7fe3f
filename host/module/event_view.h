// What a module sees of a request and of an event: the ABI's structs, pointing into data that this
// side owns and keeps for as long as the module may look at it.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "module/notifier.h"

namespace notifyd::modules {

// Immutable once built; one for all deliveries of a snapshot.
class RequestView {
 public:
  explicit RequestView(std::shared_ptr<const RequestData> data);
  RequestView(const RequestView&) = delete;
  RequestView& operator=(const RequestView&) = delete;

  const notify_request* request() const { return &request_; }
  const notify_review* review(std::size_t index) const;  // null past the end

 private:
  void view_lists();
  void view_reviews();

  std::shared_ptr<const RequestData> data_;
  std::vector<std::vector<notify_str>> nested_;  // logins and values; never grows after view_lists
  std::vector<notify_role> roles_;
  std::vector<notify_annotation> annotations_;
  std::vector<notify_str> resources_, suggested_reviewers_, rule_recipients_;
  std::vector<notify_review> reviews_;
  std::vector<const notify_review*> review_pointers_;
  notify_request request_{};
};

// [instance] The views that are in use, found by their data.
class RequestViews {
 public:
  std::shared_ptr<const RequestView> of(const std::shared_ptr<const RequestData>& data);

 private:
  std::unordered_map<const RequestData*, std::weak_ptr<const RequestView>> views_;
  std::size_t sweep_at_ = 64;
};

// One event with what it points to.
class EventView {
 public:
  EventView(Event event, std::shared_ptr<const RequestView> request);
  EventView(const EventView&) = delete;
  EventView& operator=(const EventView&) = delete;

  const notify_event* get() const { return &view_; }

 private:
  const Event event_;
  const std::shared_ptr<const RequestView> request_;
  notify_event view_{};
};

}  // namespace notifyd::modules
