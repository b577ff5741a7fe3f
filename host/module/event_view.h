// What a module sees of a request and of an event: the ABI's structs, pointing into data that this
// side owns and keeps for as long as the module may look at it.
#pragma once

#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "module/notifier.h"

namespace notifyd::modules {

// Immutable once built; one for all deliveries of a snapshot that show the same end.
class RequestView {
 public:
  RequestView(model::AccessRequestPtr request, model::End end, model::ClusterPtr cluster);
  RequestView(const RequestView&) = delete;
  RequestView& operator=(const RequestView&) = delete;

  const notify_request* request() const { return &view_; }
  const notify_review* review(std::size_t index) const;  // null past the end

 private:
  void view_lists();
  void view_reviews();

  const model::AccessRequestPtr request_;
  const model::ClusterPtr cluster_;
  const std::string url_;
  std::vector<std::vector<notify_str>> nested_;  // values; never grows after view_lists
  std::vector<notify_role> roles_;
  std::vector<notify_annotation> annotations_;
  std::vector<notify_str> resources_, suggested_reviewers_;
  std::vector<notify_review> reviews_;
  std::vector<const notify_review*> review_pointers_;
  notify_request view_{};
};

// [instance] The views that are in use, found by what they show.
class RequestViews {
 public:
  // Null for an event without a request.
  std::shared_ptr<const RequestView> of(const Event& event);

 private:
  using Shown = std::tuple<const void*, model::End, const void*>;

  std::map<Shown, std::weak_ptr<const RequestView>> views_;
  std::size_t sweep_at_ = 64;
};

// NOTIFY_REQUEST_... of a step.
std::uint32_t kind_of(const model::Step& step);

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
