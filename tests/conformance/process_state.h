// What a module must leave as it found it.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace conformance {

std::size_t threads();  // of this process, once ended ones had time to go
std::map<int, std::string> open_files();
std::string signal_state();                     // handlers and mask
std::map<std::string, std::string> settings();  // locale, directory, umask, environment

}  // namespace conformance
