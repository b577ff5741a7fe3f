#include "module/elf_file.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "module_dir.h"
#include "notify/abi.h"

namespace notifyd::modules {
namespace {

using test::built_module;
using test::bytes_of;
using ::testing::HasSubstr;

std::string fault_of(const std::string& module) {
  const auto judged = judge_elf(bytes_of(built_module(module)));
  return judged ? "accepted" : judged.error().message;
}

struct Fault {
  const char* module;
  const char* says;
};

class FaultyFile : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyFile, IsRefusedForExactlyThat) {
  EXPECT_THAT(fault_of(GetParam().module), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Elf, FaultyFile,
    ::testing::Values(
        Fault{"textrel", "it has text relocations; compile it with -fPIC"},
        Fault{"runpath", "it has an RPATH or RUNPATH"},
        Fault{"rpath", "it has an RPATH or RUNPATH"}, Fault{"nodelete", "it is marked NODELETE"},
        Fault{"execstack", "it asks for an executable stack"},
        Fault{"no_symbol", "it does not export notify_module_v1"},
        Fault{"magic", "does not begin with NOTIFY_MAGIC"},
        Fault{"major", "built for major version 7 of the module ABI, this daemon has 1"},
        Fault{"minor", "needs module ABI 1.1, this daemon has 1.0"},
        Fault{"newer_needs", "needs module ABI 1.1, this daemon has 1.0; upgrade the daemon"},
        Fault{"size_small", "its table says it has 24 bytes, expected 112 to 65536"},
        Fault{"size_huge", "its table says it has 1048576 bytes"},
        Fault{"size_past_end", "its table reaches past the end of its data"},
        Fault{"extra_export", "beside notify_module_v1; link it with the SDK's module.map"},
        Fault{"unique", "symbol unique_symbol is STB_GNU_UNIQUE"}),
    [](const auto& fault) { return std::string(fault.param.module); });

TEST(ElfFile, GivesTheHeaderOfAGoodModule) {
  const auto judged = judge_elf(bytes_of(built_module("good")));
  ASSERT_TRUE(judged.ok()) << judged.error().message;
  EXPECT_EQ(judged->abi_major, NOTIFY_ABI_MAJOR);
  EXPECT_EQ(judged->needs_minor, 0U);
  EXPECT_EQ(judged->size, sizeof(notify_module));
}

TEST(ElfFile, RefusesWhatIsNoSharedObject) {
  EXPECT_THAT(judge_elf("").error().message, HasSubstr("no ELF header"));
  EXPECT_THAT(judge_elf("#!/bin/sh\n").error().message, HasSubstr("no ELF header"));
  EXPECT_THAT(judge_elf("\177ELF").error().message, HasSubstr("cut off"));
}

class PatchedHeader : public ::testing::Test {
 protected:
  template <class Change>
  std::string fault(Change change) {
    std::string bytes = bytes_of(built_module("good"));
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    change(header);
    std::memcpy(bytes.data(), &header, sizeof header);
    const auto judged = judge_elf(bytes);
    return judged ? "accepted" : judged.error().message;
  }
};

TEST_F(PatchedHeader, OfAnotherClassMachineOrTypeIsRefused) {
  EXPECT_THAT(fault([](Elf64_Ehdr& h) { h.e_ident[EI_CLASS] = ELFCLASS32; }), HasSubstr("32-bit"));
  EXPECT_THAT(fault([](Elf64_Ehdr& h) { h.e_machine = EM_S390; }), HasSubstr("another machine"));
  EXPECT_THAT(fault([](Elf64_Ehdr& h) { h.e_type = ET_EXEC; }), HasSubstr("link it with -shared"));
}

TEST_F(PatchedHeader, ThatPointsOutsideOfTheFileIsRefused) {
  EXPECT_THAT(fault([](Elf64_Ehdr& h) { h.e_phoff = ~std::uint64_t{0}; }), HasSubstr("cut off"));
  EXPECT_THAT(fault([](Elf64_Ehdr& h) { h.e_shoff = ~std::uint64_t{0}; }), HasSubstr("cut off"));
  EXPECT_THAT(fault([](Elf64_Ehdr& h) { h.e_phnum = 0; }), HasSubstr("no dynamic table"));
}

// A file that is still being copied: of every length but its own, it is refused.
TEST(ElfFile, RefusesEveryTruncation) {
  const std::string bytes = bytes_of(built_module("good"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(judge_elf(std::string_view(bytes).substr(0, size)).ok()) << size << " bytes";
  }
}

// The reader's own bounds: no single byte makes it look outside of the file. Sanitizers see to it.
TEST(ElfFile, SurvivesAnyByteOfItsTablesBeingWrong) {
  const std::string good = bytes_of(built_module("good"));
  for (std::size_t at = 0; at < std::min<std::size_t>(good.size(), 4096); ++at) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(~bytes[at]);
    static_cast<void>(judge_elf(bytes).ok());
  }
}

}  // namespace
}  // namespace notifyd::modules
