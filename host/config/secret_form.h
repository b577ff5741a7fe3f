// What a secret looks like, whatever it is for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace notifyd::config {

inline constexpr std::size_t kMaxSecret = 2000;

// Why `text` cannot be the secret that somebody meant to write, with or without white space around
// it, and what to do; "" when it may be one. What came along when it was copied, or what it was
// wrapped in, would be sent with it and refused far from here. The text is not quoted.
std::string secret_fault(std::string_view text);

}  // namespace notifyd::config
