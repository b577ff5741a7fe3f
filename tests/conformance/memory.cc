#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace conformance {
namespace {

std::size_t page() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace

std::vector<Memory::Block>& Memory::all() {
  static std::vector<Block> blocks;
  return blocks;
}

Memory::~Memory() {
  std::erase_if(all(), [this](const Block& known) {
    return std::any_of(blocks_.begin(), blocks_.end(),
                       [&](const Block& mine) { return mine.begin == known.begin; });
  });
  for (const Block& block : blocks_) munmap(block.begin, block.size);
}

const void* Memory::put(const void* bytes, std::size_t size, const char* what) {
  const std::size_t room = (size / page() + 1) * page();
  const std::size_t behind = page();
  void* const pages =
      mmap(nullptr, room + behind, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::runtime_error("mmap");
  auto* const begin = static_cast<char*>(pages);
  char* const at = guard_ == Guard::kBehind ? begin + room - size : begin;
  if (size > 0) std::memcpy(at, bytes, size);
  if (guard_ == Guard::kBehind && mprotect(begin + room, behind, PROT_NONE) != 0) {
    throw std::runtime_error("mprotect");
  }
  blocks_.push_back({begin, room + behind, what});
  all().push_back(blocks_.back());
  return at;
}

notify_str Memory::text(std::string_view text, const char* what) {
  std::vector<char> bytes(text.begin(), text.end());
  bytes.push_back('\0');
  return {static_cast<const char*>(put(bytes.data(), bytes.size(), what)), text.size()};
}

void Memory::forbid() {
  for (const Block& block : blocks_) {
    if (mprotect(block.begin, block.size, PROT_NONE) != 0) throw std::runtime_error("mprotect");
  }
}

const char* Memory::at(const void* address) {
  const auto* const at = static_cast<const char*>(address);
  for (const Block& block : all()) {
    if (at >= block.begin && at < block.begin + block.size) return block.what;
  }
  return nullptr;
}

}  // namespace conformance
