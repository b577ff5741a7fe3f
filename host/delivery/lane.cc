#include "delivery/lane.h"

#include <utility>

#include "delivery/case.h"

namespace notifyd::delivery {
namespace {

constexpr Millis kNewFor{5'000};

}  // namespace

Lane::Lane(Engine& engine, Sender& sender, teleport::PluginData& records,
           const DeliveryOptions& options, Log log)
    : engine_(engine),
      began_ms_(unix_ms(engine.wall())),
      sender_(sender),
      log_(std::move(log)),
      options_(options),
      denied_(log_),
      digests_(engine, sender, cluster_, options, log_),
      surroundings_{engine,  records,       options, sender.jitter(),
                    denied_, sender.name(), log_,    too_long_} {}

Lane::~Lane() { running_.clear(); }

// ---- From the dispatcher ----

void Lane::connected(model::ClusterPtr cluster) {
  cluster_ = std::move(cluster);
  wake_all();
}

void Lane::record(const std::string& request_id, RecordText text) {
  digests_.note_record(text);
  known_.add(request_id, std::move(text));
}

void Lane::catch_up_started() {
  known_.begin();
  digests_.hold();
}

void Lane::catch_up_done() {
  known_.end();
  digests_.go_on();
  if (std::exchange(left_alone_said_, left_alone_.size()) == left_alone_.size()) return;
  if (left_alone_.empty()) return log_.info("all records can be read again");
  log_.warn("requests are left alone, since their records cannot be read",
            {{"requests", left_alone_.size()}});
}

bool Lane::request(const model::AccessRequestPtr& request) {
  if (is_settled(*request)) {
    note_unknown_end(request->id, "");
    left_alone_.erase(request->id);
    return false;
  }
  return look_at(request->id, is_new(*request), [&](Case& one) { one.see(request); });
}

// As the listing has it, there would be nothing to do for a case.
bool Lane::is_settled(const model::AccessRequest& request) const {
  const auto told = known_.told(request.id);
  return told && told->end == request.end && request.reviews.size() <= told->reviews &&
         !cases_.contains(request.id);
}

void Lane::gone(const std::string& request_id) {
  look_at(request_id, false, [](Case& one) { one.vanish(); });
  nobody_.erase(request_id);
}

// An instance that was here before this one, in this process or another, has seen what is older.
bool Lane::is_new(const model::AccessRequest& request) const {
  return request.end == model::End::kNone && request.reviews.empty() &&
         request.created_ms >= began_ms_ &&
         unix_ms(engine_.wall()) - request.created_ms < kNewFor.count();
}

void Lane::retry_now() {
  sender_.breaker().retry_now();
  sender_.unreachable().retry_now();
  for (const auto& [id, one] : cases_) one->retry_now();
}

void Lane::renewed() {
  nobody_.clear();
  for (const auto& [id, one] : cases_) one->route_anew();
  retry_now();
}

void Lane::wake_all() {
  for (const auto& [id, one] : cases_) one->wake();
}

void Lane::drain(std::function<void()> done) {
  stopping_ = true;
  log_.info("stopping", {{"delivered", sender_.counts.delivered},
                         {"given_up", sender_.counts.given_up},
                         {"waiting", cases_.size()}});
  drained_ = std::move(done);
  wake_all();
  if (cases_.empty() && drained_) std::exchange(drained_, nullptr)();
}

// ---- Cases ----

// Hands a view to the request's case, which is made where there is none and it has anything to do.
// True: it is there from now on.
bool Lane::look_at(const std::string& id, bool is_new, const std::function<void(Case&)>& show) {
  if (stopping_) return false;
  if (const auto awake = cases_.find(id); awake != cases_.end()) {
    show(*awake->second);
    return true;
  }
  const auto one = std::make_shared<Case>(*this, model::Subject{cluster_->name, {}, id},
                                          known_.take(id, is_new));
  show(*one);
  one->note_digests();
  if (one->at_rest()) {
    note_record_state(*one, id);
    return false;
  }
  cases_.emplace(id, one);
  running_.run(Case::live(one));
  return true;
}

void Lane::ended(const std::string& request_id) {
  const auto one = cases_.extract(request_id);
  note_record_state(*one.mapped(), request_id);
  known_.outdate(request_id);
  if (stopping_ && cases_.empty() && drained_) std::exchange(drained_, nullptr)();
}

// As another replica leaves it for a moment; what anybody else wrote may keep it so for ever.
void Lane::note_unknown_end(const std::string& id, std::string_view end) {
  if (end.empty()) {
    waits_for_end_.erase(id);
  } else if (waits_for_end_.insert(id).second) {
    log_.info("waits for Teleport to say what the record of this request says",
              {{"request", id}, {"end", end}});
  }
}

// That it can't be read is said once a request, however often it is looked at again.
void Lane::note_record_state(const Case& one, const std::string& id) {
  note_unknown_end(id, one.unknown_end());
  const Error* const unreadable = one.unreadable();
  if (unreadable == nullptr) {
    left_alone_.erase(id);
  } else if (left_alone_.insert(id).second) {
    log_.error("left alone: " + unreadable->message +
                   "; delete the plugin data or run the version that wrote it",
               {{"request", id}});
  }
}

}  // namespace notifyd::delivery
