#include "module/extensions.h"

#include <gtest/gtest.h>

#include <array>

#include "module_dir.h"
#include "scripted_module.h"

namespace notifyd::modules {
namespace {

using test::InstanceTest;

const int kDraft = 0;
const int kFirst = 1;
constexpr std::array kOffered{Extension{"notify.review/0", &kDraft},
                              Extension{"notify.review/1", &kFirst}};

TEST(Extensions, AreFoundByIdAndRevision) {
  EXPECT_EQ(find_extension(kOffered, "notify.review/0"), &kDraft);
  EXPECT_EQ(find_extension(kOffered, "notify.review/1"), &kFirst);
}

TEST(Extensions, OfAnotherRevisionOrNameAreNotThere) {
  for (const char* id : {"notify.review/2", "notify.review", "notify.review/", "review/1", ""}) {
    EXPECT_EQ(find_extension(kOffered, id), nullptr) << id;
  }
  EXPECT_EQ(find_extension(kOffered, nullptr), nullptr);
}

TEST(Extensions, OfTheDaemonHaveARevisionEachAndNoIdTwice) {
  for (const Extension& offered : offered_extensions()) {
    EXPECT_NE(offered.id.find('/'), std::string_view::npos) << offered.id;
    EXPECT_EQ(find_extension(offered_extensions(), std::string(offered.id).c_str()), offered.table);
  }
}

TEST_F(InstanceTest, AsksForAnExtensionAndIsToldThatThereIsNone) {
  const void* found = this;
  const void* found_nothing = this;
  script_.create = [&] {
    found = script_.host->extension(script_.host, "org.example.nobody_has_this/1");
    found_nothing = script_.host->extension(script_.host, nullptr);
    return notify_rc{NOTIFY_OK};
  };
  start();
  EXPECT_EQ(found, nullptr);
  EXPECT_EQ(found_nothing, nullptr);
}

// libnotify_extends.so asks in its constructor too, through module.hpp.
TEST_F(InstanceTest, OfAModuleWithAnExtensionStartsAndTheHostFindsIt) {
  test::TempDir runtime;
  test::ModuleDir dir;
  LibraryOptions loading;
  loading.staging = *Staging::open(runtime.path(), Log());
  auto library = Library::load(dir.add("extends"), loading);
  ASSERT_TRUE(library.ok()) << library.error().message;
  EXPECT_EQ(*static_cast<const int*>((*library)->extension("org.example.answer/1")), 42);
  EXPECT_EQ((*library)->extension("org.example.answer/2"), nullptr);
  InstanceOptions options;
  options.name = "chat";
  options.library = *library;
  options.settings = settings_;
  options.quarantine = quarantine_;
  EXPECT_TRUE(Instance::start(std::move(options), engine_, http_, Log(lines_), faults_));
}

TEST(Library, WithoutAnExtensionEntryHasNone) {
  EXPECT_EQ(Library::in_process(test::scripted_table())->extension("org.example.answer/1"),
            nullptr);
}

}  // namespace
}  // namespace notifyd::modules
