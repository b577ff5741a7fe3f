#include "sim/slack/block_rules.h"

#include <algorithm>

namespace notifyd::sim {
namespace {

using enum Shape;

constexpr bool kRequired = true;

constexpr ObjectRule shallow(std::string_view type) { return {type, {}, true}; }

constexpr Property kActionId{"action_id", kString, 255};
constexpr Property kPlaceholder{"placeholder", kPlainText, 150};
constexpr Property kConfirmation{"confirm", kConfirm};
constexpr Property kFocus{"focus_on_load", kBool};

// ---- Blocks ----

constexpr Property kSection[] = {{"text", kAnyText, 3000},
                                 {"fields", kTexts, 10, false, 2000},
                                 {"accessory", kElement},
                                 {"expand", kBool}};
constexpr Property kHeader[] = {{"text", kPlainText, 150, kRequired}, {"level"}};
constexpr Property kContextBlock[] = {{"elements", kContext, 10, kRequired, 3000}};
constexpr Property kActions[] = {{"elements", kElements, 25, kRequired}};
constexpr Property kImageBlock[] = {{"image_url", kString, 3000},
                                    {"slack_file"},
                                    {"alt_text", kString, 2000, kRequired},
                                    {"title", kPlainText, 2000}};
constexpr Property kInput[] = {{"label", kPlainText, 2000, kRequired},
                               {"element", kElement, 0, kRequired},
                               {"hint", kPlainText, 2000},
                               {"optional", kBool},
                               {"dispatch_action", kBool}};
constexpr Property kMarkdown[] = {{"text", kString, 12000, kRequired}};
constexpr Property kRichText[] = {{"elements", kAny, 0, kRequired}};

constexpr ObjectRule kBlocks[] = {
    {"section", kSection},    {"header", kHeader},
    {"divider", {}},          {"context", kContextBlock},
    {"actions", kActions},    {"image", kImageBlock},
    {"input", kInput},        {"markdown", kMarkdown},
    {"rich_text", kRichText}, shallow("video"),
    shallow("file"),          shallow("table"),
    shallow("data_table"),    shallow("task_card"),
    shallow("plan"),          shallow("alert"),
    shallow("card"),          shallow("carousel"),
    shallow("container"),     shallow("context_actions"),
};

// ---- Elements ----

constexpr Property kButton[] = {{"text", kPlainText, 75, kRequired},
                                kActionId,
                                {"url", kString, 3000},
                                {"value", kString, 2000},
                                {"style", kStyle},
                                kConfirmation,
                                {"accessibility_label", kString, 75}};
constexpr Property kImageElement[] = {
    {"image_url", kString, 3000}, {"slack_file"}, {"alt_text", kString, 2000, kRequired}};
constexpr Property kStaticSelect[] = {kPlaceholder,
                                      kActionId,
                                      {"options", kOptions, 100},
                                      {"option_groups"},
                                      {"initial_option", kOption},
                                      kConfirmation,
                                      kFocus};
constexpr Property kOverflow[] = {kActionId, {"options", kOptions, 5, kRequired}, kConfirmation};
constexpr Property kRadioButtons[] = {kActionId,
                                      {"options", kOptions, 10, kRequired},
                                      {"initial_option", kOption},
                                      kConfirmation,
                                      kFocus};
constexpr Property kCheckboxes[] = {kActionId,
                                    {"options", kOptions, 10, kRequired},
                                    {"initial_options", kOptions, 10},
                                    kConfirmation,
                                    kFocus};
constexpr Property kPlainTextInput[] = {
    kActionId,      kPlaceholder,   {"initial_value", kString, 3000}, {"multiline", kBool},
    {"min_length"}, {"max_length"}, {"dispatch_action_config"},       kFocus};

constexpr ObjectRule kElementRules[] = {
    {"button", kButton},
    {"image", kImageElement},
    {"static_select", kStaticSelect},
    {"overflow", kOverflow},
    {"radio_buttons", kRadioButtons},
    {"checkboxes", kCheckboxes},
    {"plain_text_input", kPlainTextInput},
    shallow("multi_static_select"),
    shallow("external_select"),
    shallow("multi_external_select"),
    shallow("users_select"),
    shallow("multi_users_select"),
    shallow("conversations_select"),
    shallow("multi_conversations_select"),
    shallow("channels_select"),
    shallow("multi_channels_select"),
    shallow("datepicker"),
    shallow("timepicker"),
    shallow("datetimepicker"),
    shallow("email_text_input"),
    shallow("url_text_input"),
    shallow("number_input"),
    shallow("rich_text_input"),
    shallow("file_input"),
    shallow("workflow_button"),
};

// ---- Parts of elements ----

constexpr Property kConfirmDialog[] = {{"title", kPlainText, 100, kRequired},
                                       {"text", kAnyText, 300, kRequired},
                                       {"confirm", kPlainText, 30},
                                       {"deny", kPlainText, 30},
                                       {"style", kStyle}};
constexpr Property kOneOption[] = {{"text", kAnyText, 75, kRequired},
                                   {"value", kString, 150, kRequired},
                                   {"description", kPlainText, 75},
                                   {"url", kString, 3000}};
constexpr ObjectRule kConfirmRule{"confirm", kConfirmDialog};
constexpr ObjectRule kOptionRule{"option", kOneOption};

const ObjectRule* find(std::span<const ObjectRule> rules, std::string_view type) {
  const auto found = std::ranges::find(rules, type, &ObjectRule::type);
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace

const ObjectRule* block_rule(std::string_view type) { return find(kBlocks, type); }
const ObjectRule* element_rule(std::string_view type) { return find(kElementRules, type); }
const ObjectRule& confirm_rule() { return kConfirmRule; }
const ObjectRule& option_rule() { return kOptionRule; }

}  // namespace notifyd::sim
