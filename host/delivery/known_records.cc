#include "delivery/known_records.h"

#include <utility>

namespace notifyd::delivery {

void KnownRecords::begin() {
  *this = KnownRecords();
  active_ = true;
}

void KnownRecords::end() { *this = KnownRecords(); }

void KnownRecords::add(const std::string& id, RecordText text) { listed_[id] = std::move(text); }

void KnownRecords::add_unreadable(const std::string& id) {
  one_unknown_ |= id.empty();
  outdated_.insert(id);
}

void KnownRecords::outdate(const std::string& id) {
  if (active_) outdated_.insert(id);
}

std::optional<teleport::Told> KnownRecords::told(const std::string& id) const {
  if (outdated_.contains(id) || listed_.contains(id)) return std::nullopt;
  return told_->find(id);
}

std::optional<RecordText> KnownRecords::take(const std::string& id, bool is_new) {
  if (outdated_.contains(id)) return std::nullopt;
  if (auto listed = listed_.extract(id)) {
    outdate(id);
    return std::move(listed.mapped());
  }
  if (told_->find(id)) return std::nullopt;
  if (all_listed_ || is_new) return RecordText();
  return std::nullopt;
}

}  // namespace notifyd::delivery
