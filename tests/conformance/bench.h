// What most cases need: the module in this process, a host that works, an instance, and a look at
// what it answers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "child.h"
#include "events.h"
#include "fake_host.h"
#include "instance.h"
#include "subject.h"
#include "verdict.h"

namespace conformance {

// How long a module may take, in the fake host's time, for what it was asked.
inline constexpr std::uint64_t kPatienceMs = 15 * 60'000;

struct BenchOptions {
  Shape shape = kShapeNow;
  Guard host = Guard::kNone, structs = Guard::kNone, texts = Guard::kNone;
};

class Bench {
 public:
  // Loads the module; nothing of it has run but its constructors.
  explicit Bench(const Target& target, const BenchOptions& options = {});

  // With a host whose far side is obliging.
  Instance& start();
  void destroy();
  // Of an instance that runs on this bench; create() must have succeeded.
  Instance& instance() { return *instance_; }

  const notify_module& table() const { return code_.table(); }
  const notifyd::modules::LibraryInfo& info() const { return info_; }
  Code& code() { return code_; }
  FakeHost& host() { return *host_; }

  // Kinds that it wants and this kit can tell.
  std::vector<std::uint32_t> kinds() const;
  // An event for a recipient of its own naming, with a full request.
  EventData event(std::uint32_t kind);

  enum class Entry { kRoute, kDeliver, kFind, kCheck };
  // Asks, and lets time go by until there is an answer. Throws Failed where none comes.
  Answered ask(Entry entry, const EventData& data);
  // Without waiting. The event lives as long as the bench.
  notify_ticket begin(Entry entry, const EventData& data);
  // Waits for it. Throws Failed.
  Answered answer(notify_ticket ticket, const std::string& to);
  bool wait(notify_ticket ticket, std::uint64_t ms = kPatienceMs);

  // route, and deliver of each kind: what a module does all day.
  void use();

  static std::string name(Entry entry, std::uint32_t kind);
  Event& event_of(notify_ticket ticket) { return *events_.at(ticket); }

 private:
  const notify_host* placed_table();

  const BenchOptions options_;
  Memory host_memory_;
  Code code_;
  const notifyd::modules::LibraryInfo info_;
  std::unique_ptr<FakeHost> host_;
  std::map<notify_ticket, std::unique_ptr<Event>> events_;
  std::unique_ptr<Instance> instance_;
  std::string recipient_, fallback_;  // that it named
};

// The module as it is left when an instance has lived and ended.
std::unique_ptr<Bench> used_up(const Target& target);

// Of a module with a thread that stays, to unmap the code is to end the process, and of one that
// pins itself it is nothing: those have cases of their own. Throws Skipped.
void skip_unless_it_can_go(const Target& target);

// A class that abi.h has and that a module may answer with.
void require_class(const Answered& answered, const std::string& to);

}  // namespace conformance
