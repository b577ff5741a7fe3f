#include "config/settings.h"

#include <charconv>

#include "config/secret.h"
#include "config/values.h"

namespace notifyd::config {

const Settings::Entry* Settings::find(std::string_view name) const {
  const auto it = entries.find(name);
  return it == entries.end() ? nullptr : &it->second;
}

std::string Settings::text(std::string_view name) const {
  const Entry* entry = find(name);
  return entry == nullptr || entry->values.empty() ? "" : entry->values.front();
}

bool Settings::flag(std::string_view name) const { return text(name) == "true"; }

std::optional<std::int64_t> Settings::integer(std::string_view name) const {
  const std::string written = text(name);
  std::int64_t number = 0;
  const char* const end = written.data() + written.size();
  const auto [rest, error] = std::from_chars(written.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

Result<std::string> Settings::secret(std::string_view name) const {
  const Entry* entry = find(name);
  if (entry == nullptr || entry->values.empty()) {
    return Error{Errc::kNotFound, std::string(file).append(": ").append(name).append(
                                      " is not set; write the secret, or the absolute path of a "
                                      "file that holds it")};
  }
  auto value = read_secret(entry->values.front());
  if (value) return value;
  return value.error().in(std::string(name)).in(entry->at.str());
}

std::string Settings::place_of(std::string_view message) const {
  const Entry* entry = find(message.substr(0, message.find(' ')));
  return entry != nullptr && entry->set ? entry->at.str() : file;
}

std::vector<std::string> Settings::secret_files() const {
  std::vector<std::string> files;
  for (const auto& [name, entry] : entries) {
    if (entry.secret && !entry.values.empty() && entry.values.front().starts_with('/')) {
      files.push_back(entry.values.front());
    }
  }
  return files;
}

}  // namespace notifyd::config
