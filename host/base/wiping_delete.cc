// The program's operator new and delete, its modules' too: what an object held is gone with it.
// Tokens are copied into requests, headers and coroutines by code of libraries as much as by ours,
// so this is done for all that is given back rather than for what somebody remembered.
#include <cstdlib>
#include <new>

#include "base/memory.h"

// Sanitizers have their own, and look at what is in memory themselves. g++ defines a macro for each
// of them, clang knows them as features.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NOTIFYD_SANITIZED
#endif
#endif
#if !defined(NOTIFYD_SANITIZED) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void* operator new(std::size_t size) {
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  const std::size_t rounded = (size + align - 1) / align * align;
  if (void* const memory = std::aligned_alloc(align, rounded == 0 ? align : rounded)) return memory;
  throw std::bad_alloc();
}

// All other forms, of arrays and with a size, come to these.
void operator delete(void* memory) noexcept { notifyd::wiping_free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { notifyd::wiping_free(memory); }
void operator delete(void* memory, std::size_t) noexcept { notifyd::wiping_free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  notifyd::wiping_free(memory);
}

#endif
