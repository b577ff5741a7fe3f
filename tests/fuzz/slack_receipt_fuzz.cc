// The receipt that comes back from the record: whatever is in it, what is kept is stable.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "receipt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string once = slack::Receipt::parse(text).str();
  if (slack::Receipt::parse(once).str() != once) std::abort();
  if (once.size() > 256) std::abort();
  return 0;
}
