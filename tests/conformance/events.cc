#include "events.h"

#include <algorithm>

namespace conformance {
namespace {

constexpr char kUnknown = '\xA5';

std::string key_of(const EventData& data) {
  return data.key.empty() ? "conformance/" + data.request.id + "/" + data.recipient + "/" +
                                std::to_string(data.kind)
                          : data.key;
}

bool has_request(std::uint32_t kind) {
  return kind != NOTIFY_REQUESTS_DIGEST && kind != NOTIFY_LIST_REVIEW_DUE;
}

}  // namespace

RequestData RequestData::full() {
  RequestData data;
  data.user_email = "alice@example.com";
  data.reason = "to mend it";
  data.resolve_reason = "go ahead";
  data.url = "https://example.teleport.sh/web/requests/" + data.id;
  data.expires_ms = data.created_ms + 3'600'000;
  data.access_starts_ms = data.created_ms + 60'000;
  data.access_expires_ms = data.created_ms + 7'200'000;
  data.max_duration_ms = 7'200'000;
  data.session_ttl_ms = 3'600'000;
  data.roles = {"editor", "auditor"};
  data.logins = {"root", "ubuntu"};
  data.resources = {"/example.teleport.sh/node/1", "/example.teleport.sh/db/2"};
  data.suggested = {"bob@example.com", "carol"};
  data.annotations = {{"team", {"a", "b"}}, {"ticket.id", {"T-1"}}};
  data.traits = {{"email", {"alice@example.com"}}, {"none", {}}};
  data.reviews = {{}, {"carol", "", NOTIFY_DENIED}};
  data.thresholds = data.promoted = true;
  return data;
}

RequestData RequestData::bare() {
  RequestData data;
  data.roles.clear();
  data.created_ms = 0;
  data.kind = NOTIFY_KIND_UNDEFINED;
  return data;
}

RequestData RequestData::hostile() {
  RequestData data = full();
  const std::string nasty =
      "\"'\\`<!channel> <@U1> @here *_~|{{x}} %s%n \n\r\t \x1b[2J \xE2\x80\xAE olleh \xFF\xC3\x28";
  data.user = nasty + "@example.com";
  data.reason = nasty + std::string("\0hidden", 7) + std::string(1'000'000, 'x');
  data.resolve_reason = std::string(70'000, '\x01');
  data.url = "javascript:alert(1)";
  data.created_ms = -1;
  data.expires_ms = INT64_MAX;
  data.max_duration_ms = INT64_MIN;
  data.resolution = data.kind = 4'000'000'000U;
  data.roles.assign(300, nasty);
  data.resources.assign(300, nasty);
  data.suggested.assign(300, nasty);
  data.annotations = {{nasty, {nasty, ""}}, {"", {}}};
  for (ReviewData& review : data.reviews) review = {nasty, nasty, 77};
  return data;
}

Event::Event(const EventData& data, const Shape& shape, Guard structs, Guard texts)
    : shape_(shape), structs_(structs), texts_(texts) {
  notify_event event{};
  event.kind = data.kind;
  event.attempt = data.attempt;
  event.audience = data.audience;
  event.occurred_ms = data.request.created_ms;
  event.deadline_ns = data.deadline_ns;
  event.key = text(key_of(data));
  event.recipient = text(data.recipient);
  event.receipt = text(data.receipt);
  event.label = text(data.label);
  event.lost = text(data.lost);
  event.lost_why = text(data.lost_why);
  event.lists = pointers<notify_access_list>({}, "notify_event.lists");
  if (has_request(data.kind)) event.request = request(data.request);
  const bool reviewed = data.kind == NOTIFY_REQUEST_REVIEWED && data.knows_review;
  if (reviewed && !reviews_.empty()) event.review = reviews_.back();
  if (data.kind == NOTIFY_REQUESTS_DIGEST) event.digest = digest(data.request);
  event_ = place(event, shape_.event, "notify_event");
}

void Event::forbid() {
  structs_.forbid();
  texts_.forbid();
}

// A newer struct goes on with what an older module must not take for anything.
template <class T>
const T* Event::place(T whole, std::uint32_t size, const char* what) {
  whole.size = size;
  std::vector<char> bytes(size, kUnknown);
  std::memcpy(bytes.data(), &whole, std::min<std::size_t>(size, sizeof whole));
  return static_cast<const T*>(structs_.put(bytes.data(), bytes.size(), what));
}

template <class T>
const T* const* Event::pointers(const std::vector<const T*>& items, const char* what) {
  return structs_.array(items, what);
}

const notify_str* Event::list(const std::vector<std::string>& items) {
  std::vector<notify_str> out;
  out.reserve(items.size());
  for (const std::string& item : items) out.push_back(text(item));
  return structs_.array(out, "a list of texts");
}

const notify_annotation* Event::map(const std::map<std::string, std::vector<std::string>>& items) {
  std::vector<notify_annotation> out;
  for (const auto& [key, values] : items) out.push_back({text(key), list(values), values.size()});
  return structs_.array(out, "annotations");
}

const notify_review* Event::review(const ReviewData& data) {
  notify_review review{};
  review.proposed = data.proposed;
  review.created_ms = 1'700'000'100'000;
  review.author = text(data.author);
  review.reason = text(data.reason);
  review.submitted_by = text("");
  return place(review, shape_.review, "notify_review");
}

const notify_resource* Event::resource(const std::string& name) {
  notify_resource resource{};
  resource.cluster = text("example.teleport.sh");
  resource.kind = text("node");
  resource.name = text(name);
  resource.sub_resource = text("");
  resource.friendly_name = text("web-1");
  resource.labels = structs_.array<notify_kv>({}, "notify_resource.labels");
  return place(resource, shape_.resource, "notify_resource");
}

const notify_threshold* Event::threshold() {
  notify_threshold threshold{};
  threshold.approvals_needed = 2;
  threshold.denials_needed = 1;
  threshold.name = text("default");
  threshold.filter = text("");
  threshold.roles = list({"editor"});
  threshold.n_roles = 1;
  return place(threshold, shape_.threshold, "notify_threshold");
}

const notify_access_list* Event::access_list() {
  notify_access_list list_view{};
  list_view.id = text("l-1");
  list_view.title = text("Admins");
  list_view.url = text("");
  list_view.owners = list({});
  return place(list_view, shape_.access_list, "notify_access_list");
}

void Event::say_texts(notify_request& request, const RequestData& data) {
  request.id = text(data.id);
  request.cluster = text(data.cluster);
  request.user = text(data.user);
  request.user_email = text(data.user_email);
  request.reason = text(data.reason);
  request.resolve_reason = text(data.resolve_reason);
  request.url = text(data.url);
}

void Event::say_lists(notify_request& request, const RequestData& data) {
  std::vector<notify_role> roles;
  for (const std::string& role : data.roles) {
    roles.push_back({text(role), list(data.logins), data.logins.size()});
  }
  request.roles = structs_.array(roles, "notify_request.roles");
  request.n_roles = roles.size();
  request.resources = list(data.resources);
  request.n_resources = data.resources.size();
  request.suggested_reviewers = list(data.suggested);
  request.n_suggested_reviewers = data.suggested.size();
  request.rule_recipients = list(data.rule_recipients);
  request.n_rule_recipients = data.rule_recipients.size();
  request.annotations = map(data.annotations);
  request.n_annotations = data.annotations.size();
  request.user_traits = map(data.traits);
  request.n_user_traits = data.traits.size();
}

// What may grow, and is behind pointers.
void Event::say_details(notify_request& request, const RequestData& data) {
  for (const ReviewData& one : data.reviews) reviews_.push_back(review(one));
  request.reviews = pointers(reviews_, "notify_request.reviews");
  request.n_reviews = reviews_.size();
  std::vector<const notify_resource*> details;
  for (const std::string& name : data.resources) details.push_back(resource(name));
  request.resource_details = pointers(details, "notify_request.resource_details");
  request.n_resource_details = details.size();
  std::vector<const notify_threshold*> thresholds;
  if (data.thresholds) thresholds.push_back(threshold());
  request.thresholds = pointers(thresholds, "notify_request.thresholds");
  request.n_thresholds = thresholds.size();
  if (data.promoted) request.promoted_to = access_list();
}

const notify_request* Event::request(const RequestData& data) {
  notify_request request{};
  request.resolution = data.resolution;
  request.kind = data.kind;
  request.created_ms = data.created_ms;
  request.expires_ms = data.expires_ms;
  request.access_starts_ms = data.access_starts_ms;
  request.access_expires_ms = data.access_expires_ms;
  request.max_duration_ms = data.max_duration_ms;
  request.session_ttl_ms = data.session_ttl_ms;
  say_texts(request, data);
  say_lists(request, data);
  say_details(request, data);
  return place(request, shape_.request, "notify_request");
}

const notify_digest* Event::digest(const RequestData& data) {
  notify_digest digest{};
  digest.user = text(data.user);
  digest.cluster = text(data.cluster);
  digest.url = text(data.url);
  digest.total = 12;
  digest.pending = 10;
  digest.approved = digest.denied = 1;
  std::vector<const notify_request*> newest{request(data)};
  digest.newest = pointers(newest, "notify_digest.newest");
  digest.n_newest = newest.size();
  return place(digest, shape_.digest, "notify_digest");
}

}  // namespace conformance
