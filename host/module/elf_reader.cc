#include "module/elf_reader.h"

#include <algorithm>
#include <bit>

namespace notifyd::modules {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr Elf64_Half kMachine = EM_RISCV;
#else
#error "add this machine's ELF number"
#endif

constexpr unsigned char kByteOrder =
    std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;

Error damaged(const std::string& what) {
  return invalid("the file is cut off or damaged: " + what);
}

bool inside(std::uint64_t offset, std::uint64_t size, std::uint64_t limit) {
  return offset <= limit && size <= limit - offset;
}

}  // namespace

Result<ElfReader> ElfReader::open(std::string_view bytes) {
  ElfReader reader(bytes);
  if (auto done = reader.read_header(); !done) return std::move(done).error();
  if (auto done = reader.read_segments(); !done) return std::move(done).error();
  if (auto done = reader.read_dynamic(); !done) return std::move(done).error();
  return reader;
}

Result<> ElfReader::read_header() {
  if (bytes_.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG)) {
    return invalid("not a shared object (no ELF header)");
  }
  const auto header = read<Elf64_Ehdr>(0);
  if (!header) return damaged("the ELF header ends after " + std::to_string(bytes_.size()));
  header_ = *header;
  if (header_.e_ident[EI_CLASS] != ELFCLASS64) return invalid("32-bit; this daemon is 64-bit");
  if (header_.e_ident[EI_DATA] != kByteOrder || header_.e_machine != kMachine) {
    return invalid("built for another machine (ELF machine " + std::to_string(header_.e_machine) +
                   ", this daemon is " + std::to_string(kMachine) + ")");
  }
  if (header_.e_type != ET_DYN) {
    return invalid("not a shared object (ELF type " + std::to_string(header_.e_type) +
                   "); link it with -shared");
  }
  return Done{};
}

Result<> ElfReader::read_segments() {
  if (header_.e_phentsize != sizeof(Elf64_Phdr)) return damaged("program header size");
  for (std::size_t i = 0; i < header_.e_phnum; ++i) {
    if (header_.e_phoff > bytes_.size()) return damaged("program headers lie outside of it");
    const auto segment = read<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) return damaged("program headers lie outside of it");
    if ((segment->p_type == PT_LOAD || segment->p_type == PT_DYNAMIC) &&
        (!inside(segment->p_offset, segment->p_filesz, bytes_.size()) ||
         segment->p_filesz > segment->p_memsz)) {
      return damaged("segment " + std::to_string(i) + " needs " +
                     std::to_string(segment->p_offset + segment->p_filesz) + " bytes, it has " +
                     std::to_string(bytes_.size()));
    }
    segments_.push_back(*segment);
  }
  // Not needed to load it, but a file without its own end is still being copied.
  const std::uint64_t sections = std::uint64_t{header_.e_shnum} * header_.e_shentsize;
  if (header_.e_shoff != 0 && !inside(header_.e_shoff, sections, bytes_.size())) {
    return damaged("the section table lies outside of it");
  }
  return Done{};
}

Result<> ElfReader::read_dynamic() {
  const auto table = std::find_if(segments_.begin(), segments_.end(),
                                  [](const Elf64_Phdr& s) { return s.p_type == PT_DYNAMIC; });
  if (table == segments_.end()) return invalid("not a shared object (no dynamic table)");
  for (std::size_t i = 0; (i + 1) * sizeof(Elf64_Dyn) <= table->p_filesz; ++i) {
    const auto entry = read<Elf64_Dyn>(table->p_offset + i * sizeof(Elf64_Dyn));
    if (!entry) return damaged("the dynamic table lies outside of it");
    if (entry->d_tag == DT_NULL) return Done{};
    dynamic_.push_back(*entry);
  }
  return damaged("the dynamic table has no end");
}

std::optional<Elf64_Xword> ElfReader::dynamic(Elf64_Sxword tag) const {
  for (const Elf64_Dyn& entry : dynamic_) {
    if (entry.d_tag == tag) return entry.d_un.d_val;
  }
  return std::nullopt;
}

std::optional<std::string_view> ElfReader::at_address(Elf64_Addr address, std::size_t size) const {
  for (const Elf64_Phdr& s : segments_) {
    if (s.p_type == PT_LOAD && address >= s.p_vaddr &&
        inside(address - s.p_vaddr, size, s.p_filesz)) {
      return bytes_.substr(s.p_offset + (address - s.p_vaddr), size);
    }
  }
  return std::nullopt;
}

// A GNU hash table names only the first symbol of each bucket; a chain ends at an odd hash. The
// last symbol of the last chain is the table's last.
Result<std::size_t> ElfReader::count_gnu_hash(Elf64_Addr table) const {
  const auto buckets = read_address<std::uint32_t>(table);
  const auto first = read_address<std::uint32_t>(table + 4);
  const auto bloom_words = read_address<std::uint32_t>(table + 8);
  if (!buckets || !first || !bloom_words) return damaged("the symbol hash lies outside of it");
  const Elf64_Addr bucket_at = table + 16 + std::uint64_t{*bloom_words} * 8;
  const Elf64_Addr chain_at = bucket_at + std::uint64_t{*buckets} * 4;
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < *buckets; ++i) {
    const auto symbol = read_address<std::uint32_t>(bucket_at + i * 4);
    if (!symbol) return damaged("the symbol hash lies outside of it");
    last = std::max<std::uint64_t>(last, *symbol);
  }
  if (last < *first) return std::size_t{*first};
  for (;; ++last) {
    const auto hash = read_address<std::uint32_t>(chain_at + (last - *first) * 4);
    if (!hash) return damaged("the symbol hash lies outside of it");
    if ((*hash & 1U) != 0) return std::size_t{last + 1};
  }
}

Result<std::size_t> ElfReader::symbol_count() const {
  if (const auto table = dynamic(DT_GNU_HASH)) return count_gnu_hash(*table);
  const auto table = dynamic(DT_HASH);
  if (!table) return invalid("it has no symbol hash table, so nothing can be looked up in it");
  const auto chains = read_address<std::uint32_t>(*table + 4);
  if (!chains) return damaged("the symbol hash lies outside of it");
  return std::size_t{*chains};
}

std::optional<std::string> ElfReader::name_at(Elf64_Xword offset) const {
  const auto table = dynamic(DT_STRTAB);
  const auto size = dynamic(DT_STRSZ);
  if (!table || !size || offset >= *size) return std::nullopt;
  const auto names = at_address(*table, *size);
  if (!names) return std::nullopt;
  const auto end = names->find('\0', offset);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(names->substr(offset, end - offset));
}

Result<std::vector<ElfSymbol>> ElfReader::exported() const {
  const auto table = dynamic(DT_SYMTAB);
  if (!table) return damaged("it has no symbol table");
  const auto count = symbol_count();
  if (!count) return count.error();
  std::vector<ElfSymbol> symbols;
  for (std::size_t i = 1; i < *count; ++i) {
    const auto symbol = read_address<Elf64_Sym>(*table + i * sizeof(Elf64_Sym));
    if (!symbol) return damaged("the symbol table lies outside of it");
    const unsigned char binding = ELF64_ST_BIND(symbol->st_info);
    if (symbol->st_shndx == SHN_UNDEF || binding == STB_LOCAL) continue;
    auto name = name_at(symbol->st_name);
    if (!name) return damaged("a symbol's name lies outside of it");
    symbols.push_back({std::move(*name), symbol->st_value, binding});
  }
  return symbols;
}

}  // namespace notifyd::modules
