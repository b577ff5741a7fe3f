#include "module/module_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/log_lines.h"
#include "support/temp_dir.h"

namespace notifyd::modules {
namespace {

using config::Option;
using config::Settings;
using config::Type;
using ::testing::HasSubstr;

Settings::Entry values(std::vector<std::string> all) {
  Settings::Entry entry;
  entry.values = std::move(all);
  return entry;
}

class Config : public ::testing::Test {
 protected:
  Config() {
    add("chat.token", Type::kText, true);
    add("chat.name", Type::kText);
    add("unset", Type::kText);
    add("people", Type::kList);
    add("routes", Type::kTable);
    settings_.entries["chat.name"] = values({"ops"});
    settings_.entries["people"] = values({"alice", "bob"});
    settings_.entries["routes"].table = {{"*", {"C1", "C2"}}, {"dev", {}}};
    settings_.entries["chat.token"] = values({"secret-token"});
    settings_.entries["chat.token"].secret = true;
  }

  void add(const char* name, Type type, bool secret = false) {
    Option option;
    option.name = name;
    option.type = type;
    option.secret = secret;
    options_.push_back(option);
  }
  ModuleConfig& config() {
    if (!config_) config_ = std::make_unique<ModuleConfig>(settings_, options_, Log(lines_));
    return *config_;
  }
  std::string get(const char* option, std::size_t index = 0) {
    notify_str out{};
    last_ = config().get(option, index, &out);
    return last_ == NOTIFY_OK ? std::string(out.ptr, out.len) : "";
  }

  Settings settings_;
  std::vector<Option> options_;
  std::shared_ptr<test::LogLines> lines_ = std::make_shared<test::LogLines>();
  std::unique_ptr<ModuleConfig> config_;
  notify_rc last_ = NOTIFY_OK;
};

TEST_F(Config, GivesScalarsAtIndexZeroOnly) {
  EXPECT_EQ(get("chat.name"), "ops");
  get("chat.name", 1);
  EXPECT_EQ(last_, notify_rc{NOTIFY_DROP});
}

TEST_F(Config, GivesListsUntilTheyEnd) {
  EXPECT_EQ(get("people", 0), "alice");
  EXPECT_EQ(get("people", 1), "bob");
  get("people", 2);
  EXPECT_EQ(last_, notify_rc{NOTIFY_DROP});
}

TEST_F(Config, SaysThatNothingIsSet) {
  get("unset");
  EXPECT_EQ(last_, notify_rc{NOTIFY_DROP});
}

TEST_F(Config, RefusesOptionsThatTheTableDoesNotHave) {
  get("chat.tokn");
  EXPECT_EQ(last_, notify_rc{NOTIFY_MISUSE});
  EXPECT_THAT(lines_->all().at(0), HasSubstr("option=chat.tokn"));
  get("routes");
  EXPECT_EQ(last_, notify_rc{NOTIFY_MISUSE}) << "a table is read with config_entry";
}

TEST_F(Config, GivesTablesEntryByEntry) {
  notify_str key{};
  notify_str value{};
  EXPECT_EQ(config().get_entry("routes", 0, 1, &key, &value), notify_rc{NOTIFY_OK});
  EXPECT_STREQ(key.ptr, "*");
  EXPECT_STREQ(value.ptr, "C2");
  EXPECT_EQ(config().get_entry("routes", 0, 2, &key, &value), notify_rc{NOTIFY_DROP});
  EXPECT_EQ(config().get_entry("routes", 1, 0, &key, &value), notify_rc{NOTIFY_OK_SKIPPED});
  EXPECT_STREQ(key.ptr, "dev");
  EXPECT_EQ(config().get_entry("routes", 2, 0, &key, &value), notify_rc{NOTIFY_DROP});
  EXPECT_EQ(config().get_entry("people", 0, 0, &key, &value), notify_rc{NOTIFY_MISUSE});
}

TEST_F(Config, ReadsASecretsFileAtEachCall) {
  test::TempDir dir;
  settings_.entries["chat.token"].values = {dir.write("token", "first-token\n")};
  EXPECT_EQ(get("chat.token"), "first-token");
  dir.write("token", "second-token\n");
  EXPECT_EQ(get("chat.token"), "second-token");
}

TEST_F(Config, AnUnreadableSecretIsToBeAskedForAgain) {
  settings_.entries["chat.token"].values = {"/nowhere/token"};
  get("chat.token");
  EXPECT_EQ(last_, notify_rc{NOTIFY_RETRY});
  EXPECT_THAT(lines_->all().at(0), HasSubstr("/nowhere/token"));
}

TEST_F(Config, RedactsTheSecretsItGave) {
  EXPECT_EQ(config().redact("Bearer secret-token!"), "Bearer secret-token!");
  get("chat.token");
  EXPECT_EQ(config().redact("Bearer secret-token!"), "Bearer [chat.token]!");
}

TEST_F(Config, GivesNoSecretOnceItIsWiped) {
  EXPECT_EQ(get("chat.token"), "secret-token");
  config().wipe();
  get("chat.token");
  EXPECT_EQ(last_, notify_rc{NOTIFY_DROP});
  EXPECT_EQ(get("chat.name"), "ops");
}

}  // namespace
}  // namespace notifyd::modules
