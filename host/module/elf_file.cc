#include "module/elf_file.h"

#include <algorithm>
#include <cstddef>

#include "module/elf_reader.h"
#include "module/sizes_v1_0.h"
#include "module/table.h"
#include "notify/abi.h"

namespace notifyd::modules {
namespace {

constexpr std::string_view kEntry = "notify_module_v1";

// The table's frozen beginning, as it stands in the file.
struct Prefix {
  std::uint32_t magic;
  std::uint16_t abi_major, needs_minor;
  std::uint32_t size, reserved;
};
static_assert(sizeof(Prefix) == offsetof(notify_module, event_mask));

Result<> judge_segments(const ElfReader& elf) {
  for (const Elf64_Phdr& segment : elf.segments()) {
    if (segment.p_type == PT_GNU_STACK && (segment.p_flags & PF_X) != 0) {
      return invalid("it asks for an executable stack; link it with -Wl,-z,noexecstack");
    }
  }
  return Done{};
}

bool has_flag(const ElfReader& elf, Elf64_Sxword tag, Elf64_Xword flag) {
  return (elf.dynamic(tag).value_or(0) & flag) != 0;
}

Result<> judge_dynamic(const ElfReader& elf) {
  if (elf.dynamic(DT_TEXTREL) || has_flag(elf, DT_FLAGS, DF_TEXTREL)) {
    return invalid("it has text relocations; compile it with -fPIC");
  }
  if (elf.dynamic(DT_RPATH) || elf.dynamic(DT_RUNPATH)) {
    return invalid(
        "it has an RPATH or RUNPATH, which the private copy that is loaded cannot follow; "
        "link it without -rpath");
  }
  if (has_flag(elf, DT_FLAGS_1, DF_1_NODELETE)) {
    return invalid(
        "it is marked NODELETE and could never be unloaded; link it without -z nodelete");
  }
  return Done{};
}

Result<Prefix> read_prefix(const ElfReader& elf, const ElfSymbol& entry) {
  const auto bytes = elf.at_address(entry.address, sizeof(Prefix));
  if (!bytes) return invalid(std::string(kEntry) + " has no contents in the file");
  Prefix prefix{};
  std::memcpy(&prefix, bytes->data(), sizeof prefix);
  return prefix;
}

Result<> judge_prefix(const Prefix& prefix) {
  if (prefix.magic != NOTIFY_MAGIC) {
    return invalid(std::string(kEntry) +
                   " does not begin with NOTIFY_MAGIC; it is no module table");
  }
  if (prefix.abi_major != NOTIFY_ABI_MAJOR) {
    return invalid("built for major version " + std::to_string(prefix.abi_major) +
                   " of the module ABI, this daemon has " + std::to_string(NOTIFY_ABI_MAJOR) +
                   "; rebuild it against this daemon's notify/abi.h");
  }
  if (prefix.needs_minor > NOTIFY_ABI_MINOR) {
    return invalid("needs module ABI " + std::to_string(prefix.abi_major) + "." +
                   std::to_string(prefix.needs_minor) + ", this daemon has " +
                   std::to_string(NOTIFY_ABI_MAJOR) + "." + std::to_string(NOTIFY_ABI_MINOR) +
                   "; upgrade the daemon or use an older release of the module");
  }
  if (prefix.size < kModuleSizeV1 || prefix.size > kMaxModuleSize) {
    return invalid("its table says it has " + std::to_string(prefix.size) + " bytes, expected " +
                   std::to_string(kModuleSizeV1) + " to " + std::to_string(kMaxModuleSize) +
                   "; set size to sizeof(notify_module)");
  }
  return Done{};
}

Result<> judge_exports(const std::vector<ElfSymbol>& symbols) {
  for (const ElfSymbol& symbol : symbols) {
    if (symbol.binding == STB_GNU_UNIQUE) {
      return invalid("symbol " + symbol.name +
                     " is STB_GNU_UNIQUE and would keep old code mapped for ever; compile with "
                     "-fno-gnu-unique and link with the SDK's module.map");
    }
    if (symbol.name != kEntry) {
      return invalid("it exports " + symbol.name + " beside " + std::string(kEntry) +
                     "; link it with the SDK's module.map");
    }
  }
  return Done{};
}

Result<EntryHeader> judge_entry(const ElfReader& elf) {
  const auto symbols = elf.exported();
  if (!symbols) return symbols.error();
  const auto entry = std::find_if(symbols->begin(), symbols->end(),
                                  [](const ElfSymbol& s) { return s.name == kEntry; });
  if (entry == symbols->end()) {
    return invalid("it does not export " + std::string(kEntry) + "; it is no module");
  }
  const auto prefix = read_prefix(elf, *entry);
  if (!prefix) return prefix.error();
  if (auto good = judge_prefix(*prefix); !good) return std::move(good).error();
  if (!elf.at_address(entry->address, prefix->size)) {
    return invalid("its table reaches past the end of its data");
  }
  if (auto good = judge_exports(*symbols); !good) return std::move(good).error();
  return EntryHeader{prefix->abi_major, prefix->needs_minor, prefix->size};
}

}  // namespace

Result<EntryHeader> judge_elf(std::string_view bytes) {
  const auto elf = ElfReader::open(bytes);
  if (!elf) return elf.error();
  if (auto good = judge_dynamic(*elf); !good) return std::move(good).error();
  if (auto good = judge_segments(*elf); !good) return std::move(good).error();
  return judge_entry(*elf);
}

}  // namespace notifyd::modules
