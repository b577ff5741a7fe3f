#include "delivery/case.h"

#include <algorithm>

#include "delivery/lane.h"

namespace notifyd::delivery {

Case::Case(Lane& lane, model::Subject subject, std::optional<RecordText> record)
    : lane_(lane),
      engine_(lane.engine()),
      sender_(lane.sender()),
      subject_(std::move(subject)),
      bell_(engine_),
      ledger_(lane.surroundings(), subject_.id) {
  if (lane_.known_for_nobody(subject_.id)) invited_.take({});
  if (record) adopt(*std::move(record));
}

// ---- The loop ----

notify::Task<> Case::live(std::shared_ptr<Case> self) {
  Case& c = *self;
  while (c.unreadable() == nullptr) {
    if (!c.ledger_.loaded()) {
      const bool loaded = co_await c.load();
      if (loaded) continue;
      if (c.may_stop()) break;
      co_await c.bell_.wait(c.ledger_.retry_at());
      continue;
    }
    const Look look = c.look();
    co_await c.route(look);
    c.update_stages();
    const std::vector<Due> steps = c.line_up(look, c.wanted(look));
    if (steps.empty()) {
      c.keep_or_return_claim(look);
    } else {
      c.intend(steps);
    }
    const TimePoint next_look = c.next_look(look);
    if (steps.empty() && c.may_write_later(look)) {
      co_await c.bell_.wait(std::min(next_look, c.ledger_.next_write()));
      continue;
    }
    if (!steps.empty() || c.worth_writing()) {
      const Ledger::Saved saved = co_await c.save();
      if (saved == Ledger::Saved::kAgainLater) {
        if (c.may_stop()) break;
        co_await c.bell_.wait(c.ledger_.retry_at());
      }
      if (saved != Ledger::Saved::kYes) continue;
    }
    if (!steps.empty()) {
      c.start(steps);
      continue;
    }
    if (c.finished()) break;
    if (!c.under_way()) c.drawn_ = nullptr;  // drawn again in no time; many may wait
    co_await c.bell_.wait(next_look);
  }
  c.lane_.ended(c.subject_.id);
}

// ---- What is known ----

void Case::see(model::AccessRequestPtr request) {
  const View::News news = view_.see(std::move(request));
  if (news == View::News::kNone) return;
  if (news == View::News::kEnd) hurry_the_end();
  drawn_ = nullptr;
  wake();
}

void Case::vanish() {
  if (view_.vanish() == View::News::kEnd) hurry_the_end();
  drawn_ = nullptr;
  wake();
}

// An end does not wait for what a reply before it was told to wait for.
void Case::hurry_the_end() {
  for (auto& [recipient, attempt] : attempts_) {
    if (!attempt.doubtful()) attempt.retry.hurry(TimePoint());
  }
}

void Case::turn_has_come(const std::string& recipient) {
  waits_for_turn_.erase(recipient);
  waits_for_mending_.erase(recipient);
  wake();
}

void Case::retry_now() {
  const TimePoint now = engine_.now();
  for (auto& [recipient, attempt] : attempts_) {
    attempt.retry.hurry(attempt.doubtful() ? now + kSettling : now);
  }
  routing_.hurry(now);
  wake();
}

bool Case::stopping() const { return lane_.stopping(); }

bool Case::at_rest() const {
  return unreadable() != nullptr || (ledger_.loaded() && !plan().anything_left());
}

bool Case::under_way() const {
  return std::any_of(attempts_.begin(), attempts_.end(),
                     [](const auto& attempt) { return attempt.second.under_way(); });
}

// An answer may have come while the record was being written, or while it could not be.
bool Case::all_recorded() const {
  return std::none_of(attempts_.begin(), attempts_.end(),
                      [](const auto& attempt) { return attempt.second.has_news(); });
}

// Nothing is under way, and nothing is to be started.
bool Case::idle() const { return !under_way() && (stopping() || !plan().anything_left()); }

// A stop may have come while the last answer was being written, and the claim with it.
bool Case::finished() const {
  const bool holds_it = ledger_.claim_is_mine() && ledger_.claim_left() > kSettling;
  return all_recorded() && idle() && !holds_it;
}

// The daemon is to end, the record can't be read or written, and it lacks nothing.
bool Case::may_stop() const { return stopping() && !under_way() && all_recorded(); }

// The recipients alone are not worth a write: they go on record with the first claim, so that
// requests that wait for their turn cost Teleport nothing.
bool Case::worth_writing() const {
  return under_way() || !all_recorded() || ledger_.claim_is_mine() || ledger_.claim_changed() ||
         !plan().anything_left();
}

// More answers are to come, and the record is long.
bool Case::may_write_later(const Look& look) const {
  return under_way() && !stopping() && !ledger_.claim_changed() && look.now < ledger_.next_write();
}

// ---- The record ----

notify::Task<bool> Case::load() {
  std::optional<RecordText> text = co_await ledger_.read(stopping());
  if (!text) co_return unreadable() != nullptr;
  adopt(*std::move(text));
  note_digests();
  co_return true;
}

void Case::adopt(RecordText text) {
  for (const auto& [recipient, hand] : ledger_.adopt(std::move(text), hands())) {
    attempts_[recipient].restore(hand.stage);
  }
  drawn_ = nullptr;  // from the record
  if (invited_.known() && unreadable() == nullptr) admit();
}

Hands Case::hands() const {
  Hands hands;
  for (const auto& [recipient, attempt] : attempts_) {
    hands.emplace(recipient, Hand{attempt.stage(), attempt.has_news()});
  }
  return hands;
}

void Case::note_digests() {
  const Plan now = plan();
  for (const Progress& p : ledger_.record().recipients) {
    if (p.digest.empty() || !p.announced) continue;
    lane_.digests().note(p, *shown(now), now.end());
  }
}

const std::string& Case::requester() const {
  return view_.request() ? view_.request()->user : ledger_.record().request.user;
}

notify::Task<Ledger::Saved> Case::save() {
  if (view_.request() && !plan().outdated()) ledger_.keep(*view_.request());
  const std::uint64_t included = answers_;  // more may come while the record is being written
  const Ledger::Saved saved = co_await ledger_.save(stopping());
  if (saved == Ledger::Saved::kYes) {
    for (auto& [recipient, attempt] : attempts_) attempt.recorded(included);
  }
  if (saved == Ledger::Saved::kVanished) {
    view_.vanish();
    drawn_ = nullptr;
    leave_places();
    ledger_.go_on_without(hands(), view_.reviews());
    co_return Ledger::Saved::kAgainNow;
  }
  if (saved != Ledger::Saved::kRefused) co_return saved;
  leave_places();
  co_return Ledger::Saved::kAgainLater;
}

}  // namespace notifyd::delivery
