#include "module/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "module/sized.h"

namespace notifyd::modules {
namespace {

using ::testing::HasSubstr;

notify_rc create(const notify_host*, notify_instance**) { return NOTIFY_OK; }
void destroy(notify_instance*) {}
void handle(notify_instance*, notify_ticket, const notify_event*) {}

notify_module good() {
  notify_module table{};
  table.magic = NOTIFY_MAGIC;
  table.abi_major = NOTIFY_ABI_MAJOR;
  table.size = sizeof table;
  table.event_mask = 1U << NOTIFY_REQUEST_PENDING;
  table.name = "chat";
  table.version = "1.2";
  table.create = create;
  table.destroy = destroy;
  table.route = handle;
  table.deliver = handle;
  return table;
}

std::string fault_of(const notify_module& table) {
  const auto info = read_table(table, "chat");
  return info ? "accepted" : info.error().message;
}

TEST(Table, IsCopiedWithItsOptions) {
  const notify_option token{sizeof(notify_option),
                            NOTIFY_TEXT,
                            NOTIFY_REQUIRED | NOTIFY_SECRET,
                            0,
                            "chat.token",
                            nullptr,
                            "the token"};
  const notify_option wait{sizeof(notify_option), NOTIFY_DURATION, 0, 0, "wait", "1m", "how long"};
  const notify_option* const options[] = {&token, &wait, nullptr};
  notify_module table = good();
  table.options = options;
  table.find = handle;
  const auto info = read_table(table, "chat");
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_EQ(info->name, "chat");
  EXPECT_EQ(info->version, "1.2");
  EXPECT_TRUE(info->finds);
  ASSERT_EQ(info->options.size(), 2U);
  EXPECT_EQ(info->options[0].name, "chat.token");
  EXPECT_TRUE(info->options[0].required && info->options[0].secret);
  EXPECT_EQ(info->options[1].type, config::Type::kDuration);
  EXPECT_EQ(info->options[1].fallback, "1m");
}

TEST(Table, MustHaveItsRequiredEntriesAndSaysWhichIsMissing) {
  const auto without = [](auto member) {
    notify_module table = good();
    table.*member = nullptr;
    return fault_of(table);
  };
  EXPECT_THAT(without(&notify_module::name), HasSubstr("no name"));
  EXPECT_THAT(without(&notify_module::version), HasSubstr("no version"));
  EXPECT_THAT(without(&notify_module::create), HasSubstr("no create"));
  EXPECT_THAT(without(&notify_module::destroy), HasSubstr("no destroy"));
  EXPECT_THAT(without(&notify_module::route), HasSubstr("no route"));
  EXPECT_THAT(without(&notify_module::deliver), HasSubstr("no deliver"));
}

TEST(Table, WithTooManyOptionsHasNoEnd) {
  const notify_option option{sizeof(notify_option), NOTIFY_TEXT, 0, 0, "a", nullptr, ""};
  std::vector<const notify_option*> endless(1000, &option);
  notify_module table = good();
  table.options = endless.data();
  EXPECT_THAT(fault_of(table), HasSubstr("must end with NULL"));
}

std::string fault_of_option(const char* name) {
  const notify_option option{sizeof(notify_option), NOTIFY_TEXT, 0, 0, name, nullptr, ""};
  const notify_option* const options[] = {&option, nullptr};
  notify_module table = good();
  table.options = options;
  const auto info = read_table(table, table.name);
  return info ? "none" : info.error().message;
}

TEST(Table, OptionMayBeTakenAsItStands) {
  const notify_option option{
      sizeof(notify_option), NOTIFY_TEXT, NOTIFY_VERBATIM, 0, "chat.body", nullptr, ""};
  const notify_option* const options[] = {&option, nullptr};
  notify_module table = good();
  table.options = options;
  const auto info = read_table(table, table.name);
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_TRUE(info->options.at(0).verbatim);
}

TEST(Table, OptionMayStandInASectionOfASection) {
  EXPECT_EQ(fault_of_option("http.basic_auth.username"), "none");
  for (const char* name : {"a..b", ".a", "a.", "a.B", ""}) {
    EXPECT_THAT(fault_of_option(name), HasSubstr("is not a name")) << name;
  }
}

TEST(Table, OptionCannotTakeAKeyOfTheDaemons) {
  const std::string ca_file = std::string(good().name) + ".ca_file";
  for (const char* name : {"module", "allow_insecure", "sha256", "clusters", ca_file.c_str()}) {
    EXPECT_THAT(fault_of_option(name), HasSubstr("the daemon's own key"));
  }
  EXPECT_EQ(fault_of_option("other.ca_file"), "none");
}

TEST(Table, OfANewerModuleIsCutToWhatThisDaemonKnows) {
  struct Newer {
    notify_module known;
    void (*later)();
  } newer{good(), nullptr};
  newer.known.size = sizeof newer;
  const notify_module ours = in_our_size(&newer.known);
  EXPECT_EQ(ours.deliver, newer.known.deliver);
}

TEST(Table, OfAnOlderModuleHasZeroForWhatItLacks) {
  notify_module older = good();
  older.find = handle;
  older.size = offsetof(notify_module, find);
  EXPECT_EQ(in_our_size(&older).find, nullptr);
  EXPECT_EQ(in_our_size(&older).deliver, older.deliver);
}

}  // namespace
}  // namespace notifyd::modules
