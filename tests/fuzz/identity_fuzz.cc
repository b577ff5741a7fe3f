// The text of an identity file: whatever it holds, parsing ends, and what was parsed is whole
// blocks.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "teleport/identity_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = notifyd::teleport::parse_identity_text(text);
  if (!parsed) {
    if (parsed.error().message.empty()) std::abort();
    return 0;
  }
  for (const auto* pem : {&parsed->key_pem, &parsed->certificate_pem, &parsed->ca_pem}) {
    const auto blocks = notifyd::teleport::pem_blocks(*pem);
    if (!blocks || blocks->empty()) std::abort();
  }
  return 0;
}
