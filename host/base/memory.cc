#include "base/memory.h"

#include <malloc.h>

namespace notifyd {

void give_back_memory() { ::malloc_trim(0); }

}  // namespace notifyd
