// What a message is to hold, as chat.postMessage and chat.update take it, checked.
#pragma once

#include <optional>

#include "sim/slack/methods.h"

namespace notifyd::sim {

struct Content {
  std::string text;
  // null: not given; an empty array or object clears what is there.
  Json blocks;
  Json attachments;
  Json metadata;
  std::optional<MethodAnswer> refusal;  // the rest counts only without one

  bool empty() const { return text.empty() && blocks.empty() && attachments.empty(); }
};

Content read_content(const MethodCall& call);

// Blocks get the ids that were left out.
Json with_block_ids(Json blocks, SlackState& state);

// As Slack shows it: text of up to 4040 characters in one message, more in several of 4000.
std::vector<std::string> split_text(const std::string& text);
std::string first_characters(const std::string& text, std::size_t count);

}  // namespace notifyd::sim
