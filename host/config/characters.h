// Characters that come along when text is copied out of a document or a chat, and look like others.
#pragma once

#include <string>
#include <string_view>

namespace notifyd::config {

// "U+2013 (an en dash)", of what `text` begins with; "U+00E9" of what is nothing of the kind.
std::string character_name(std::string_view text);

// Whether `text` begins with one of them.
bool begins_pasted(std::string_view text);

}  // namespace notifyd::config
