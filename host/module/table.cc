#include "module/table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include "config/host_config.h"
#include "config/values.h"
#include "module/sized.h"

namespace notifyd::modules {
namespace {

constexpr std::size_t kMaxOptions = 256;
constexpr std::size_t kMaxText = 4096;

Result<> judge_entries(const notify_module& table) {
  const std::array<std::pair<const char*, bool>, 6> required{{
      {"name", table.name != nullptr},
      {"version", table.version != nullptr},
      {"create", table.create != nullptr},
      {"destroy", table.destroy != nullptr},
      {"route", table.route != nullptr},
      {"deliver", table.deliver != nullptr},
  }};
  for (const auto& [entry, there] : required) {
    if (!there) return invalid(std::string("its table has no ") + entry + ", which is required");
  }
  return Done{};
}

Result<> judge_kinds(std::uint64_t mask) {
  if (mask == 0) return invalid("its event_mask is 0, so it would never be told anything");
  if (const std::uint64_t unknown = mask & ~kKnownKinds; unknown != 0) {
    unsigned bit = 0;
    while ((unknown >> bit & 1U) == 0) ++bit;
    return invalid("its event_mask has bit " + std::to_string(bit) +
                   ", an event kind that this daemon does not know");
  }
  return Done{};
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_' || c == '-';
  });
}

// "key", "section.key", or deeper, as [http.basic_auth] is.
bool is_option_name(std::string_view name) {
  if (name.size() > 128) return false;
  while (true) {
    const auto dot = name.find('.');
    if (!is_word(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

Result<config::Type> type_of(const notify_option& option) {
  switch (option.type) {
    case NOTIFY_TEXT:
      return config::Type::kText;
    case NOTIFY_INT:
      return config::Type::kInt;
    case NOTIFY_BOOL:
      return config::Type::kBool;
    case NOTIFY_DURATION:
      return config::Type::kDuration;
    case NOTIFY_LIST:
      return config::Type::kList;
    case NOTIFY_TABLE:
      return config::Type::kTable;
    default:
      return invalid("has type " + std::to_string(option.type) +
                     ", which this daemon does not know");
  }
}

std::string bounded(const char* text) {
  return text == nullptr ? "" : std::string(text, strnlen(text, kMaxText));
}

Result<config::Option> read_option(const notify_option& theirs) {
  config::Option option;
  option.name = bounded(theirs.name);
  if (!is_option_name(option.name)) {
    return invalid(R"(is not a name; names are "key" or "section.key" in a-z, 0-9, _ and -)");
  }
  const auto type = type_of(theirs);
  if (!type) return type.error();
  option.type = *type;
  option.required = (theirs.flags & NOTIFY_REQUIRED) != 0;
  option.secret = (theirs.flags & NOTIFY_SECRET) != 0;
  option.ignored = (theirs.flags & NOTIFY_IGNORED) != 0;
  option.verbatim = (theirs.flags & NOTIFY_VERBATIM) != 0;
  if (theirs.fallback != nullptr) option.fallback = bounded(theirs.fallback);
  option.help = bounded(theirs.help);
  if (option.fallback) {
    const auto entry = config::fallback_entry(option);
    if (!entry) return entry.error().in("has a fallback that is none");
  }
  return option;
}

// Two options clash when they are the same key, or when one is a section of the other.
Result<> judge_names(const std::vector<config::Option>& options, const std::string& module) {
  const std::vector<std::string> of_the_host = config::host_keys(module);
  for (const config::Option& option : options) {
    if (std::ranges::find(of_the_host, option.name) != of_the_host.end()) {
      return invalid("option \"" + option.name + "\" is the daemon's own key; name it otherwise");
    }
    const auto clash = [&](const config::Option& other) {
      return &other != &option &&
             (other.name == option.name || other.name.starts_with(option.name + "."));
    };
    if (std::any_of(options.begin(), options.end(), clash)) {
      return invalid("option \"" + option.name + "\" is there twice, or is a section of another");
    }
  }
  return Done{};
}

Result<std::vector<config::Option>> read_options(const notify_option* const* theirs,
                                                 const std::string& module) {
  std::vector<config::Option> options;
  for (std::size_t i = 0; theirs != nullptr && theirs[i] != nullptr; ++i) {
    if (i == kMaxOptions) {
      return invalid("its options do not end after " + std::to_string(kMaxOptions) +
                     "; the list must end with NULL");
    }
    const std::string place = "option " + std::to_string(i);
    const auto copy = checked(theirs[i], "notify_option");
    if (!copy) return copy.error().in(place);
    auto option = read_option(*copy);
    if (!option) return option.error().in(place + " \"" + bounded(copy->name) + "\"");
    options.push_back(std::move(*option));
  }
  if (auto good = judge_names(options, module); !good) return std::move(good).error();
  return options;
}

}  // namespace

Result<LibraryInfo> read_table(const notify_module& table, std::string_view file_name) {
  if (auto good = judge_entries(table); !good) return std::move(good).error();
  LibraryInfo info;
  info.name = bounded(table.name);
  if (info.name != file_name) {
    return invalid("it calls itself \"" + info.name + "\", so its file must be libnotify_" +
                   info.name + ".so");
  }
  if (auto good = judge_kinds(table.event_mask); !good) return std::move(good).error();
  auto options = read_options(table.options, info.name);
  if (!options) return std::move(options).error();
  info.options = std::move(*options);
  info.version = bounded(table.version);
  info.abi_major = table.abi_major;
  info.needs_minor = table.needs_minor;
  info.event_mask = table.event_mask;
  info.finds = table.find != nullptr;
  return info;
}

}  // namespace notifyd::modules
