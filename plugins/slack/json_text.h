// JSON that we write, straight into the text that leaves: a message as a tree costs many times what
// its text does.
#pragma once

#include <string>
#include <string_view>

namespace slack {

// `text` in quotes. What is no UTF-8 becomes U+FFFD.
void append_quoted(std::string& out, std::string_view text);

}  // namespace slack
