// What a failed system call says, as an Error and in words.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace notifyd {

// "Permission denied"
std::string errno_text(int number);

Errc errc_of(int number);

// Reads errno: nothing may come between the call and this. "open /x: Permission denied"
Error system_error(std::string_view doing);

}  // namespace notifyd
