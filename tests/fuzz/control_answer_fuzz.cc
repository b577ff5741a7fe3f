// What comes back over a control socket, as `status` and `reload` read and print it: whatever it
// is, it is understood as a whole or not at all.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "cli/status_text.h"
#include "daemon/status.h"

namespace {

using namespace notifyd;

constexpr WallTime kNow = WallTime(std::chrono::seconds(1714564800));

template <class T, class Parse>
void require_same_again(const T& read, Parse parse) {
  const std::string written = daemon::to_json(read);
  const auto again = parse(written);
  if (!again || daemon::to_json(*again) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string answer(reinterpret_cast<const char*>(data), size);
  if (const auto status = daemon::parse_status(answer)) {
    require_same_again(*status, daemon::parse_status);
    if (!cli::status_text(*status, kNow).starts_with("daemon ")) std::abort();
  }
  if (const auto reload = daemon::parse_reload(answer)) {
    require_same_again(*reload, daemon::parse_reload);
  }
  return 0;
}
