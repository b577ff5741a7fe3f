// What a module is given to look at: each struct, array and text can be made to end right before
// memory that nobody may touch, and all of it can be taken back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "notify/abi.h"

namespace conformance {

enum class Guard {
  kNone,   // zeros follow it
  kBehind  // whoever reads on gets a SIGSEGV, with or without a sanitizer
};

class Memory {
 public:
  explicit Memory(Guard guard = Guard::kNone);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  // A copy. `what` is said of whoever touches what they may not; a literal.
  const void* put(const void* bytes, std::size_t size, const char* what);
  // With a NUL behind it, which belongs to it.
  notify_str text(std::string_view text, const char* what = "a text");
  template <class T>
  const T* array(const std::vector<T>& items, const char* what) {
    return static_cast<const T*>(put(items.data(), std::as_bytes(std::span(items)).size(), what));
  }

  // From now on nobody may look at any of it.
  void forbid();

  // What lies at this address, or right before it; null for memory that is nobody's here. Safe in a
  // signal handler.
  static const char* at(const void* address);

 private:
  struct Pages {
    char* begin;
    std::size_t size;
  };
  struct Block {
    const char *begin, *end;  // with what may not be touched behind it
    const char* what;
  };

  char* map(std::size_t size);
  char* room_for(std::size_t size);  // where zeros follow

  // All that there are, for at(). A child of fork() has one thread that touches it.
  static std::vector<const Memory*>& all();

  const Guard guard_;
  std::vector<Pages> pages_;
  std::vector<Block> blocks_;
  std::size_t left_ = 0;  // of the last of pages_
};

}  // namespace conformance
