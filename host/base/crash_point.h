// Where a test ends the process, as a crash would. Only the test's own build of the daemon has such
// points (NOTIFYD_CRASH_POINTS); in the product they are nothing.
#pragma once

namespace notifyd {

#ifdef NOTIFYD_CRASH_POINTS
void crash_point(const char* where);  // [any]
#else
inline void crash_point(const char* /*where*/) {}
#endif

}  // namespace notifyd
