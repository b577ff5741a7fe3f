#include "delivery/invited.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "delivery/record_limits.h"

namespace notifyd::delivery {
namespace {

bool has_history(const Progress& p) {
  return p.announced || p.trying || !p.to_search.empty() || !p.receipt.empty() ||
         !p.message.empty() || !p.given_up.empty() || p.told != End::kNone;
}

bool is_fallback(const model::Recipient& to) { return to.audience == Audience::kFallback; }

// Who is told first where the record cannot take all.
bool goes_first(const model::Recipient& to) {
  return is_fallback(to) || to.audience == Audience::kRequester;
}

// Of the space that a record has for recipients.
class Space {
 public:
  explicit Space(const Record& record) : recipients_(record.recipients.size()) {
    for (const Progress& p : record.recipients) {
      bytes_ += cost(p.to) + p.receipt.size() + p.message.size();
    }
  }
  bool take(const model::Recipient& to) {
    const bool room =
        recipients_ < limits::kRecipients && bytes_ + cost(to) <= limits::kRecipientBytes;
    if (!room) return false;
    ++recipients_;
    bytes_ += cost(to);
    return true;
  }

 private:
  static std::size_t cost(const model::Recipient& to) {
    return to.id.size() + to.label.size() + limits::kPerRecipient;
  }

  std::size_t recipients_;
  std::size_t bytes_ = 0;
};

// Those of `candidates` (positions in `answer`) that the record can take, in their order.
std::vector<std::size_t> fitting(const Record& record, const std::vector<model::Recipient>& answer,
                                 const std::vector<std::size_t>& candidates) {
  Space space(record);
  std::vector<std::size_t> fit;
  for (const bool first : {true, false}) {
    for (const std::size_t i : candidates) {
      if (goes_first(answer[i]) == first && space.take(answer[i])) fit.push_back(i);
    }
  }
  std::ranges::sort(fit);
  return fit;
}

// Messages that teleport-slack left, by themselves or beside our own.
bool has_upstreams(const Record& record) {
  return std::ranges::any_of(record.recipients,
                             [](const Progress& p) { return p.announced && p.to.id == p.message; });
}

std::size_t most_reviews(const Record& record) {
  std::size_t most = 0;
  for (const Progress& p : record.recipients) most = std::max(most, p.reviews);
  return most;
}

// At least one reviewer was told, and none waits to be. Whoever is named beside them now is named
// by other routes: those of another replica, or of another configuration.
bool all_told(const Record& record) {
  bool told = false;
  for (const Progress& p : record.recipients) {
    if (p.to.audience != Audience::kReviewer) continue;
    if (!p.announced && p.given_up.empty()) return false;
    told = told || p.announced;
  }
  return told;
}

}  // namespace

bool Invited::no_reviewer() const { return std::ranges::all_of(answer_, goes_first); }

void Invited::take(std::vector<model::Recipient> answer) {
  answer_ = std::move(answer);
  known_ = true;
  by_id_.clear();
  for (std::size_t i = 0; i < answer_.size(); ++i) by_id_.push_back(static_cast<std::uint32_t>(i));
  std::ranges::sort(by_id_, {},
                    [this](std::uint32_t i) { return std::string_view(answer_[i].id); });
}

const model::Recipient* Invited::named(const std::string& id) const {
  const auto at =
      std::ranges::lower_bound(by_id_, std::string_view(id), {},
                               [this](std::uint32_t i) { return std::string_view(answer_[i].id); });
  return at == by_id_.end() || answer_[*at].id != id ? nullptr : &answer_[*at];
}

const model::Recipient* Invited::as(const std::string& id) const {
  if (const auto renamed = renamed_.find(id); renamed != renamed_.end()) {
    return &answer_[renamed->second];
  }
  return named(id);
}

// Finds those who are in the record already; gives the others, as positions in the answer.
std::vector<std::size_t> Invited::match(Record& record) {
  renamed_.clear();
  std::unordered_map<std::string, Progress*> ids, names;
  for (Progress& p : record.recipients) {
    ids.emplace(p.to.id, &p);
    // A look-up that failed once may succeed now, and the other way round. Only who was told may be
    // met under another id: the name in a record is no proof that the id beside it is right.
    if (has_history(p) && named(p.to.id) == nullptr) names.emplace(p.to.label, &p);
  }
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < answer_.size(); ++i) {
    const model::Recipient& to = answer_[i];
    if (const auto known = ids.find(to.id); known != ids.end()) {
      known->second->to = to;
    } else if (const auto namesake = names.extract(to.label);
               namesake && is_fallback(namesake.mapped()->to) == is_fallback(to)) {
      renamed_.emplace(namesake.mapped()->to.id, i);
      namesake.mapped()->to.audience = to.audience;
    } else {
      others.push_back(i);
    }
  }
  return others;
}

Invited::Admitted Invited::admit(Record& record, bool pending) {
  Admitted admitted;
  admitted.taken_over = !record.routed && !record.recipients.empty();
  const bool still_open = pending && !all_told(record);
  std::vector<std::size_t> others = match(record);
  settle_uninvited(record, admitted);
  const bool announced_by_another = admitted.taken_over || has_upstreams(record);
  const bool reviewers_too = !announced_by_another && (still_open || !record.routed);
  std::erase_if(others, [&](std::size_t i) {
    return !reviewers_too && answer_[i].audience == Audience::kReviewer;
  });
  const std::vector<std::size_t> fit = fitting(record, answer_, others);
  admitted.left_out = others.size() - fit.size();
  const std::size_t reviews = most_reviews(record);
  for (const std::size_t i : fit) {
    Progress& p = record.recipients.emplace_back();
    p.to = answer_[i];
    // Who has one of teleport-slack's messages can't be told: only the end is owed.
    p.announced = announced_by_another;
    p.reviews = reviews;
    if (is_fallback(p.to)) continue;
    admitted.labels += (admitted.labels.empty() ? "" : ",") + p.to.label;
  }
  record.routed = true;
  return admitted;
}

// What stands gets its edits, as a reviewer's does.
void Invited::settle_uninvited(Record& record, Admitted& admitted) const {
  const auto uninvited = [this](const Progress& p) { return as(p.to.id) == nullptr; };
  admitted.removed = std::erase_if(
      record.recipients, [&](const Progress& p) { return uninvited(p) && !has_history(p); });
  for (Progress& p : record.recipients) {
    if (!uninvited(p)) continue;
    p.to.audience = Audience::kReviewer;
    if (!p.given_up.empty()) p.reported = true;  // nobody misses what it was to get
  }
}

model::Recipient as_message(const Progress& p) {
  return {std::string(cut_utf8(p.receipt, limits::kName)), p.to.label, Audience::kReviewer};
}

}  // namespace notifyd::delivery
