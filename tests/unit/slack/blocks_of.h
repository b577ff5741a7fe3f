// A message's blocks as a tree, to look into.
#pragma once

#include <nlohmann/json.hpp>

#include "message.h"

namespace slack_test {

inline nlohmann::json blocks_of(const slack::Message& message) {
  return nlohmann::json::parse(message.blocks);
}

}  // namespace slack_test
