#include "config/settings.h"

#include <charconv>

#include "config/secret.h"
#include "config/values.h"

namespace notifyd::config {

bool Settings::Entry::names_a_file() const {
  return secret && !values.empty() && config::names_a_file(values.front());
}

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

Result<std::string> Settings::secret(std::string_view name, std::string_view known) const {
  const Entry* entry = find(name);
  if (entry == nullptr || entry->values.empty()) {
    return Error{Errc::kNotFound, std::string(file).append(": ").append(name).append(
                                      " is not set; write the secret, or the absolute path of a "
                                      "file that holds it")};
  }
  auto value = read_secret(entry->values.front(), known);
  if (value) return value;
  return value.error().in(std::string(name)).in(entry->at.str());
}

Subject Settings::subject_of(std::string_view message) const {
  const std::string_view option = message.substr(0, message.find_first_of(" :;,"));
  if (const Entry* entry = find(option); entry != nullptr) {
    const bool here = entry->set && !entry->names_a_file();
    return {std::string(option), entry->set ? entry->at : Position{file},
            here ? FoundIn::kText : FoundIn::kMachine};
  }
  for (const auto& [name, entry] : entries) {
    for (const auto& [key, at] : entry.table_at) {
      const std::string full = entry_name(name, key);
      if (message.starts_with(full)) return {full, at, FoundIn::kText};
    }
  }
  return {wrong.contains(option) ? std::string(option) : "", {file}};
}

bool Settings::is_wrong(const Subject& subject) const {
  const std::string table = subject.name.substr(0, subject.name.find(".\""));
  return wrong.contains(subject.name) || wrong.contains(table);
}

std::vector<std::string> Settings::secret_files() const {
  std::vector<std::string> files;
  for (const auto& [name, entry] : entries) {
    if (entry.names_a_file()) files.push_back(entry.values.front());
  }
  return files;
}

std::string entry_name(const std::string& table, const std::string& key) {
  return table + ".\"" + key + "\"";
}

}  // namespace notifyd::config
