#include "module/event_view.h"

namespace notifyd::modules {
namespace {

notify_str str(const std::string& text) { return {text.c_str(), text.size()}; }

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

}  // namespace

RequestView::RequestView(std::shared_ptr<const RequestData> data) : data_(std::move(data)) {
  view_lists();
  view_reviews();
  const RequestData& d = *data_;
  notify_request& r = request_;
  r.size = sizeof r;
  r.resolution = d.resolution;
  r.kind = d.kind;
  r.created_ms = d.created_ms;
  r.expires_ms = d.expires_ms;
  r.id = str(d.id);
  r.cluster = str(d.cluster);
  r.user = str(d.user);
  r.reason = str(d.reason);
  r.resolve_reason = str(d.resolve_reason);
  r.url = str(d.url);
  r.roles = roles_.data();
  r.n_roles = roles_.size();
  r.resources = resources_.data();
  r.n_resources = resources_.size();
  r.suggested_reviewers = suggested_reviewers_.data();
  r.n_suggested_reviewers = suggested_reviewers_.size();
  r.rule_recipients = rule_recipients_.data();
  r.n_rule_recipients = rule_recipients_.size();
  r.annotations = annotations_.data();
  r.n_annotations = annotations_.size();
  r.reviews = review_pointers_.data();
  r.n_reviews = review_pointers_.size();
}

void RequestView::view_lists() {
  nested_.reserve(data_->roles.size() + data_->annotations.size());
  for (const auto& role : data_->roles) {
    const auto& logins = nested_.emplace_back(strs(role.logins));
    roles_.push_back({str(role.name), logins.data(), logins.size()});
  }
  for (const auto& annotation : data_->annotations) {
    const auto& values = nested_.emplace_back(strs(annotation.values));
    annotations_.push_back({str(annotation.key), values.data(), values.size()});
  }
  resources_ = strs(data_->resources);
  suggested_reviewers_ = strs(data_->suggested_reviewers);
  rule_recipients_ = strs(data_->rule_recipients);
}

void RequestView::view_reviews() {
  for (const auto& review : data_->reviews) {
    reviews_.push_back({sizeof(notify_review), review.proposed, review.created_ms,
                        str(review.author), str(review.reason)});
  }
  for (const notify_review& review : reviews_) review_pointers_.push_back(&review);
}

const notify_review* RequestView::review(std::size_t index) const {
  return index < reviews_.size() ? &reviews_[index] : nullptr;
}

std::shared_ptr<const RequestView> RequestViews::of(
    const std::shared_ptr<const RequestData>& data) {
  if (!data) return nullptr;
  auto& known = views_[data.get()];
  // A view keeps its data alive, so one that lives cannot be of other data at the same address.
  if (auto view = known.lock()) return view;
  auto view = std::make_shared<const RequestView>(data);
  known = view;
  if (views_.size() >= sweep_at_) {
    std::erase_if(views_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 64 + 2 * views_.size();
  }
  return view;
}

EventView::EventView(Event event, std::shared_ptr<const RequestView> request)
    : event_(std::move(event)), request_(std::move(request)) {
  view_.size = sizeof view_;
  view_.kind = event_.kind;
  view_.attempt = event_.attempt;
  view_.audience = event_.audience;
  view_.occurred_ms = event_.occurred_ms;
  view_.deadline_ns = nanoseconds(event_.deadline);
  view_.key = str(event_.key);
  view_.recipient = str(event_.recipient);
  view_.receipt = str(event_.receipt);
  view_.label = str(event_.label);
  view_.lost = str(event_.lost);
  view_.lost_why = str(event_.lost_why);
  if (!request_) return;
  view_.request = request_->request();
  if (event_.kind == NOTIFY_REQUEST_REVIEWED) view_.review = request_->review(event_.review);
}

}  // namespace notifyd::modules
