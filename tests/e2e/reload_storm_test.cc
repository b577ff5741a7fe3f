// SIGHUP upon SIGHUP while files of conf.d and modules are rewritten at random, rightly and
// wrongly, and requests come in.
//
//   NOTIFYD_STORM_SIGNALS=1000 NOTIFYD_STORM_SEED=7 ./dev test -R ReloadStorm
//
// Every so many signals comes a calm: all files are right, and what runs has to be what they say.

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include "chaos/judge.h"
#include "chaos/random.h"
#include "chaos/shown.h"
#include "daemon/status.h"
#include "module/sha256.h"
#include "ops/control_socket.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

namespace fs = std::filesystem;

using chaos::Finding;
using chaos::Random;
using chaos::Truth;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr int kRooms = 6;
constexpr char kAnother[] = "#another";  // what conf.d/another.toml routes to, where it is there
constexpr char kNever[] = "#never";      // what only files that are wrong route to
constexpr char kAlice[] = "alice@example.com";
constexpr int kSignalsOfASquall = 20;
constexpr seconds kSoon{60};  // also with sanitizers on a busy machine

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* const text = std::getenv(name);
  return text == nullptr ? fallback : std::stoull(text);
}

std::string room(int number) { return "#room-" + std::to_string(number); }

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// ---- The operator ----

// Rewrites one file after another. Each change is made in place, as an editor and `cp` do, unless
// it says otherwise.
class Operator {
 public:
  Operator(const World& world, const TempDir& modules, std::uint64_t seed)
      : world_(world),
        modules_(modules),
        random_(seed, "files"),
        slack_(contents(fs::path(NOTIFYD_MODULES_DIR) / "libnotify_slack.so")),
        example_(contents(fs::path(NOTIFYD_MODULES_DIR) / "libnotify_example.so")) {}

  void change_something() { (this->*random_.pick(changes()))(); }

  // Everything is right: another build of the module, too, which nobody has seen yet.
  void mend(bool another) {
    route_elsewhere();
    no_missing_module();
    another ? start_another() : end_another();
    copy_another_build();
  }

  // The channels that slack.toml has named since the last call, where it was right; the last of
  // them is the one that it names after mend().
  std::vector<std::string> take_rooms() {
    return std::exchange(rooms_, {rooms_.empty() ? std::string() : rooms_.back()});
  }
  const std::string& module_hash() const { return module_hash_; }  // after mend()

 private:
  using Change = void (Operator::*)();

  // Right ones and wrong ones, so many of each that some states are right as a whole.
  static const std::vector<Change>& changes() {
    using O = Operator;
    static const std::vector<Change> kChanges{
        &O::route_elsewhere,    &O::route_elsewhere,    &O::route_elsewhere,
        &O::end_slack,          &O::start_another,      &O::end_another,
        &O::no_missing_module,  &O::no_missing_module,  &O::no_missing_module,
        &O::copy_another_build, &O::copy_another_build, &O::copy_another_build,
        &O::put_another_build,  &O::put_another_build,  &O::broken_toml,
        &O::unknown_key,        &O::missing_module,     &O::truncate_module,
        &O::text_as_module,     &O::another_module,     &O::remove_module};
    return kChanges;
  }

  // ---- Right ----
  void route_elsewhere() {
    rooms_.push_back(room(random_.between(0, kRooms - 1)));
    write("slack", slack_toml(rooms_.back()));
  }
  void end_slack() { fs::remove(world_.path("conf.d/slack.toml")); }
  void start_another() {
    write("another", "module = \"slack\"\n" + slack_toml(kAnother, "notify_requester = false\n"));
  }
  void end_another() { fs::remove(world_.path("conf.d/another.toml")); }
  void no_missing_module() { fs::remove(world_.path("conf.d/missing.toml")); }
  void copy_another_build() { write_module(another_build()); }
  void put_another_build() {  // as `install` and `mv` do
    modules_.write("new", another_build());
    fs::rename(modules_.path("new"), module_file());
  }

  // ---- Wrong ----
  void broken_toml() { write("slack", slack_toml(kNever) + "[slack\n"); }
  void unknown_key() { write("slack", slack_toml(kNever, "tokn = \"x\"\n")); }
  void missing_module() { write("missing", "module = \"missing\"\n" + slack_toml(kNever)); }
  void truncate_module() {
    write_module(slack_.substr(0, slack_.size() / static_cast<std::size_t>(random_.between(2, 9))));
  }
  void text_as_module() { write_module("#!/bin/sh\necho not a module\n"); }
  void another_module() { write_module(example_); }
  void remove_module() { fs::remove(module_file()); }

  std::string module_file() const { return modules_.path("libnotify_slack.so"); }
  void write(const std::string& instance, const std::string& text) const {
    world_.dir().write("conf.d/" + instance + ".toml", text);
  }
  void write_module(const std::string& bytes) {
    modules_.write("libnotify_slack.so", bytes);
    module_hash_ = modules::sha256(bytes);
  }
  // The same code with other contents.
  std::string another_build() { return slack_ + "build " + std::to_string(++builds_); }
  std::string slack_toml(const std::string& channel, const std::string& more = "") const {
    return "[slack]\ntoken = \"" + std::string(World::kToken) + "\"\napi_url = \"" +
           world_.slack.base_url() + "\"\npace = \"obey\"\n" + more +
           "[role_to_recipients]\n\"*\" = \"" + channel + "\"\n";
  }

  const World& world_;
  const TempDir& modules_;
  Random random_;
  const std::string slack_, example_;
  unsigned builds_ = 0;
  std::vector<std::string> rooms_;
  std::string module_hash_;
};

// ---- Requests ----

struct Asked {
  std::string id;
  std::size_t calm;      // how many there had been
  std::string end = {};  // "" while it is pending
};

class ReloadStorm : public ::testing::Test {
 protected:
  ReloadStorm() {
    std::vector<std::string> channels{kAnother, kNever};
    for (int i = 0; i < kRooms; ++i) channels.push_back(room(i));
    for (const std::string& channel : channels) world_.workspace.add_channel(channel.substr(1));
    // Unmapping is part of the question, and copies of so many builds would fill the disk.
    ::unsetenv("NOTIFYD_KEEP_MODULES");
    operator_.mend(false);
    rooms_.push_back({operator_.take_rooms().back()});
    world_.start();
  }
  void TearDown() override {
    if (HasFailure()) std::cerr << "again with NOTIFYD_STORM_SEED=" << seed_ << "\n";
  }

  void squall(std::uint64_t signals) {
    for (; signals > 0; --signals) {
      operator_.change_something();
      ask_and_resolve();
      // Mostly one follows at once; now and then the reload that it causes comes to its end.
      const bool waits = random_.chance(0.3);
      const unsigned before = waits ? reloads() : 0;
      world_.daemon().signal(SIGHUP);
      if (waits) {
        ASSERT_TRUE(wait_until([&] { return reloads() > before; }, kSoon));
      }
    }
  }

  void calm(bool another) {
    operator_.mend(another);
    world_.daemon().signal(SIGHUP);  // it may come while another reload is under way
    ASSERT_TRUE(wait_until([&] { return runs(operator_.module_hash()); }, kSoon));
    const std::string answer = ask("reload");
    const auto reload = daemon::parse_reload(answer);
    ASSERT_TRUE(reload && reload->good) << answer;
    const auto written = operator_.take_rooms();
    rooms_.back().insert(written.begin(), written.end());
    rooms_.push_back({written.back()});
    see_what_runs(another);
  }

  // Each is announced, and where it may be.
  bool all_announced() const { return findings(false).empty(); }
  std::vector<std::string> findings(bool at_the_end) const {
    std::vector<std::string> found;
    const chaos::AllShown all = chaos::shown(world_.workspace);
    for (const Asked& asked : asked_) judge(asked, all, at_the_end, found);
    return found;
  }
  std::string ask(const std::string& what) const {
    const auto answer = ops::ask_daemon(world_.path("run/control.sock"), what, kSoon);
    if (!answer) throw std::runtime_error(what + ": " + answer.error().message);
    return *answer;
  }
  void resolve_most() {
    for (Asked& asked : asked_) {
      if (asked.end.empty() && random_.chance(0.8)) resolve(asked);
    }
  }

  const std::uint64_t seed_ = setting("NOTIFYD_STORM_SEED", std::random_device{}());
  const std::uint64_t signals_ = setting("NOTIFYD_STORM_SIGNALS", 60);
  TempDir modules_;
  World world_{options()};

 private:
  WorldOptions options() const {
    WorldOptions options;
    options.modules_dir = modules_.path();
    return options;
  }
  daemon::Status status() const {
    const auto status = daemon::parse_status(ask("status"));
    if (!status) throw std::runtime_error("no status");
    return *status;
  }
  unsigned reloads() const {
    const auto now = status();
    return now.reload ? now.reload->number : 0;
  }
  bool runs(const std::string& hash) const {
    const auto now = status();
    return std::ranges::any_of(now.instances, [&](const daemon::InstanceStatus& one) {
      return one.name == "slack" && one.hash == hash;
    });
  }

  void ask_and_resolve() {
    asked_.push_back({world_.request(), rooms_.size()});
    // One of those that the last calm found announced.
    for (; next_ < asked_.size() && asked_[next_].calm < rooms_.size(); ++next_) {
      if (random_.chance(0.5)) return resolve(asked_[next_++]);
    }
  }
  void resolve(Asked& asked) {
    const bool approved = random_.chance(0.5);
    world_.resolve(asked.id, approved);
    asked.end = approved ? "APPROVED" : "DENIED";
  }

  // What the files say, and nothing else.
  void see_what_runs(bool another) {
    std::vector<std::string> names;
    for (const daemon::InstanceStatus& one : status().instances) {
      names.push_back(one.name);
      EXPECT_EQ(one.hash, operator_.module_hash()) << one.name;
    }
    EXPECT_THAT(names, ElementsAreArray(another ? std::vector<std::string>{"another", "slack"}
                                                : std::vector<std::string>{"slack"}));
    EXPECT_THAT(status().quarantined, IsEmpty());
    asked_.push_back({world_.request(), rooms_.size()});
    // Those before it have found their way by then, too.
    EXPECT_TRUE(wait_until([&] { return all_announced(); }, kSoon))
        << ::testing::PrintToString(findings(false));
    const std::string& id = asked_.back().id;
    std::set<std::string> expected = rooms_.back();
    if (another) expected.insert(kAnother);
    const auto where = [&] { return told(id, chaos::shown(world_.workspace)); };
    wait_until([&] { return where().size() >= expected.size(); }, kSoon);
    EXPECT_EQ(where(), expected) << id;
  }

  // The channels that show it.
  static std::set<std::string> told(const std::string& id, const chaos::AllShown& all) {
    std::set<std::string> channels;
    for (auto it = all.lower_bound({id, ""}); it != all.end() && it->first.first == id; ++it) {
      if (it->first.second.starts_with('#')) channels.insert(it->first.second);
    }
    return channels;
  }

  void judge(const Asked& asked, const chaos::AllShown& all, bool at_the_end,
             std::vector<std::string>& found) const {
    Truth truth;
    truth.id = asked.id;
    truth.requester = kAlice;
    truth.on_record = true;  // none ends before it is announced
    if (!asked.end.empty()) truth.ends.push_back(asked.end);
    const std::set<std::string>& rooms = rooms_.at(asked.calm - 1);
    bool in_a_room = false;
    for (const std::string& channel : told(asked.id, all)) {
      if (rooms.contains(channel) || channel == kAnother) truth.reviewers.insert(channel);
      in_a_room = in_a_room || rooms.contains(channel);
    }
    if (!in_a_room) found.push_back(asked.id + " is not announced");
    std::vector<Finding> wrong;
    for (auto it = all.lower_bound({asked.id, ""}); it != all.end() && it->first.first == asked.id;
         ++it) {
      const auto& [recipient, shown] = *it;
      const std::string& who = recipient.second;
      if (shown.announcements.size() > 1 || shown.verdicts.size() > 1) {
        found.push_back(asked.id + " is told twice to " + who);
      }
      if (at_the_end) chaos::judge(truth, who, who == kAlice, shown, wrong);
    }
    for (const Finding& one : wrong) {
      found.push_back(one.request + " to " + one.recipient + ": " + one.what);
    }
  }

  Random random_{seed_, "requests"};
  Operator operator_{world_, modules_, seed_};
  std::vector<std::set<std::string>> rooms_;  // where a request may show, by calms before it
  std::vector<Asked> asked_;
  std::size_t next_ = 0;  // of those that may be resolved
};

TEST_F(ReloadStorm, LosesAndDoublesNothingAndLeavesWhatTheFilesSayAtLast) {
  for (std::uint64_t sent = 0; sent < signals_; sent += kSignalsOfASquall) {
    const bool is_last = sent + kSignalsOfASquall >= signals_;
    squall(std::min<std::uint64_t>(kSignalsOfASquall, signals_ - sent));
    if (HasFatalFailure()) return;
    calm(is_last || sent % 2 == 0);
    if (HasFatalFailure()) return;
  }
  resolve_most();
  EXPECT_TRUE(wait_until([&] { return findings(true).empty(); }, kSoon));
  world_.terminate();
  EXPECT_THAT(findings(true), IsEmpty());
  EXPECT_THAT(world_.messages(kNever), IsEmpty());
}

}  // namespace
}  // namespace notifyd::test
