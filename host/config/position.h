// Where in a file something is written.
#pragma once

#include <cstdint>
#include <string>

namespace notifyd::config {

struct Position {
  std::string file;
  std::uint32_t line = 0, column = 0;  // 1-based; 0: the file as a whole
  std::string str() const;             // "/etc/x.toml:3:1"
};

}  // namespace notifyd::config
