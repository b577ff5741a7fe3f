#include "config/characters.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "notify/text.hpp"

namespace notifyd::config {
namespace {

struct Name {
  char32_t rune;
  const char* name;
};
constexpr std::array kPasted{
    Name{0x00A0, "a no-break space"},
    Name{0x00AD, "a soft hyphen"},
    Name{0x2010, "a typographic hyphen"},
    Name{0x2011, "a typographic hyphen"},
    Name{0x2012, "a figure dash"},
    Name{0x2013, "an en dash"},
    Name{0x2014, "an em dash"},
    Name{0x2018, "a typographic quote"},
    Name{0x2019, "a typographic quote"},
    Name{0x201C, "a typographic quote"},
    Name{0x201D, "a typographic quote"},
    Name{0x201E, "a typographic quote"},
    Name{0x00AB, "a typographic quote"},
    Name{0x00BB, "a typographic quote"},
    Name{0x2026, "an ellipsis"},
    Name{0x2009, "a thin space"},
    Name{0x202F, "a narrow no-break space"},
    Name{0x3000, "a wide space"},
    Name{0x200B, "a space that nobody sees"},
    Name{0x200C, "a joiner that nobody sees"},
    Name{0x200D, "a joiner that nobody sees"},
    Name{0x200E, "a mark that nobody sees"},
    Name{0x200F, "a mark that nobody sees"},
    Name{0x2060, "a joiner that nobody sees"},
    Name{0x2212, "a minus sign"},
    Name{0xFEFF, "a byte order mark"},
    Name{0xFF1D, "a wide equals sign"},
};

const Name* found(char32_t rune) {
  const auto* const name = std::ranges::find(kPasted, rune, &Name::rune);
  return name == kPasted.end() ? nullptr : name;
}

}  // namespace

std::string character_name(std::string_view text) {
  const char32_t rune = notify::decode(text).value;
  std::array<char, 16> hex{};
  std::snprintf(hex.data(), hex.size(), "U+%04X", static_cast<unsigned>(rune));
  const Name* const name = found(rune);
  return hex.data() + (name == nullptr ? "" : std::string(" (") + name->name + ")");
}

bool begins_pasted(std::string_view text) {
  return !text.empty() && found(notify::decode(text).value) != nullptr;
}

}  // namespace notifyd::config
