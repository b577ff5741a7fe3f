// Modules that were built long ago, or in another language, on the host as it is now: loaded, asked
// and unloaded by the daemon's own code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>

#include "unit/module/module_dir.h"
#include "unit/module/scripted_module.h"

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OnTheHost : public ::testing::Test {
 protected:
  // A copy, as an operator would install it.
  void install(const std::string& file) {
    const std::string name =
        fs::path(file).stem().string().substr(std::string("libnotify_").size());
    path_ = dir_.add_bytes(name, test::bytes_of(file));
    LibraryOptions options;
    options.staging = *Staging::open(runtime_.path(), Log());
    options.keep_mapped = false;
    staged_ = options.staging->directory();
    auto library = Library::load(path_, options);
    ASSERT_TRUE(library.ok()) << library.error().message;
    library_ = *library;
  }
  void start() {
    InstanceOptions options;
    options.name = "old";
    options.library = library_;
    options.settings.file = "old.toml";
    for (const config::Option& option : library_->info().options) {
      if (option.fallback) options.settings.entries[option.name].values = {*option.fallback};
    }
    options.quarantine = quarantine_;
    config::Faults faults;
    instance_ = Instance::start(std::move(options), engine_, http_, Log(lines_), faults);
    ASSERT_NE(instance_, nullptr) << faults.lines().at(0);
  }
  // Every HTTP request is met with 200.
  Answer wait_for(notify::Task<Answer> task) {
    std::optional<Answer> answer;
    notify::Scope scope;
    scope.run(keep(std::move(task), &answer));
    EXPECT_TRUE(test::wait_until([&] {
      net::HttpResponse good;
      good.outcome = net::HttpResponse::Outcome::kAnswered;
      good.status = 200;
      if (http_.end(answered_ + 1, good)) ++answered_;
      engine_.run();
      return answer.has_value();
    }));
    return answer.value_or(Answer{});
  }
  static notify::Task<void> keep(notify::Task<Answer> task, std::optional<Answer>* out) {
    *out = co_await task;
  }
  Event announcement(const std::string& receipt = "") const {
    auto request = std::make_shared<model::AccessRequest>();
    request->id = "r-1";
    request->user = "alice";
    request->roles = {"editor"};
    Event e;
    e.recipient = recipient_;
    e.receipt = receipt;
    e.key = "old/r-1";
    e.request = std::move(request);
    e.cluster = std::make_shared<const model::Cluster>();
    return e;
  }
  void end() {
    instance_ = nullptr;
    library_ = nullptr;
  }
  bool mapped() const {
    return test::bytes_of("/proc/self/maps").find(staged_) != std::string::npos;
  }

  test::ModuleDir dir_;
  test::TempDir runtime_;
  std::string path_, staged_;
  std::shared_ptr<Quarantine> quarantine_ = std::make_shared<Quarantine>();
  std::shared_ptr<test::LogLines> lines_ = std::make_shared<test::LogLines>();
  test::FakeEngine engine_;
  test::FakeHttp http_;
  std::uint64_t answered_ = 0;
  std::shared_ptr<Library> library_;
  std::unique_ptr<Instance> instance_;
  model::Recipient recipient_;
};

// ---- In Rust ----

TEST_F(OnTheHost, AModuleInRustIsAModule) {
  const std::string file = test::built_module("rust");
  if (!fs::exists(file)) GTEST_SKIP() << "rustc is not installed, so the module was not built";
  install(file);
  start();
  const Answer routed = wait_for(instance_->route(announcement()));
  ASSERT_EQ(routed.recipients.size(), 1U);
  recipient_ = routed.recipients.front();
  EXPECT_EQ(recipient_.label, "the server that looks");
  const Answer first = wait_for(instance_->deliver(announcement()));
  EXPECT_EQ(first.rc, notify_rc{NOTIFY_OK});
  EXPECT_EQ(first.receipt, "1");
  const Answer second = wait_for(instance_->deliver(announcement(first.receipt)));
  EXPECT_EQ(second.receipt, "2");
  EXPECT_EQ(http_.requests().at(0).url, "http://127.0.0.1/");
  EXPECT_TRUE(mapped());
  end();
  EXPECT_FALSE(mapped()) << "it stays mapped after it was unloaded";
}

// ---- Of each release ----

class Stored : public OnTheHost, public ::testing::WithParamInterface<std::string> {};

TEST_P(Stored, IsLoadedAskedAndUnloaded) {
  install(GetParam());
  start();
  const Answer routed = wait_for(instance_->route(announcement()));
  ASSERT_EQ(routed.recipients.size(), 1U);
  recipient_ = routed.recipients.front();
  const Answer answer = wait_for(instance_->deliver(announcement()));
  EXPECT_EQ(answer.rc, notify_rc{NOTIFY_OK}) << answer.detail;
  end();
  EXPECT_FALSE(mapped());
  EXPECT_THAT(lines_->all(), ::testing::Each(::testing::Not(HasSubstr("contract"))));
}

TEST_P(Stored, ConformsAsItDid) {
  const std::string command = std::string(MODCHECK) + " " + GetParam();
  EXPECT_EQ(std::system(command.c_str()), 0);
}

std::vector<std::string> stored_modules() {
  std::vector<std::string> files;
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(STORED_MODULES, none)) {
    if (entry.path().extension() == ".so") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// On another machine than the kept ones are for.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Stored);
INSTANTIATE_TEST_SUITE_P(Abi, Stored, ::testing::ValuesIn(stored_modules()),
                         [](const auto& module) {
                           const fs::path file(module.param);
                           std::string name =
                               file.parent_path().filename().string() + "_" + file.stem().string();
                           for (char& c : name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace notifyd::modules
