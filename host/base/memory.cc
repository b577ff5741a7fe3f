#include "base/memory.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace notifyd {

void give_back_memory() { ::malloc_trim(0); }

void wiping_free(void* memory) {
  if (memory == nullptr) return;
  ::explicit_bzero(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

void* wiping_realloc(void* memory, std::size_t size) {
  if (memory == nullptr) return std::malloc(size);
  const std::size_t old = ::malloc_usable_size(memory);
  if (size <= old && size > 0) return memory;
  void* const grown = std::malloc(size);
  if (grown == nullptr) return nullptr;
  std::memcpy(grown, memory, std::min(old, size));
  wiping_free(memory);
  return grown;
}

}  // namespace notifyd
