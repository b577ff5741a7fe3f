// text.hpp compiles by itself.
#include "notify/text.hpp"

int main() { return notify::visible("a\u202Eb") == "a\u27E8U+202E\u27E9b" ? 0 : 1; }
