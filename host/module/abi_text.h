// Between the ABI's texts, which belong to somebody else, and ours.
#pragma once

#include <string>
#include <string_view>

#include "notify/abi.h"

namespace notifyd::modules {

// Valid while `text` lives and is not changed.
inline notify_str str(const std::string& text) { return {text.c_str(), text.size()}; }

inline std::string_view view(notify_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}

inline std::string text(notify_str copied) { return std::string(view(copied)); }

}  // namespace notifyd::modules
