// A struct of the ABI as somebody else built it: only its first bytes are there, and right
// behind them begins memory that nobody may touch. Who reads on gets a SIGSEGV, with or without
// a sanitizer.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace notifyd::test {

template <class T>
class Guarded {
 public:
  // The first `size` bytes of `whole`, with their `size` set to that.
  Guarded(T whole, std::uint32_t size) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    void* const pages =
        mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::runtime_error("mmap");
    begin_ = static_cast<char*>(pages);
    if (mprotect(begin_ + page_, page_, PROT_NONE) != 0) throw std::runtime_error("mprotect");
    whole.size = size;
    at_ = begin_ + page_ - size;
    std::memcpy(at_, &whole, size);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(begin_, 2 * page_); }

  const T* get() const { return reinterpret_cast<const T*>(at_); }

 private:
  std::size_t page_;
  char* begin_ = nullptr;
  char* at_ = nullptr;
};

}  // namespace notifyd::test
