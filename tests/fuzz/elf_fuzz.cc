// Any bytes at all are judged without a read outside of them.
#include <cstddef>
#include <cstdint>

#include "module/elf_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(notifyd::modules::judge_elf(bytes).ok());
  return 0;
}
