// teleport-slack's keys of a record, in its own encodings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/record_codec.h"

namespace notifyd::delivery {

// "" where the key is not there.
std::string_view value_of(const RecordText& text, const char* key);

// Roles are joined with commas, and so were resources in old releases; new ones write JSON. What
// would make the text longer than `most` bytes is left out.
std::vector<std::string> decode_roles(std::string_view text);
std::vector<std::string> decode_resources(std::string_view text);
std::string encode_roles(const std::vector<std::string>& roles, std::size_t most);
std::string encode_resources(const std::vector<std::string>& resources, std::size_t most);

// What teleport-slack did holds for us: it may have had the request between two lives of ours. Of
// its messages only so many are taken up; the others are left to it, and stay in the text.
void take_over(const RecordText& text, Record& record);

// `was` keeps its order, and what is left to teleport-slack.
std::string encode_messages(const Record& record, std::string_view was);

}  // namespace notifyd::delivery
