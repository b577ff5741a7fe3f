// Values that somebody or something was still to fill in. They are read as they stand, and what
// fails then is far from the mistake: a channel called ${CHANNEL}, a token called <token>.
#pragma once

#include <string>
#include <string_view>

namespace notifyd::config {

// What is wrong with `text` and what to write, to follow the name of its option: "is a template
// that was not filled in; ...". "" when nothing is. Only forms that no path, address, recipient or
// secret has are taken for unfinished; `$` and braces alone are none. The text is not quoted.
std::string unfinished(std::string_view text);

}  // namespace notifyd::config
