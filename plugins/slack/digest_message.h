// What people read where one person has made so many requests that one message stands for them.
#pragma once

#include "message.h"
#include "notify/abi.h"

namespace slack {

// How many there are, what became of them, and the newest of those that wait.
Message digest_message(const notify_digest& digest);

}  // namespace slack
