#include "subject.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "child.h"
#include "config/check.h"
#include "config/host_config.h"
#include "config/tree.h"
#include "config/values.h"
#include "module/elf_file.h"
#include "module/module_name.h"
#include "module/sized.h"
#include "verdict.h"

namespace conformance {
namespace {

namespace config = notifyd::config;
namespace modules = notifyd::modules;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The words of a secret are what is looked for where they must not be.
std::string made_up(const config::Option& option) {
  if (option.secret) return "made-up-secret-of-" + option.name;
  switch (option.type) {
    case config::Type::kInt:
      return "1";
    case config::Type::kBool:
      return "true";
    case config::Type::kDuration:
      return "1000";
    default:
      return "made-up";
  }
}

config::Settings::Entry made_up_entry(const config::Option& option) {
  config::Settings::Entry entry;
  entry.set = true;
  entry.secret = option.secret;
  if (option.type == config::Type::kTable) {
    entry.table["*"] = {"made-up"};
  } else {
    entry.values = {made_up(option)};
  }
  return entry;
}

config::Settings made_up_settings(const std::vector<config::Option>& options) {
  config::Settings settings;
  for (const config::Option& option : options) {
    if (option.required) {
      settings.entries[option.name] = made_up_entry(option);
    } else if (option.fallback) {
      settings.entries[option.name] = *config::fallback_entry(option);
    }
  }
  return settings;
}

config::Settings settings_from(const std::string& file, const modules::LibraryInfo& info) {
  config::Faults faults(file);
  auto tree = config::read_toml_file(file, faults);
  if (!tree) throw Failed(faults.lines().front());
  auto checked = config::check(*tree, file, info.options, faults, config::host_keys(info.name));
  if (!faults.empty()) throw Failed(faults.lines().front());
  return std::move(checked.settings);
}

}  // namespace

Code::Code(const std::string& path) : path_(std::filesystem::absolute(path).string()) {
  doing("dlopen()");
  handle_ = dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle_ == nullptr) throw Failed(std::string("the dynamic linker refuses it: ") + dlerror());
  const auto* const table = static_cast<const notify_module*>(dlsym(handle_, "notify_module_v1"));
  if (table == nullptr) throw Failed("it has no notify_module_v1");
  table_ = modules::in_our_size(table);
  doing("");
}

void Code::unmap() {
  if (handle_ == nullptr) return;
  doing("dlclose()");
  dlclose(handle_);
  handle_ = nullptr;
  doing("");
}

bool Code::still_mapped() const {
  void* const handle = dlopen(path_.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle != nullptr) dlclose(handle);
  return handle != nullptr || bytes_of("/proc/self/maps").find(path_) != std::string::npos;
}

Copy::Copy(const std::string& module) {
  std::string directory = "/tmp/notify-modcheck-XXXXXX";
  if (const char* const tmp = std::getenv("TMPDIR")) {
    directory = std::string(tmp) + "/notify-modcheck-XXXXXX";
  }
  if (mkdtemp(directory.data()) == nullptr) throw Failed("cannot make a directory in TMPDIR");
  directory_ = directory;
  path_ = directory_ + "/" + std::filesystem::path(module).filename().string();
  std::filesystem::copy_file(module, path_);
}

Copy::~Copy() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string fault_of_file(const std::string& path) {
  const auto name = modules::module_name(path);
  if (!name) return name.error().message;
  const auto judged = modules::judge_elf(bytes_of(path));
  return judged ? "" : judged.error().message;
}

modules::LibraryInfo read_table_of(const std::string& path, const notify_module& table) {
  const auto name = modules::module_name(path);
  auto info = modules::read_table(table, name ? *name : "");
  if (!info) throw Failed(info.error().message);
  return *info;
}

Config config_of(const Target& target, const modules::LibraryInfo& info) {
  const config::Settings settings =
      target.config.empty() ? made_up_settings(info.options) : settings_from(target.config, info);
  Config out;
  for (const config::Option& option : info.options) {
    const config::Settings::Entry* const entry = settings.find(option.name);
    if (entry == nullptr) continue;
    if (option.type == config::Type::kTable) {
      out.tables[option.name] = entry->table;
      continue;
    }
    out.options[option.name] = entry->values;
    if (!option.secret || entry->values.empty()) continue;
    out.secrets.insert(option.name);
    const auto secret = settings.secret(option.name);
    out.options[option.name] = {secret ? *secret : made_up(option)};
  }
  return out;
}

}  // namespace conformance
