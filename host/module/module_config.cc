#include "module/module_config.h"

#include <algorithm>
#include <cstring>

#include "module/abi_text.h"

namespace notifyd::modules {
namespace {

constexpr std::size_t kShortestSecret = 6;  // redacting less would garble ordinary words

void overwrite(std::string& secret) {
  explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

ModuleConfig::ModuleConfig(config::Settings settings, std::vector<config::Option> options, Log log)
    : settings_(std::move(settings)), options_(std::move(options)), log_(std::move(log)) {}

const config::Option* ModuleConfig::known(const char* name, bool table) const {
  const auto found = std::find_if(options_.begin(), options_.end(), [&](const config::Option& o) {
    return name != nullptr && o.name == name && (o.type == config::Type::kTable) == table;
  });
  if (found != options_.end()) return &*found;
  log_.warn("module asks for an option that its table does not have",
            {{"option", name != nullptr ? name : ""}});
  return nullptr;
}

notify_rc ModuleConfig::get(const char* option, std::size_t index, notify_str* out) {
  const config::Option* const known_option = known(option, false);
  if (known_option == nullptr || out == nullptr) return NOTIFY_MISUSE;
  const std::lock_guard lock(mutex_);
  const config::Settings::Entry* const entry = settings_.find(option);
  if (entry == nullptr || index >= entry->values.size()) return NOTIFY_DROP;
  if (known_option->secret) return get_secret(option, index, out);
  *out = str(entry->values[index]);
  return NOTIFY_OK;
}

notify_rc ModuleConfig::get_secret(const std::string& name, std::size_t index, notify_str* out) {
  if (index != 0) return NOTIFY_DROP;
  std::string& kept = secrets_[name];
  auto read = settings_.secret(name, kept);
  if (!read) {
    log_.warn("secret cannot be read", {{"option", name}, {"reason", read.error().message}});
    return NOTIFY_RETRY;
  }
  if (kept != *read) {
    overwrite(kept);
    kept = *read;
  }
  overwrite(*read);
  *out = str(kept);
  return NOTIFY_OK;
}

notify_rc ModuleConfig::get_entry(const char* table, std::size_t entry, std::size_t index,
                                  notify_str* key, notify_str* value) {
  if (known(table, true) == nullptr || key == nullptr || value == nullptr) return NOTIFY_MISUSE;
  const std::lock_guard lock(mutex_);
  const config::Settings::Entry* const settings = settings_.find(table);
  if (settings == nullptr || entry >= settings->table.size()) return NOTIFY_DROP;
  const auto& [name, values] = *go_to(settings->table, entry);
  *key = str(name);
  *value = {"", 0};
  if (values.empty() && index == 0) return NOTIFY_OK_SKIPPED;
  if (index >= values.size()) return NOTIFY_DROP;
  *value = str(values[index]);
  return NOTIFY_OK;
}

// A module goes through a table from its beginning to its end: the next is one step away.
ModuleConfig::Table::const_iterator ModuleConfig::go_to(const Table& table, std::size_t entry) {
  if (place_.table != &table || place_.entry > entry) place_ = {&table, 0, table.begin()};
  for (; place_.entry < entry; ++place_.entry) ++place_.at;
  return place_.at;
}

std::string ModuleConfig::redact(std::string text) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, secret] : secrets_) {
    if (secret.size() >= kShortestSecret) replace_all(text, secret, "[" + name + "]");
  }
  return text;
}

void ModuleConfig::wipe() {
  const std::lock_guard lock(mutex_);
  for (auto& [name, secret] : secrets_) overwrite(secret);
  for (auto& [name, entry] : settings_.entries) {
    if (!entry.secret) continue;
    for (std::string& value : entry.values) overwrite(value);
    entry.values.clear();
  }
}

}  // namespace notifyd::modules
