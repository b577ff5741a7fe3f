// FakeAuthSession: the Auth Service's plugin data in memory, with Teleport's compare-and-swap, and
// faults that a test hands in.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "teleport/auth.h"

namespace notifyd::test {

class FakeAuthSession : public teleport::AuthSession {
 public:
  using Fault = std::function<std::optional<Error>(const std::string& what)>;

  std::map<std::string, teleport::PluginEntry> entries;  // by request
  std::set<std::string> unreadable;                      // requests whose record is
  std::vector<std::string> calls;                        // "read 1", "write 1"
  Fault before;                                          // the call fails and did nothing
  Fault after;        // the call fails and did what was asked: its answer is lost
  bool hold = false;  // writes are done at once and answered by release()

  void release() {
    hold = false;
    for (auto held = std::exchange(held_, {}); auto& answer : held) answer(true);
  }

  notify::Task<Result<teleport::PluginEntry>> read(std::string id, std::string) override {
    calls.push_back("read " + id);
    if (unreadable.contains(id))
      co_return Error{Errc::kDamaged, "the plugin data cannot be decoded"};
    if (auto error = fault(before)) co_return *error;
    co_return entries[id];
  }

  notify::Task<Result<>> write(std::string id, std::string, teleport::PluginEntry set,
                               teleport::PluginEntry expect) override {
    calls.push_back("write " + id);
    if (auto error = fault(before)) co_return *error;
    auto& entry = entries[id];
    for (const auto& [key, value] : expect) {
      const auto it = entry.find(key);
      if ((it == entry.end() ? "" : it->second) != value) {
        co_return Error{Errc::kConflict, "compare failed on " + key};
      }
    }
    for (const auto& [key, value] : set) entry[key] = value;
    std::erase_if(entry, [](const auto& item) { return item.second.empty(); });
    if (auto error = fault(after)) co_return *error;
    if (hold) {
      notify::Reply<bool> answered;
      held_.push_back(answered.to());
      co_await answered;
    }
    co_return Done{};
  }

  notify::Task<Result<model::Cluster>> ping() override {
    co_return model::Cluster{"example", "18.0.0", ""};
  }
  std::unique_ptr<teleport::EventStream> watch() override { return nullptr; }
  notify::Task<Result<teleport::RequestPage>> list(std::string, teleport::AllTold) override {
    co_return teleport::RequestPage{};
  }
  notify::Task<Result<teleport::RecordList>> list_records(std::string,
                                                          teleport::ToldTest) override {
    co_return teleport::RecordList{entries, {}, {}};
  }

 private:
  std::vector<std::function<void(bool)>> held_;

  std::optional<Error> fault(const Fault& f) const { return f ? f(calls.back()) : std::nullopt; }
};

}  // namespace notifyd::test
