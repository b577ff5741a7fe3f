// What the allocator does with memory that is given back.
#pragma once

#include <cstddef>

namespace notifyd {

// What a listing of tens of thousands of requests took and freed again is the system's, not ours:
// the allocator would keep it for ever. [any] Some milliseconds when there is much to give back.
void give_back_memory();

// free() and realloc() that leave nothing behind: tokens pass through many short-lived buffers, and
// one that was renewed is not to be found in any of them. [any]
void wiping_free(void* memory);
void* wiping_realloc(void* memory, std::size_t size);

}  // namespace notifyd
