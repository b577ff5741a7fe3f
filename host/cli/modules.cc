// `modules`: what is in the modules directory.
#include <algorithm>
#include <iomanip>

#include "cli/commands.h"
#include "cli/option_text.h"

namespace notifyd::cli {
namespace {

void show_option(const config::Option& option, std::size_t width, Io io) {
  io.out << "  " << std::left << std::setw(static_cast<int>(width)) << option.name << "  "
         << kind_of(option) << ". " << option.help << '\n';
}

void show(const modules::Listed& listed, Io io) {
  const modules::LibraryInfo& info = *listed.info;
  io.out << info.name << " v" << info.version << ", ABI " << info.abi_major << '.'
         << info.needs_minor << ", " << listed.file << '\n';
  std::size_t width = 0;
  for (const auto& option : info.options) width = std::max(width, option.name.size());
  for (const auto& option : info.options) {
    if (!option.ignored) show_option(option, width, io);
  }
}

}  // namespace

int list(const Arguments& arguments, Io io) {
  const auto dirs = module_dirs(arguments);
  if (!dirs) return failed(dirs.error(), io);
  const auto modules = daemon::list_modules(*dirs);
  if (!modules) return failed(modules.error(), io);
  int code = kOk;
  for (const modules::Listed& listed : *modules) {
    if (listed.info) {
      show(listed, io);
    } else {
      code = failed(listed.info.error(), io);
    }
  }
  if (modules->empty()) io.err << dirs->modules << " has no modules\n";
  return code;
}

}  // namespace notifyd::cli
