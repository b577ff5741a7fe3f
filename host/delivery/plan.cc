#include "delivery/plan.h"

#include <algorithm>
#include <charconv>

#include "notify/abi.h"

namespace notifyd::delivery {
namespace {

constexpr std::string_view kReview = "review:";
constexpr std::string_view kFinal = "final:";
constexpr std::string_view kGivenUp = "given-up:";

// The last end that some recipient was told, or was about to be: the others get the same.
Outcome end_on_record(const Record& record) {
  Outcome end;
  for (const Progress& p : record.recipients) {
    if (later(p.told, end)) end = p.told;
    std::vector<std::string> all = p.afterwards;
    all.push_back(p.trying);
    for (const std::string& tried : all) {
      const auto step = Step::parse(tried);
      if (step && later(step->outcome, end)) end = step->outcome;
    }
  }
  return end;
}

int rank(const Outcome& end) {
  if (end == "DENIED") return 3;
  if (end == "APPROVED" || end == "PROMOTED") return 2;
  return end == kExpired ? 1 : 0;
}

// The fallback hears of those that were given up, one after the other, and of nothing else.
std::optional<Step> next_report(const Record& record) {
  for (const Progress& p : record.recipients) {
    const bool news = !p.given_up.empty() && !p.reported && p.audience != NOTIFY_TO_FALLBACK;
    if (news) return Step{.kind = Step::Kind::kGivenUp, .lost = p.id};
  }
  return std::nullopt;
}

bool owed_anything(const Situation& now, const Record& record) {
  return std::any_of(record.recipients.begin(), record.recipients.end(), [&](const Progress& p) {
    return !p.trying.empty() || !p.afterwards.empty() || next_step(now, record, p).has_value();
  });
}

}  // namespace

bool later(const Outcome& end, const Outcome& than) { return rank(end) > rank(than); }

Outcome Situation::end(const Record& record) const {
  if (!gone) return outcome;
  Outcome end = end_on_record(record);
  if (later(outcome, end)) end = outcome;
  return end.empty() ? kExpired : end;
}

// That it expired is no decision: who told that may have missed the request where it still is.
bool Situation::outdated(const Record& record) const {
  const Outcome end = end_on_record(record);
  return end != kExpired && later(end, outcome);
}

std::string Step::name() const {
  switch (kind) {
    case Kind::kAnnounce:
      return "announce";
    case Kind::kReview:
      return std::string(kReview).append(std::to_string(review));
    case Kind::kGivenUp:
      return std::string(kGivenUp).append(lost);
    case Kind::kFinal:
      break;
  }
  return std::string(kFinal).append(outcome);
}

std::optional<Step> Step::parse(std::string_view name) {
  if (name == "announce") return Step{};
  if (name.starts_with(kFinal)) {
    return Step{.kind = Kind::kFinal, .outcome = std::string(name.substr(kFinal.size()))};
  }
  if (name.starts_with(kGivenUp)) {
    return Step{.kind = Kind::kGivenUp, .lost = std::string(name.substr(kGivenUp.size()))};
  }
  if (!name.starts_with(kReview)) return std::nullopt;
  name.remove_prefix(kReview.size());
  Step step{.kind = Kind::kReview};
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step.review);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return step;
}

bool needs_route(const Situation& now, const Record& record) {
  if (record.routed) return false;
  // Messages taken over from teleport-slack: nothing is announced again, but who asked has none of
  // them, and wants an answer at the end.
  const bool taken_over = !record.recipients.empty() && !record.user.empty();
  if (now.gone && !taken_over) return false;
  // One that was decided before it could be announced: who asked wants the answer all the same.
  return now.end(record).empty() || now.seen_pending || owed_anything(now, record);
}

std::optional<Step> next_step(const Situation& now, const Record& record, const Progress& p) {
  if (!p.given_up.empty() || now.behind(record)) return std::nullopt;
  if (p.audience == NOTIFY_TO_FALLBACK) return next_report(record);
  const Outcome end = now.end(record);
  if (!p.announced && end.empty()) return Step{};
  // It ended before it was announced: reviewers have nothing left to do, who asked wants to know.
  if (!p.announced && p.audience != NOTIFY_TO_REQUESTER) return std::nullopt;
  if (later(end, p.told)) return Step{.kind = Step::Kind::kFinal, .outcome = end};
  if (p.announced && p.reviews < now.reviews) {
    return Step{.kind = Step::Kind::kReview, .review = p.reviews};
  }
  return std::nullopt;
}

bool anything_left(const Situation& now, const Record& record) {
  if (now.behind(record)) return false;
  return needs_route(now, record) || owed_anything(now, record);
}

bool is_done(const Step& step, const Progress& recipient) {
  switch (step.kind) {
    case Step::Kind::kAnnounce:
      return recipient.announced;
    case Step::Kind::kReview:
      return step.review < recipient.reviews;
    case Step::Kind::kFinal:
      return !later(step.outcome, recipient.told);
    case Step::Kind::kGivenUp:
      break;
  }
  return false;
}

void mark_done(const Step& step, Record& record, Progress& recipient) {
  recipient.trying.clear();
  switch (step.kind) {
    case Step::Kind::kAnnounce:
      recipient.announced = true;
      // That it had expired was told by who missed it, and this message shows nothing of it.
      if (recipient.told == kExpired) recipient.told.clear();
      break;
    case Step::Kind::kReview:
      recipient.reviews = std::max(recipient.reviews, step.review + 1);
      break;
    case Step::Kind::kFinal:
      recipient.told = step.outcome;
      break;
    case Step::Kind::kGivenUp:
      if (Progress* lost = record.find(step.lost)) lost->reported = true;
      break;
  }
}

}  // namespace notifyd::delivery
