#include "module/event_view.h"

#include "module/abi_text.h"

namespace notifyd::modules {
namespace {

std::vector<notify_str> strs(const std::vector<std::string>& texts) {
  std::vector<notify_str> views;
  views.reserve(texts.size());
  for (const std::string& text : texts) views.push_back(str(text));
  return views;
}

std::uint64_t nanoseconds(std::chrono::steady_clock::time_point t) {
  using std::chrono::nanoseconds;
  const auto since = std::chrono::duration_cast<nanoseconds>(t.time_since_epoch());
  return static_cast<std::uint64_t>(since.count());
}

std::uint32_t resolution_of(model::End end) {
  switch (end) {
    case model::End::kApproved:
      return NOTIFY_APPROVED;
    case model::End::kDenied:
      return NOTIFY_DENIED;
    case model::End::kPromoted:
      return NOTIFY_PROMOTED;
    case model::End::kNone:
    case model::End::kExpired:
      break;
  }
  return NOTIFY_UNRESOLVED;
}

std::uint32_t number_of(model::RequestKind kind) {
  switch (kind) {
    case model::RequestKind::kShortTerm:
      return NOTIFY_KIND_SHORT_TERM;
    case model::RequestKind::kLongTerm:
      return NOTIFY_KIND_LONG_TERM;
    case model::RequestKind::kUndefined:
      break;
  }
  return NOTIFY_KIND_UNDEFINED;
}

std::uint32_t number_of(model::Audience audience) {
  switch (audience) {
    case model::Audience::kRequester:
      return NOTIFY_TO_REQUESTER;
    case model::Audience::kListOwner:
      return NOTIFY_TO_LIST_OWNER;
    case model::Audience::kFallback:
      return NOTIFY_TO_FALLBACK;
    case model::Audience::kReviewer:
      break;
  }
  return NOTIFY_TO_REVIEWER;
}

std::string web_link(const model::Cluster& cluster, const std::string& id) {
  return cluster.web_url.empty() ? std::string() : cluster.web_url + "/web/requests/" + id;
}

}  // namespace

RequestView::RequestView(model::AccessRequestPtr request, model::End end, model::ClusterPtr cluster)
    : request_(std::move(request)),
      cluster_(std::move(cluster)),
      url_(web_link(*cluster_, request_->id)) {
  view_lists();
  view_reviews();
  const model::AccessRequest& r = *request_;
  view_.size = sizeof view_;
  view_.resolution = resolution_of(end);
  view_.kind = number_of(r.kind);
  view_.created_ms = r.created_ms;
  view_.access_expires_ms = r.expires_ms;
  view_.id = str(r.id);
  view_.cluster = str(cluster_->name);
  view_.user = str(r.user);
  view_.reason = str(r.reason);
  view_.resolve_reason = str(r.resolve_reason);
  view_.url = str(url_);
  view_.user_email = {"", 0};
  view_.roles = roles_.data();
  view_.n_roles = roles_.size();
  view_.resources = resources_.data();
  view_.n_resources = resources_.size();
  view_.suggested_reviewers = suggested_reviewers_.data();
  view_.n_suggested_reviewers = suggested_reviewers_.size();
  view_.annotations = annotations_.data();
  view_.n_annotations = annotations_.size();
  view_.reviews = review_pointers_.data();
  view_.n_reviews = review_pointers_.size();
}

void RequestView::view_lists() {
  for (const std::string& role : request_->roles) roles_.push_back({str(role), nullptr, 0});
  nested_.reserve(request_->annotations.size());
  for (const auto& [key, texts] : request_->annotations) {
    const auto& values = nested_.emplace_back(strs(texts));
    annotations_.push_back({str(key), values.data(), values.size()});
  }
  resources_ = strs(request_->resources);
  suggested_reviewers_ = strs(request_->suggested_reviewers);
}

void RequestView::view_reviews() {
  for (const model::Review& review : request_->reviews) {
    notify_review& view = reviews_.emplace_back();
    view.size = sizeof view;
    view.proposed = resolution_of(review.proposed);
    view.created_ms = review.created_ms;
    view.author = str(review.author);
    view.reason = str(review.reason);
    view.submitted_by = {"", 0};
  }
  for (const notify_review& review : reviews_) review_pointers_.push_back(&review);
}

const notify_review* RequestView::review(std::size_t index) const {
  return index < reviews_.size() ? &reviews_[index] : nullptr;
}

std::shared_ptr<const RequestView> RequestViews::of(const Event& event) {
  if (!event.request) return nullptr;
  auto& known = views_[{event.request.get(), event.end, event.cluster.get()}];
  // A view keeps its data alive, so one that lives cannot be of other data at the same address.
  if (auto view = known.lock()) return view;
  auto view = std::make_shared<const RequestView>(event.request, event.end, event.cluster);
  known = view;
  if (views_.size() >= sweep_at_) {
    std::erase_if(views_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 64 + 2 * views_.size();
  }
  return view;
}

std::uint32_t kind_of(const model::Step& step) {
  switch (step.kind) {
    case model::Step::Kind::kAnnounce:
      return NOTIFY_REQUEST_PENDING;
    case model::Step::Kind::kReview:
      return NOTIFY_REQUEST_REVIEWED;
    case model::Step::Kind::kGivenUp:
      return NOTIFY_GIVEN_UP;
    case model::Step::Kind::kEnd:
      break;
  }
  return step.end == model::End::kExpired ? NOTIFY_REQUEST_EXPIRED : NOTIFY_REQUEST_RESOLVED;
}

EventView::EventView(Event event, std::shared_ptr<const RequestView> request)
    : event_(std::move(event)), request_(std::move(request)) {
  view_.size = sizeof view_;
  view_.kind = kind_of(event_.step);
  view_.attempt = event_.attempt;
  view_.audience = number_of(event_.recipient.audience);
  view_.occurred_ms = event_.occurred_ms;
  view_.deadline_ns = nanoseconds(event_.deadline);
  view_.key = str(event_.key);
  view_.recipient = str(event_.recipient.id);
  view_.receipt = str(event_.receipt);
  view_.label = str(event_.recipient.label);
  view_.lost = str(event_.lost);
  view_.lost_why = str(event_.lost_why);
  if (!request_) return;
  view_.request = request_->request();
  if (view_.kind == NOTIFY_REQUEST_REVIEWED) view_.review = request_->review(event_.step.review);
}

}  // namespace notifyd::modules
