// A shared object's bytes, read with every offset checked against the file's size. Nothing is
// mapped or executed. 64-bit, this machine's byte order.
#pragma once

#include <elf.h>

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace notifyd::modules {

struct ElfSymbol {
  std::string name;
  Elf64_Addr address = 0;
  unsigned char binding = 0;  // STB_...
};

class ElfReader {
 public:
  // Headers, segments and the dynamic table must lie inside the file. The bytes outlive the reader.
  static Result<ElfReader> open(std::string_view bytes);

  // The dynamic table's value for a tag, where there is one.
  std::optional<Elf64_Xword> dynamic(Elf64_Sxword tag) const;
  const std::vector<Elf64_Phdr>& segments() const { return segments_; }

  // What the dynamic symbol table defines and shows to others.
  Result<std::vector<ElfSymbol>> exported() const;

  // `size` bytes at an address, from the file; nothing where the file does not have them.
  std::optional<std::string_view> at_address(Elf64_Addr address, std::size_t size) const;

 private:
  explicit ElfReader(std::string_view bytes) : bytes_(bytes) {}

  Result<> read_header();
  Result<> read_segments();
  Result<> read_dynamic();
  Result<std::size_t> symbol_count() const;
  Result<std::size_t> count_gnu_hash(Elf64_Addr table) const;
  std::optional<std::string> name_at(Elf64_Xword offset) const;

  template <class T>
  std::optional<T> read(std::size_t offset) const {
    T value;
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof value) return std::nullopt;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  template <class T>
  std::optional<T> read_address(Elf64_Addr address) const {
    const auto bytes = at_address(address, sizeof(T));
    if (!bytes) return std::nullopt;
    T value;
    std::memcpy(&value, bytes->data(), sizeof value);
    return value;
  }

  std::string_view bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Dyn> dynamic_;
};

}  // namespace notifyd::modules
