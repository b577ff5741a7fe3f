#include "module/library.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/file.h"
#include "module/elf_file.h"
#include "module_dir.h"
#include "support/log_lines.h"

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;
using test::built_module;
using test::bytes_of;
using test::LogLines;
using test::ModuleDir;
using test::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string maps() { return bytes_of("/proc/self/maps"); }
// Of modules, in a staging directory.
std::vector<fs::path> copies_in(const std::string& directory) {
  return *list_directory(directory, ".so");
}
bool mapped(const std::string& path) { return maps().find(path) != std::string::npos; }

class Loading : public ::testing::Test {
 protected:
  Loading() {
    options_.staging = *Staging::open(runtime_.path(), Log());
    options_.log = Log(lines_);
  }

  std::string fault_of(const std::string& module) {
    const auto library = Library::load(dir_.add(module), options_);
    return library ? "accepted" : library.error().message;
  }

  TempDir runtime_;
  ModuleDir dir_;
  std::shared_ptr<LogLines> lines_ = std::make_shared<LogLines>();
  LibraryOptions options_;
};

struct Fault {
  const char* module;
  const char* says;
};

class FaultyTable : public Loading, public ::testing::WithParamInterface<Fault> {};

TEST_P(FaultyTable, IsRefusedForExactlyThat) {
  const std::string path = dir_.path(std::string("libnotify_") + GetParam().module + ".so");
  EXPECT_THAT(fault_of(GetParam().module),
              AllOf(StartsWith(path + ": "), HasSubstr(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(
    Library, FaultyTable,
    ::testing::Values(
        Fault{"major", "built for major version 7"},
        Fault{"undefined", "undefined symbol: nobody_defines_this"},
        Fault{"null_create", "its table has no create"},
        Fault{"name",
              "it calls itself \"somebody_else\", so its file must be "
              "libnotify_somebody_else.so"},
        Fault{"kind", "its event_mask has bit 30"}, Fault{"no_kinds", "its event_mask is 0"},
        Fault{"option_twice", "option \"good.token\" is there twice"},
        Fault{"option_name", "option 2 \"Good Token\": is not a name"},
        Fault{"option_type", "option 2 \"good.odd\": has type 99"},
        Fault{"option_fallback", "option 2 \"good.odd\": has a fallback that is none"},
        Fault{"option_section", "option \"good\" is there twice, or is a section of another"}),
    [](const auto& fault) { return std::string(fault.param.module); });

TEST_F(Loading, KeepsTheStagingDirectoryForAsLongAsCodeIsMapped) {
  options_.keep_mapped = false;
  auto library = *Library::load(dir_.add("good"), options_);
  const std::string directory = options_.staging->directory();
  options_.staging = nullptr;
  const auto another_start = Staging::open(runtime_.path(), Log());
  EXPECT_TRUE(fs::exists(directory)) << "swept while its module is mapped";
  library = nullptr;
  EXPECT_FALSE(fs::exists(directory));
}

TEST_F(Loading, GivesWhatTheModuleSaysOfItself) {
  const auto library = Library::load(dir_.add("good"), options_);
  ASSERT_TRUE(library.ok()) << library.error().message;
  EXPECT_EQ((*library)->info().name, "good");
  EXPECT_EQ((*library)->info().version, "1.2");
  EXPECT_EQ((*library)->info().options.size(), 3U);
  EXPECT_NE((*library)->table().create, nullptr);
  EXPECT_EQ((*library)->hash().size(), 64U);
}

TEST_F(Loading, OfAModuleWithANewerHeaderWorksWhenItNeedsNothingOfIt) {
  const auto library = Library::load(dir_.add("newer"), options_);
  ASSERT_TRUE(library.ok()) << library.error().message;
  EXPECT_EQ((*library)->info().needs_minor, 0U);
  EXPECT_GT((*library)->table().size, sizeof(notify_module));
  EXPECT_EQ((*library)->info().options.at(0).name, "newer.token");
}

TEST_F(Loading, MapsAPrivateCopyAndNeverTheOperatorsFile) {
  const std::string path = dir_.add("good");
  const auto library = Library::load(path, options_);
  ASSERT_TRUE(library.ok());
  EXPECT_TRUE(mapped(options_.staging->directory() + "/good.1."));
  EXPECT_FALSE(mapped(path));
}

TEST_F(Loading, FromMemoryWorksWithOneNameAndOtherContents) {
  options_.keep_mapped = false;
  options_.staging = *Staging::in_memory();
  const auto good = Library::load(dir_.add("good"), options_);
  ASSERT_TRUE(good.ok()) << good.error().message;
  EXPECT_TRUE(mapped("memfd:good.1."));
  // The same name, and what may be the same descriptor as soon as the first has gone.
  for (std::size_t i = 0; i < 3; ++i) {
    const auto other = Library::load(
        dir_.add_bytes("good", bytes_of(built_module("good")) + std::string(i, 'x')), options_);
    ASSERT_TRUE(other.ok()) << other.error().message;
    EXPECT_NE((*other)->table().create, (*good)->table().create);
  }
  EXPECT_FALSE(mapped(runtime_.path()));
  EXPECT_TRUE(fs::is_empty(runtime_.path()));
}

TEST_F(Loading, SurvivesTheFileBeingOverwritten) {
  const std::string path = dir_.add("good");
  const auto library = Library::load(path, options_);
  ASSERT_TRUE(library.ok());
  std::ofstream(path, std::ios::trunc) << "";
  notify_instance* instance = nullptr;
  EXPECT_EQ((*library)->table().create(nullptr, &instance), NOTIFY_OK);
}

TEST_F(Loading, TwiceGivesTwoCopiesWithTheirOwnState) {
  const std::string path = dir_.add("good");
  const auto one = Library::load(path, options_);
  const auto two = Library::load(path, options_);
  ASSERT_TRUE(one.ok() && two.ok());
  notify_instance* first = nullptr;
  notify_instance* second = nullptr;
  (*one)->table().create(nullptr, &first);
  (*two)->table().create(nullptr, &second);
  EXPECT_NE(first, second);
}

TEST_F(Loading, EndsWithTheLastReference) {
  options_.keep_mapped = false;
  auto library = Library::load(dir_.add("good"), options_);
  ASSERT_TRUE(library.ok());
  const std::string directory = options_.staging->directory();
  *library = nullptr;
  EXPECT_FALSE(mapped(directory));
  EXPECT_THAT(copies_in(directory), IsEmpty());
  EXPECT_THAT(lines_->all(), IsEmpty());
}

TEST_F(Loading, SaysWhenAModuleStaysMappedAfterAll) {
  options_.keep_mapped = false;
  auto library = Library::load(dir_.add("good"), options_);
  ASSERT_TRUE(library.ok());
  const auto copy = copies_in(options_.staging->directory()).at(0);
  void* const forgotten = dlopen(copy.c_str(), RTLD_LAZY);
  ASSERT_NE(forgotten, nullptr);
  *library = nullptr;
  EXPECT_THAT(lines_->starting("WARN module was unloaded but stays mapped"), ::testing::SizeIs(1));
  dlclose(forgotten);
}

TEST_F(Loading, CanKeepItsCodeForSanitizers) {
  options_.keep_mapped = true;
  auto library = Library::load(dir_.add("good"), options_);
  ASSERT_TRUE(library.ok());
  *library = nullptr;
  EXPECT_TRUE(mapped(options_.staging->directory()));
  EXPECT_THAT(lines_->all(), IsEmpty());
}

// Whatever a cut-off file holds, it is refused or it works; it never ends the process. Without its
// section table a file can be cut anywhere behind its last segment.
TEST_F(Loading, OfAnyTruncationIsRefusedOrWorks) {
  std::string bytes = bytes_of(built_module("good"));
  std::fill_n(bytes.begin() + 40, 8, '\0');  // e_shoff
  std::size_t works = 0;
  // Judging is quick, loading is not: every length is judged, a few of the good ones are loaded.
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    if (!judge_elf(std::string_view(bytes).substr(0, size)).ok()) continue;
    if (++works > 8 && works % 97 != 0) continue;
    const auto library = Library::load(dir_.add_bytes("good", bytes.substr(0, size)), options_);
    ASSERT_TRUE(library.ok()) << size << " bytes: " << library.error().message;
  }
  EXPECT_GT(works, 0U);
}

TEST_F(Loading, TheExampleWorks) {
  const auto library = Library::load(dir_.add_bytes("example", bytes_of(EXAMPLE_MODULE)), options_);
  ASSERT_TRUE(library.ok()) << library.error().message;
  EXPECT_EQ((*library)->info().name, "example");
}

TEST_F(Loading, AHundredTimesLeavesNothingBehind) {
  options_.keep_mapped = false;
  const std::string path = dir_.add("good");
  const auto mappings = [] {
    const std::string text = maps();
    return std::count(text.begin(), text.end(), '\n');
  };
  ASSERT_TRUE(Library::load(path, options_).ok());
  const auto before = mappings();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Library::load(path, options_).ok());
  EXPECT_LE(mappings(), before + 8) << "the allocator may map a little, a module each time may not";
  EXPECT_THAT(copies_in(options_.staging->directory()), IsEmpty());
}

TEST_F(Loading, ADirectoryIsListedWithReasons) {
  dir_.add("good");
  dir_.add("magic");
  std::ofstream(dir_.path("README")) << "not a module";
  const auto listed = list_modules(dir_.path(), options_);
  ASSERT_TRUE(listed.ok()) << listed.error().message;
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ((*listed)[0].file, "libnotify_good.so");
  EXPECT_EQ((*listed)[0].info->name, "good");
  EXPECT_EQ((*listed)[1].file, "libnotify_magic.so");
  EXPECT_THAT((*listed)[1].info.error().message, HasSubstr("NOTIFY_MAGIC"));
}

TEST_F(Loading, AMissingDirectoryIsNamed) {
  const auto listed = list_modules(dir_.path("nowhere"), options_);
  ASSERT_FALSE(listed.ok());
  EXPECT_EQ(listed.error().code, Errc::kNotFound);
  EXPECT_THAT(listed.error().message, HasSubstr("nowhere"));
}

}  // namespace
}  // namespace notifyd::modules
