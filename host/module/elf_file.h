// Whether a file's bytes are a module that this daemon may map, judged before any of its code can
// run: constructors run inside dlopen, so a check after it comes too late, and dlopen of a cut-off
// file is usually a crash.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace notifyd::modules {

struct EntryHeader {
  std::uint16_t abi_major = 0, needs_minor = 0;
  std::uint32_t size = 0;  // of the module's table, as the module was built
};

// The first fault, with what was found and what is wanted. `bytes` are the whole file's.
Result<EntryHeader> judge_elf(std::string_view bytes);

}  // namespace notifyd::modules
