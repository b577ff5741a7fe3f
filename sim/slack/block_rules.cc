#include "sim/slack/block_rules.h"

#include <algorithm>

namespace notifyd::sim {
namespace {

using enum Shape;

constexpr bool kRequired = true;
constexpr Property kActionId{"action_id", kString, 255};
constexpr Property kPlaceholder{"placeholder", kPlainText, 150};
constexpr Property kConfirmation{"confirm", kConfirm};
constexpr Property kFocus{"focus_on_load", kBool};

const std::vector<ObjectRule>& blocks() {
  static const std::vector<ObjectRule> rules = {
      {"section",
       {{"text", kAnyText, 3000},
        {"fields", kTexts, 10, false, 2000},
        {"accessory", kElement},
        {"expand", kBool}}},
      {"header", {{"text", kPlainText, 150, kRequired}, {"level"}}},
      {"divider", {}},
      {"context", {{"elements", kContext, 10, kRequired, 3000}}},
      {"actions", {{"elements", kElements, 25, kRequired}}},
      {"image",
       {{"image_url", kString, 3000},
        {"slack_file"},
        {"alt_text", kString, 2000, kRequired},
        {"title", kPlainText, 2000}}},
      {"input",
       {{"label", kPlainText, 2000, kRequired},
        {"element", kElement, 0, kRequired},
        {"hint", kPlainText, 2000},
        {"optional", kBool},
        {"dispatch_action", kBool}}},
      {"markdown", {{"text", kString, 12000, kRequired}}},
      {"rich_text", {{"elements", kAny, 0, kRequired}}},
      {"video", {}, true},
      {"file", {}, true},
      {"table", {}, true},
      {"data_table", {}, true},
      {"task_card", {}, true},
      {"plan", {}, true},
      {"alert", {}, true},
      {"card", {}, true},
      {"carousel", {}, true},
      {"container", {}, true},
      {"context_actions", {}, true},
  };
  return rules;
}

const std::vector<ObjectRule>& elements() {
  static const std::vector<ObjectRule> rules = {
      {"button",
       {{"text", kPlainText, 75, kRequired},
        kActionId,
        {"url", kString, 3000},
        {"value", kString, 2000},
        {"style", kStyle},
        kConfirmation,
        {"accessibility_label", kString, 75}}},
      {"image",
       {{"image_url", kString, 3000}, {"slack_file"}, {"alt_text", kString, 2000, kRequired}}},
      {"static_select",
       {kPlaceholder,
        kActionId,
        {"options", kOptions, 100},
        {"option_groups"},
        {"initial_option", kOption},
        kConfirmation,
        kFocus}},
      {"overflow", {kActionId, {"options", kOptions, 5, kRequired}, kConfirmation}},
      {"radio_buttons",
       {kActionId,
        {"options", kOptions, 10, kRequired},
        {"initial_option", kOption},
        kConfirmation,
        kFocus}},
      {"checkboxes",
       {kActionId,
        {"options", kOptions, 10, kRequired},
        {"initial_options", kOptions, 10},
        kConfirmation,
        kFocus}},
      {"plain_text_input",
       {kActionId,
        kPlaceholder,
        {"initial_value", kString, 3000},
        {"multiline", kBool},
        {"min_length"},
        {"max_length"},
        {"dispatch_action_config"},
        kFocus}},
      {"multi_static_select", {}, true},
      {"external_select", {}, true},
      {"multi_external_select", {}, true},
      {"users_select", {}, true},
      {"multi_users_select", {}, true},
      {"conversations_select", {}, true},
      {"multi_conversations_select", {}, true},
      {"channels_select", {}, true},
      {"multi_channels_select", {}, true},
      {"datepicker", {}, true},
      {"timepicker", {}, true},
      {"datetimepicker", {}, true},
      {"email_text_input", {}, true},
      {"url_text_input", {}, true},
      {"number_input", {}, true},
      {"rich_text_input", {}, true},
      {"file_input", {}, true},
      {"workflow_button", {}, true},
  };
  return rules;
}

const ObjectRule* find(const std::vector<ObjectRule>& rules, std::string_view type) {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const ObjectRule& rule) { return rule.type == type; });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace

const ObjectRule* block_rule(std::string_view type) { return find(blocks(), type); }
const ObjectRule* element_rule(std::string_view type) { return find(elements(), type); }

const ObjectRule& confirm_rule() {
  static const ObjectRule rule = {"confirm",
                                  {{"title", kPlainText, 100, kRequired},
                                   {"text", kAnyText, 300, kRequired},
                                   {"confirm", kPlainText, 30},
                                   {"deny", kPlainText, 30},
                                   {"style", kStyle}}};
  return rule;
}

const ObjectRule& option_rule() {
  static const ObjectRule rule = {"option",
                                  {{"text", kAnyText, 75, kRequired},
                                   {"value", kString, 150, kRequired},
                                   {"description", kPlainText, 75},
                                   {"url", kString, 3000}}};
  return rule;
}

}  // namespace notifyd::sim
