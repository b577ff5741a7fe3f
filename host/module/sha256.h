// What a module's contents are told apart by.
#pragma once

#include <string>
#include <string_view>

namespace notifyd::modules {

std::string sha256(std::string_view bytes);  // in hex

}  // namespace notifyd::modules
