// A date as HTTP writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace slack {

// Unix time in ms of any of the three forms of RFC 9110, 5.6.7. `now_ms`: for the form that has but
// two digits of the year.
std::optional<std::int64_t> http_date_ms(std::string_view text, std::int64_t now_ms);

}  // namespace slack
