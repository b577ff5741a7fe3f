// Bodies for receivers that many have, so that nobody has to write a template for them.
#pragma once

#include <string_view>

#include "escape.h"

namespace webhook {

struct Format {
  std::string_view name;
  Markup markup;
  std::string_view body;  // a template; "": the event itself
};

// nullptr: there is no such format.
const Format* find_format(std::string_view name);

}  // namespace webhook
