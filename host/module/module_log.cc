#include "module/module_log.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "module/abi_text.h"

namespace notifyd::modules {
namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxValue = 2048;
constexpr std::size_t kMaxKey = 64;
constexpr std::size_t kMaxFields = 32;
constexpr std::size_t kMostErrors = 100;

Severity severity_of(std::uint32_t level) {
  switch (level) {
    case NOTIFY_LOG_DEBUG:
      return Severity::kDebug;
    case NOTIFY_LOG_INFO:
      return Severity::kInfo;
    case NOTIFY_LOG_WARN:
      return Severity::kWarn;
    default:
      return Severity::kError;
  }
}

std::string key_of(notify_str key) {
  std::string text = one_line(view(key), kMaxKey);
  const auto odd = [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '.'; };
  std::replace_if(text.begin(), text.end(), odd, '_');
  return text.empty() ? "_" : text;
}

}  // namespace

// A secret is looked for before it may be cut or have marks in it, and once more when white space
// may have become what it holds.
std::string ModuleLog::shown(std::string_view text, std::size_t max) const {
  const std::string_view bounded = cut_utf8(text, 16 * max);
  return config_.redact(one_line(config_.redact(std::string(bounded)), max));
}

void ModuleLog::write(std::uint32_t level, notify_str line, const notify_kv* fields,
                      std::size_t n_fields) {
  const Severity severity = severity_of(level);
  if (severity != Severity::kError && !log_.enabled(severity)) return;
  Line said{shown(view(line), kMaxLine), ""};
  for (std::size_t i = 0; fields != nullptr && i < std::min(n_fields, kMaxFields); ++i) {
    append_field(said.fields, key_of(fields[i].key), shown(view(fields[i].value), kMaxValue));
  }
  if (severity == Severity::kError && keep_back(said)) return;
  log_.say(severity, said.text + said.fields);
}

bool ModuleLog::keep_back(const Line& line) {
  const std::lock_guard lock(mutex_);
  if (keeps_back_ && errors_.size() < kMostErrors) errors_.push_back(line);
  return keeps_back_;
}

std::vector<std::string> ModuleLog::take_errors(bool refused) {
  std::vector<Line> lines;
  {
    const std::lock_guard lock(mutex_);
    keeps_back_ = false;
    lines = std::exchange(errors_, {});
  }
  std::vector<std::string> texts;
  for (Line& line : lines) {
    if (!refused) log_.say(Severity::kError, line.text + line.fields);
    texts.push_back(std::move(line.text));
  }
  return texts;
}

}  // namespace notifyd::modules
