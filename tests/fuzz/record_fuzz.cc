// The record of a request as found in Teleport: any program may have written it. The input is the
// value of `notifyd`, a NUL, the value of `messages`, a NUL, the value of `resources`.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "delivery/merge.h"
#include "delivery/plan.h"
#include "delivery/record_codec.h"

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
  delivery::View gone;
  gone.vanish();
  const delivery::Standing taken = delivery::merge(*record, {}, "me");
  delivery::Plan(gone, taken.record).anything_left();
  // What we understood, written down and read again, must be what we understood.
  const auto again = delivery::decode(delivery::encode(*record, entry));
  if (!again.ok()) std::abort();
  if (again->recipients.size() < record->recipients.size()) std::abort();
  return 0;
}
