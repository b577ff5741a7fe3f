#include "module/module_name.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>

#include "base/file.h"

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "libnotify_";
constexpr std::string_view kSuffix = ".so";

std::string_view between(std::string_view file) {
  if (!file.starts_with(kPrefix)) return {};
  file.remove_prefix(kPrefix.size());
  if (!file.ends_with(kSuffix)) return {};
  file.remove_suffix(kSuffix.size());
  return file;
}

bool is_part_of_a_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

}  // namespace

Result<std::string> module_name(const std::string& path) {
  const std::string file = fs::path(path).filename().string();
  const std::string name(between(file));
  if (!name.empty() && std::ranges::all_of(name, is_part_of_a_name)) return name;
  return invalid("modules are named libnotify_<name>.so, with letters, digits, _ and -");
}

std::string module_path(const std::string& directory, const std::string& name) {
  return (fs::path(directory) / std::string(kPrefix).append(name).append(kSuffix)).string();
}

std::vector<std::string> module_names(const std::string& directory) {
  std::vector<std::string> names;
  const auto files = list_directory(directory, kSuffix);
  if (!files) return names;
  for (const fs::path& file : *files) {
    if (auto name = module_name(file.string())) names.push_back(*std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace notifyd::modules
