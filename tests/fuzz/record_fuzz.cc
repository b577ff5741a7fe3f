// The record of a request as found in Teleport: any program may have written it. The input is the
// value of `notifyd`, a NUL, the value of `messages`, a NUL, the value of `resources`.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "delivery/invited.h"
#include "delivery/merge.h"
#include "delivery/plan.h"
#include "delivery/record_codec.h"
#include "delivery/record_limits.h"
#include "delivery/told.h"
#include "unit/delivery/view_of.h"

namespace {

// What a glance calls told, the record leaves nothing to do for.
void check_glance(const notifyd::delivery::RecordText& entry,
                  const notifyd::delivery::Record& record) {
  using namespace notifyd::delivery;
  const auto told = told_to_all({entry.begin(), entry.end()});
  if (!told) return;
  const View now = view_of(told->end, std::min<std::size_t>(told->reviews, limits::kReviews));
  if (Plan(now, record).anything_left()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace notifyd;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto first = input.find('\0');
  const auto second = first == std::string::npos ? first : input.find('\0', first + 1);
  delivery::RecordText entry;
  entry["notifyd"] = input.substr(0, first);
  if (first != std::string::npos) entry["messages"] = input.substr(first + 1, second - first - 1);
  if (second != std::string::npos) entry["resources"] = input.substr(second + 1);

  const auto record = delivery::decode(entry);
  if (!record.ok()) return 0;
  check_glance(entry, *record);
  delivery::View gone;
  gone.vanish();
  const delivery::Standing taken = delivery::merge(*record, {}, "me");
  delivery::Plan(gone, taken.record).anything_left();
  // Whom only the record names is told nothing new, whatever it says was done.
  delivery::Record told = *record;
  delivery::Invited nobody;
  nobody.take({});
  nobody.admit(told, true);
  const delivery::View pending = delivery::view_of(model::End::kNone);
  const delivery::Plan plan(pending, told, &nobody);
  for (const delivery::Progress& p : told.recipients) {
    const auto step = plan.next(p);
    if (step && p.receipt.empty()) std::abort();
    if (step && step->kind == model::Step::Kind::kAnnounce) std::abort();
  }
  // What we understood, written down and read again, must be what we understood.
  const auto again = delivery::decode(delivery::encode(*record, entry));
  if (!again.ok()) std::abort();
  if (again->recipients.size() < record->recipients.size()) std::abort();
  if (record->recipients.size() > delivery::limits::kRecipients) std::abort();
  return 0;
}
