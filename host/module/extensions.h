// What the daemon offers to modules beyond notify/abi.h: tables of functions, each found by its id
// "name/revision". A draft ends in "/0". A revision is frozen once it is released: a change is a
// new entry, and the old one stays for the modules that ask for it.
#pragma once

#include <span>
#include <string_view>

namespace notifyd::modules {

struct Extension {
  std::string_view id;
  const void* table;  // static, const; its functions take the notify_host they are called for
};

// Every extension of this daemon. The next one is added in extensions.cc.
std::span<const Extension> offered_extensions();

// [any] Null for an id that is not there, and for no id. Another revision is another id.
const void* find_extension(std::span<const Extension> offered, const char* id);

}  // namespace notifyd::modules
