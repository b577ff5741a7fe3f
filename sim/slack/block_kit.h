// Block Kit validation with Slack's limits and, where they are known, Slack's sentences.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/slack/model.h"

namespace notifyd::sim {

enum class LengthUnit { kCodePoints, kUtf16 };  // Slack doesn't say in which it counts

std::size_t length_in(LengthUnit unit, std::string_view utf8);

// All that is wrong with an array of blocks, each as "<sentence> [json-pointer:<where>]". `at` is
// where the array stands ("/blocks").
std::vector<std::string> block_problems(const Json& blocks, LengthUnit unit, const std::string& at);

}  // namespace notifyd::sim
