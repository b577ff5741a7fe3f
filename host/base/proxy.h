// Proxies of the environment. Their values may hold a password, and libcurl and gRPC quote what
// they cannot read: so they are read here first, and what others say of them is cleaned.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace notifyd {

struct Proxy {
  std::string variable;  // that names it; "": there is none
  std::string url;       // as it is written
  std::string fault;     // why it cannot be used, and what to write; no part of it is quoted
};

// The first of these variables that is set.
Proxy proxy_of(std::initializer_list<const char*> variables);

// Whom NO_PROXY names, as libcurl reads it: without the brackets of an IPv6 address, which programs
// in Go allow there.
std::string no_proxy();

// What is not [scheme://][user[:password]@]host[:port][/], every other form: the error says which
// part is wrong, and quotes none.
Result<> judge_proxy(std::string_view written);

// `text` without anything that a proxy variable of the environment says of its user.
std::string hide_proxies(std::string text);

}  // namespace notifyd
