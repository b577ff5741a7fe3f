#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace conformance {
namespace {

constexpr std::size_t kZeros = 64, kChunk = std::size_t{64} * 1024;

std::size_t page() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace

std::vector<const Memory*>& Memory::all() {
  static std::vector<const Memory*> memories;
  return memories;
}

Memory::Memory(Guard guard) : guard_(guard) { all().push_back(this); }

Memory::~Memory() {
  std::erase(all(), this);
  for (const Pages& pages : pages_) munmap(pages.begin, pages.size);
}

char* Memory::map(std::size_t size) {
  void* const pages =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::runtime_error("mmap");
  pages_.push_back({static_cast<char*>(pages), size});
  return pages_.back().begin;
}

char* Memory::room_for(std::size_t size) {
  const std::size_t wanted = (size + kZeros + 15) / 16 * 16;
  if (wanted > left_) {
    left_ = std::max(kChunk, (wanted / page() + 1) * page());
    map(left_);
  }
  char* const at = pages_.back().begin + pages_.back().size - left_;
  left_ -= wanted;
  return at;
}

const void* Memory::put(const void* bytes, std::size_t size, const char* what) {
  const std::size_t whole = (size / page() + 1) * page();
  char* at = nullptr;
  if (guard_ == Guard::kNone) {
    at = room_for(size);
    blocks_.push_back({at, at + size + kZeros, what});
  } else {
    char* const begin = map(whole + page());
    at = begin + whole - size;
    if (mprotect(begin + whole, page(), PROT_NONE) != 0) throw std::runtime_error("mprotect");
    blocks_.push_back({at, begin + whole + page(), what});
  }
  if (size > 0) std::memcpy(at, bytes, size);
  return at;
}

notify_str Memory::text(std::string_view text, const char* what) {
  std::vector<char> bytes(text.begin(), text.end());
  bytes.push_back('\0');
  return {static_cast<const char*>(put(bytes.data(), bytes.size(), what)), text.size()};
}

void Memory::forbid() {
  for (const Pages& pages : pages_) {
    if (mprotect(pages.begin, pages.size, PROT_NONE) != 0) throw std::runtime_error("mprotect");
  }
}

const char* Memory::at(const void* address) {
  const auto* const at = static_cast<const char*>(address);
  for (const Memory* memory : all()) {
    for (const Block& block : memory->blocks_) {
      if (at >= block.begin && at < block.end) return block.what;
    }
  }
  return nullptr;
}

}  // namespace conformance
