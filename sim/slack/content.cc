#include "sim/slack/content.h"

#include <algorithm>
#include <cctype>

namespace notifyd::sim {
namespace {

constexpr std::size_t kMostAttachments = 100;
// Slack doesn't publish these two.
constexpr std::size_t kLargestMetadata = 8000;
constexpr std::size_t kLargestBlocks = 13'200;
constexpr std::size_t kLongestWhole = 4040;
constexpr std::size_t kPiece = 4000;

MethodAnswer refuse_payload(std::string_view code, const std::vector<std::string>& problems) {
  MethodAnswer answer = answer_error(code);
  answer.body["errors"] = problems;
  Json messages = Json::array();
  for (const std::string& problem : problems) messages.push_back("[ERROR] " + problem);
  answer.body["response_metadata"]["messages"] = std::move(messages);
  return answer;
}

std::optional<MethodAnswer> check_blocks(const MethodCall& call, const Json& blocks) {
  if (blocks.is_null()) return std::nullopt;
  if (!blocks.is_array()) return answer_error("invalid_blocks_format");
  const auto problems = block_problems(blocks, call.unit, "/blocks");
  if (!problems.empty()) return refuse_payload("invalid_blocks", problems);
  if (length_in(call.unit, blocks.dump()) > kLargestBlocks) {
    return answer_error("msg_blocks_too_long");
  }
  return std::nullopt;
}

std::optional<MethodAnswer> check_attachments(const MethodCall& call, const Json& attachments) {
  if (attachments.is_null()) return std::nullopt;
  if (!attachments.is_array()) return answer_error("invalid_attachments");
  if (attachments.size() > kMostAttachments) return answer_error("too_many_attachments");
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    if (!attachments[i].is_object()) return answer_error("invalid_attachments");
    const Json blocks = attachments[i].value("blocks", Json::array());
    const std::string at = "/attachments/" + std::to_string(i) + "/blocks";
    const auto found = block_problems(blocks, call.unit, at);
    problems.insert(problems.end(), found.begin(), found.end());
  }
  if (problems.empty()) return std::nullopt;
  return refuse_payload("invalid_attachments", problems);
}

bool is_scalar(const Json& value) { return value.is_primitive() && !value.is_null(); }

bool is_property_name(const std::string& name) {
  const auto allowed = [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
  };
  return !name.empty() && std::islower(static_cast<unsigned char>(name[0])) != 0 &&
         std::all_of(name.begin(), name.end(), allowed);
}

bool is_flat_object(const Json& value) {
  return value.is_object() && std::all_of(value.begin(), value.end(), is_scalar);
}

bool is_metadata_value(const Json& value) {
  const auto element = [](const Json& each) { return is_scalar(each) || is_flat_object(each); };
  return element(value) || (value.is_array() && std::all_of(value.begin(), value.end(), element));
}

bool is_payload(const Json& payload) {
  if (!payload.is_object()) return false;
  for (const auto& [name, value] : payload.items()) {
    if (!is_property_name(name) || !is_metadata_value(value)) return false;
  }
  return true;
}

std::optional<MethodAnswer> check_metadata(const Json& metadata) {
  if (metadata.is_null()) return std::nullopt;
  if (!metadata.is_object()) return answer_error("invalid_metadata_format");
  if (metadata.empty()) return std::nullopt;  // chat.update clears with it
  const bool complete = metadata.contains("event_type") && metadata["event_type"].is_string() &&
                        metadata.contains("event_payload") && is_payload(metadata["event_payload"]);
  if (!complete) return answer_error("invalid_metadata_schema");
  if (metadata.dump().size() > kLargestMetadata) return answer_error("metadata_too_large");
  return std::nullopt;
}

Content refused(MethodAnswer answer) {
  Content content;
  content.refusal = std::move(answer);
  return content;
}

}  // namespace

Content read_content(const MethodCall& call) {
  const Args& args = call.args;
  if (args.has("markdown_text") && (args.has("text") || args.has("blocks"))) {
    return refused(answer_error("markdown_text_conflict"));
  }
  const auto blocks = args.structure("blocks");
  const auto attachments = args.structure("attachments");
  const auto metadata = args.structure("metadata");
  if (!blocks) return refused(answer_error("invalid_blocks_format"));
  if (!attachments) return refused(answer_error("invalid_attachments"));
  if (!metadata) return refused(answer_error("invalid_metadata_format"));
  Content content;
  content.text = args.text(args.has("markdown_text") ? "markdown_text" : "text");
  content.blocks = *blocks;
  content.attachments = *attachments;
  content.metadata = *metadata;
  content.refusal = check_blocks(call, content.blocks);
  if (!content.refusal) content.refusal = check_attachments(call, content.attachments);
  if (!content.refusal) content.refusal = check_metadata(content.metadata);
  return content;
}

Json with_block_ids(Json blocks, SlackState& state) {
  if (!blocks.is_array()) return blocks;
  for (Json& block : blocks) {
    if (block.contains("block_id")) continue;
    const std::string id = state.next_id('b');
    block["block_id"] = "b" + id.substr(id.size() - 4);
  }
  return blocks;
}

std::string first_characters(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  while (end < text.size() && count > 0) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    --count;
  }
  return text.substr(0, end);
}

std::vector<std::string> split_text(const std::string& text) {
  if (length_in(LengthUnit::kCodePoints, text) <= kLongestWhole) return {text};
  std::vector<std::string> pieces;
  for (std::string rest = text; !rest.empty();) {
    pieces.push_back(first_characters(rest, kPiece));
    rest.erase(0, pieces.back().size());
  }
  return pieces;
}

}  // namespace notifyd::sim
