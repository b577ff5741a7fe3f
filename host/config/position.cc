#include "config/position.h"

namespace notifyd::config {

std::string Position::str() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace notifyd::config
