// What a listing of tens of thousands of requests took and freed again is the system's, not ours:
// the allocator would keep it for ever.
#pragma once

namespace notifyd {

// [any] Some milliseconds when there is much to give back.
void give_back_memory();

}  // namespace notifyd
