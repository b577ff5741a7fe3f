// One value of a configuration file against its option, and the words for when it does not fit.
// No message quotes a value: it may be a secret in the wrong place.
#pragma once

#include <string>

#include "base/result.h"
#include "config/faults.h"
#include "config/option.h"
#include "config/settings.h"
#include "config/tree.h"

namespace notifyd::config {

// Adds the option's entry to `settings`, and all that is wrong with it to `faults`. A wrong value
// is no value, and its name is in settings.wrong.
void convert(const Option& option, const Tree& node, Settings& settings, Faults& faults);

// The entry of an option that is not written. An error here is a mistake in the option's table.
Result<Settings::Entry> fallback_entry(const Option& option);

// "token = \"...\" under [slack]"
std::string how_to_write(const Option& option);

// "slack.token" is section "slack" and leaf "token"; "module" is section "" and leaf "module".
std::string section_of(const std::string& name);
std::string leaf_of(const std::string& name);

// A key as it may stand in a message, whatever the file holds.
std::string shown(std::string_view key);

// file:line:column of a value, or of its key.
Position value_position(const Tree& node, const std::string& file);
Position key_position(const Tree& node, const std::string& file);
// Where `section` ("teams", "teams.dev") stands in the file, as deep as it is there, or the file's
// beginning.
Position section_position(const Tree& tree, const std::string& section, const std::string& file);
Error at(const Position& position, const std::string& message);

}  // namespace notifyd::config
