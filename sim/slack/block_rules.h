// The shapes of Block Kit as tables: which properties an object has, what they hold, how much.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace notifyd::sim {

enum class Shape {
  kAny,     // not looked into
  kString,  // max: longest
  kBool,
  kPlainText,  // a text object; max: longest text
  kAnyText,    // plain_text or mrkdwn
  kTexts,      // array of text objects; max: how many, inner: longest text
  kStyle,      // "primary" or "danger"
  kConfirm,    // a confirm dialog
  kElement,    // one interactive element or image
  kElements,   // array of interactive elements; max: how many
  kContext,    // array of images and texts; max: how many
  kOptions,    // array of options; max: how many
  kOption,
};

struct Property {
  std::string_view name;
  Shape shape = Shape::kAny;
  std::size_t max = 0;  // 0: not limited
  bool required = false;
  std::size_t inner = 0;
};

struct ObjectRule {
  std::string_view type;
  std::span<const Property> properties;
  bool shallow = false;  // exists in Slack, but is not looked into
};

// nullptr: no such type.
const ObjectRule* block_rule(std::string_view type);
const ObjectRule* element_rule(std::string_view type);
const ObjectRule& confirm_rule();
const ObjectRule& option_rule();

inline constexpr std::size_t kMostBlocks = 50;

}  // namespace notifyd::sim
