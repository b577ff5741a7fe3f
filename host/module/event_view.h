// What a module sees of a request and of an event: the ABI's structs, pointing into data that this
// side owns and keeps for as long as the module may look at it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "module/notifier.h"

namespace notifyd::modules {

// An array of a struct that may grow: a module gets pointers to its items.
template <class T>
class PointerArray {
 public:
  explicit PointerArray(std::size_t size) : items_(size) {
    pointers_.reserve(size);
    for (T& item : items_) {
      item.size = sizeof item;
      pointers_.push_back(&item);
    }
  }
  PointerArray(const PointerArray&) = delete;
  PointerArray& operator=(const PointerArray&) = delete;

  T& operator[](std::size_t index) { return items_[index]; }
  const T* const* data() const { return pointers_.data(); }
  std::size_t size() const { return pointers_.size(); }

 private:
  std::vector<T> items_;
  std::vector<const T*> pointers_;
};

// Immutable once built; one for all deliveries of a snapshot that show the same end.
class RequestView {
 public:
  RequestView(model::AccessRequestPtr request, model::End end, model::ClusterPtr cluster);
  RequestView(const RequestView&) = delete;
  RequestView& operator=(const RequestView&) = delete;

  const notify_request* request() const { return &view_; }
  const notify_review* review(std::size_t index) const;  // null past the end

 private:
  void view_texts();
  void view_access();
  void view_lists();
  void view_resources();
  void view_reviews();
  void view_thresholds();
  void view_promotion();

  const model::AccessRequestPtr request_;
  const model::ClusterPtr cluster_;
  const std::string url_;
  std::vector<std::vector<notify_str>> nested_;  // what items of the lists point to
  std::vector<notify_role> roles_;
  std::vector<notify_annotation> annotations_;
  std::vector<notify_str> resources_, suggested_reviewers_;
  PointerArray<notify_resource> resource_details_;
  PointerArray<notify_review> reviews_;
  PointerArray<notify_threshold> thresholds_;
  notify_access_list promoted_to_{};
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

// A digest with what it points to.
class DigestView {
 public:
  DigestView(model::DigestPtr digest, const model::ClusterPtr& cluster);
  DigestView(const DigestView&) = delete;
  DigestView& operator=(const DigestView&) = delete;

  const notify_digest* get() const { return &view_; }

 private:
  const model::DigestPtr digest_;
  const model::ClusterPtr cluster_;
  const std::string url_;
  std::vector<std::unique_ptr<const RequestView>> newest_;
  std::vector<const notify_request*> pointers_;
  notify_digest view_{};
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
  std::unique_ptr<const DigestView> digest_;
  notify_event view_{};
};

}  // namespace notifyd::modules
