// HttpHead: status line and headers of an HTTP/1.1 answer, as far as a connection upgrade needs
// them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace notifyd::net {

struct HttpHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // keys in lower case
  std::size_t size = 0;  // bytes up to where what follows begins

  // The first value; "" where there is none.
  std::string header(std::string_view key) const;
};

// nullopt: it is not all there yet. An error: it is no head, or larger than 16 KiB.
Result<std::optional<HttpHead>> parse_http_head(std::string_view received);

}  // namespace notifyd::net
