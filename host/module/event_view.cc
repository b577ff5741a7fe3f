#include "module/event_view.h"

#include "module/abi_text.h"

namespace notifyd::modules {
namespace {

constexpr notify_str kNoText{"", 0};

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
      url_(web_link(*cluster_, request_->id)),
      resource_details_(request_->resource_details.size()),
      reviews_(request_->reviews.size()),
      thresholds_(request_->thresholds.size()) {
  view_.size = sizeof view_;
  view_.resolution = resolution_of(end);
  view_.kind = number_of(request_->kind);
  view_texts();
  view_access();
  view_lists();
  view_resources();
  view_reviews();
  view_thresholds();
  if (end == model::End::kPromoted && request_->promoted_to) view_promotion();
}

void RequestView::view_texts() {
  view_.id = str(request_->id);
  view_.cluster = str(cluster_->name);
  view_.user = str(request_->user);
  view_.reason = str(request_->reason);
  view_.resolve_reason = str(request_->resolve_reason);
  view_.url = str(url_);
  view_.user_email = kNoText;
}

void RequestView::view_access() {
  view_.created_ms = request_->created_ms;
  view_.expires_ms = request_->expires_ms;
  view_.access_starts_ms = request_->access_starts_ms;
  view_.access_expires_ms = request_->access_expires_ms;
  view_.max_duration_ms = request_->max_duration_ms;
  view_.session_ttl_ms = request_->session_ttl_ms;
}

void RequestView::view_lists() {
  roles_.reserve(request_->roles.size());
  for (const std::string& role : request_->roles) roles_.push_back({str(role), nullptr, 0});
  nested_.reserve(request_->annotations.size() + request_->thresholds.size());
  annotations_.reserve(request_->annotations.size());
  for (const auto& [key, texts] : request_->annotations) {
    const auto& values = nested_.emplace_back(strs(texts));
    annotations_.push_back({str(key), values.data(), values.size()});
  }
  suggested_reviewers_ = strs(request_->suggested_reviewers);
  view_.roles = roles_.data();
  view_.n_roles = roles_.size();
  view_.annotations = annotations_.data();
  view_.n_annotations = annotations_.size();
  view_.suggested_reviewers = suggested_reviewers_.data();
  view_.n_suggested_reviewers = suggested_reviewers_.size();
}

void RequestView::view_resources() {
  resources_ = strs(request_->resources);
  view_.resources = resources_.data();
  view_.n_resources = resources_.size();
  for (std::size_t i = 0; i < resource_details_.size(); ++i) {
    const model::Resource& resource = request_->resource_details[i];
    notify_resource& view = resource_details_[i];
    view.cluster = str(resource.cluster);
    view.kind = str(resource.kind);
    view.name = str(resource.name);
    view.sub_resource = str(resource.sub_resource);
    view.friendly_name = kNoText;
  }
  view_.resource_details = resource_details_.data();
  view_.n_resource_details = resource_details_.size();
}

void RequestView::view_reviews() {
  for (std::size_t i = 0; i < reviews_.size(); ++i) {
    const model::Review& review = request_->reviews[i];
    notify_review& view = reviews_[i];
    view.proposed = resolution_of(review.proposed);
    view.created_ms = review.created_ms;
    view.author = str(review.author);
    view.reason = str(review.reason);
    view.submitted_by = str(review.submitted_by);
    view.proposed_start_ms = review.proposed_start_ms;
  }
  view_.reviews = reviews_.data();
  view_.n_reviews = reviews_.size();
}

void RequestView::view_thresholds() {
  for (std::size_t i = 0; i < thresholds_.size(); ++i) {
    const model::Threshold& threshold = request_->thresholds[i];
    const auto given = threshold.given.value_or(model::Threshold::Count{});
    auto& roles = nested_.emplace_back();
    roles.reserve(threshold.roles.size());
    for (const std::uint32_t role : threshold.roles) roles.push_back(str(request_->roles[role]));
    notify_threshold& view = thresholds_[i];
    view.approvals_needed = threshold.needed.approvals;
    view.denials_needed = threshold.needed.denials;
    view.given_known = threshold.given ? 1 : 0;
    view.approvals_given = given.approvals;
    view.denials_given = given.denials;
    view.name = str(threshold.name);
    view.filter = str(threshold.filter);
    view.roles = roles.data();
    view.n_roles = roles.size();
  }
  view_.thresholds = thresholds_.data();
  view_.n_thresholds = thresholds_.size();
}

void RequestView::view_promotion() {
  promoted_to_.size = sizeof promoted_to_;
  promoted_to_.id = str(request_->promoted_to->id);
  promoted_to_.title = str(request_->promoted_to->title);
  promoted_to_.url = kNoText;
  view_.promoted_to = &promoted_to_;
}

const notify_review* RequestView::review(std::size_t index) const {
  return index < reviews_.size() ? reviews_.data()[index] : nullptr;
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

DigestView::DigestView(model::DigestPtr digest, const model::ClusterPtr& cluster)
    : digest_(std::move(digest)),
      cluster_(cluster),
      url_(cluster->web_url.empty() ? std::string() : cluster->web_url + "/web/requests") {
  view_.size = sizeof view_;
  view_.user = str(digest_->user);
  view_.cluster = str(cluster_->name);
  view_.url = str(url_);
  view_.total = static_cast<std::uint32_t>(digest_->total());
  view_.pending = static_cast<std::uint32_t>(digest_->pending);
  view_.approved = static_cast<std::uint32_t>(digest_->approved);
  view_.denied = static_cast<std::uint32_t>(digest_->denied);
  view_.expired = static_cast<std::uint32_t>(digest_->expired);
  for (const model::AccessRequestPtr& request : digest_->newest) {
    newest_.push_back(std::make_unique<const RequestView>(request, model::End::kNone, cluster));
    pointers_.push_back(newest_.back()->request());
  }
  view_.newest = pointers_.data();
  view_.n_newest = pointers_.size();
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
  view_.lost_tried_again = event_.lost_tried_again ? 1 : 0;
  if (event_.digest) {
    digest_ = std::make_unique<const DigestView>(event_.digest, event_.cluster);
    view_.kind = NOTIFY_REQUESTS_DIGEST;
    view_.digest = digest_->get();
  }
  if (!request_) return;
  view_.request = request_->request();
  if (view_.kind == NOTIFY_REQUEST_REVIEWED) view_.review = request_->review(event_.step.review);
}

}  // namespace notifyd::modules
