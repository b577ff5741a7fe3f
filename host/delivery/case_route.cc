// The part of Case that asks the module whom the request concerns.
#include "delivery/case.h"
#include "delivery/lane.h"

namespace notifyd::delivery {
namespace {

constexpr char kRoutingTurn[] = "\t";
constexpr char kRouting[] = "";  // in the window and at the breaker, where recipients stand by id

}  // namespace

// What is under way goes on; who waits for an announcement is named again, or is not told.
void Case::route_anew() {
  invited_ = Invited();
  ++routes_;
  wake();
}

bool Case::may_route(const Look& look) const {
  return !stopping() && plan().needs_route() && routing_.due(look.now) && !look.held_by_other;
}

// Whom does it concern? Asked once; the answer goes into the record with the first claim.
notify::Task<> Case::route(Look look) {
  if (!may_route(look) || !passes_breaker(kRouting)) {
    routing_place_ = nullptr;
    co_return;
  }
  if (!routing_place_) {
    // In turn among those who ask; that somebody was asked for is no turn at any recipient's.
    routing_place_ = sender_.window().enter(kRouting, Importance::kAnnouncement,
                                            kRoutingTurn + requester(), [this] { wake(); });
  }
  if (!routing_place_->granted()) co_return;
  modules::Event asked;
  asked.key = sender_.name() + "/" + subject_.id;
  asked.occurred_ms = unix_ms(engine_.wall());
  asked.attempt = routing_.failures();
  const Plan now = plan();
  asked.request = shown(now);
  asked.end = now.end();
  asked.cluster = lane_.cluster();
  const unsigned before = routes_;
  auto asking = sender_.notifier().route(std::move(asked));
  const modules::Answer answer = co_await asking;
  routing_place_ = nullptr;
  if (routes_ == before) take_route(answer);  // else whom the one before it names counts no more
}

void Case::take_route(const modules::Answer& answer) {
  switch (NOTIFY_CLASS(answer.rc)) {
    case NOTIFY_OK:
    case NOTIFY_DROP:
      take_recipients(answer);
      return;
    default:
      breaker_failed(kRouting, answer);
      routing_.failed(engine_.now() + retry_wait(routing_.failures(), answer));
      lane_.log().debug("cannot tell yet whom to notify, trying again",
                        {{"request", subject_.id}, {"reason", answer.detail}});
  }
}

void Case::take_recipients(const modules::Answer& answer) {
  invited_.take(answer.recipients);
  const Invited::Admitted admitted = admit();
  if (ledger_.record().recipients.empty()) lane_.concerns_nobody(subject_.id);
  if (!admitted.taken_over) say_whom(admitted);
}

// Each time the record came to say something else: what it says of others is not followed.
Invited::Admitted Case::admit() {
  const bool pending = !view_.gone() && view_.end() == End::kNone;
  Invited::Admitted admitted = invited_.admit(ledger_.record(), pending);
  const Log& log = lane_.log();
  if (admitted.taken_over) {
    log.info("taken over from teleport-slack",
             {{"request", subject_.id}, {"messages", ledger_.record().recipients.size()}});
  }
  if (admitted.removed > 0) {
    log.info("recipients that only the record names are not notified",
             {{"request", subject_.id}, {"recipients", admitted.removed}});
  }
  if (admitted.left_out > 0) {
    log.warn("recipients are left out: the record of the request takes no more",
             {{"request", subject_.id},
              {"left_out", admitted.left_out},
              {"file", sender_.config_file()}});
  }
  return admitted;
}

void Case::say_whom(const Invited::Admitted& admitted) const {
  const Log& log = lane_.log();
  if (invited_.no_reviewer()) {
    log.warn("no reviewer is notified: no recipient is configured for its roles",
             {{"request", subject_.id}, {"user", requester()}, {"file", sender_.config_file()}});
  } else if (!admitted.labels.empty()) {
    log.info("Access Request",
             {{"request", subject_.id}, {"user", requester()}, {"recipients", admitted.labels}});
  }
}

}  // namespace notifyd::delivery
