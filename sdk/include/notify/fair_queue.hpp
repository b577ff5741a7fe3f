// notify/fair_queue.hpp - who waits, and who goes next so that nobody's crowd holds up anybody
// else. For whatever has more to do than it may do at once: a far side's limit, say. Header only;
// no clock, no threads, no state but its own.
//
// Those who wait stand in lines, one for each thing that they wait for (a channel). The best rank
// goes first; among equals whoever's requester had a turn longest ago; and what one requester has
// waiting goes in the order in which it came. A requester with ten thousand waiting is therefore
// one turn ahead of a new one at most.
//
// next(line) looks at the turns that were had in this line, and before joining it, next() at the
// turns that were had in any. What was had without waiting counts too: see served().
//
// Every operation costs O(log n), but for set_line() where it changes anything: that costs
// O(log n) for each requester in the line.
#ifndef NOTIFY_FAIR_QUEUE_HPP
#define NOTIFY_FAIR_QUEUE_HPP

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace notify {

// Rank: ordered, the best is the least.
template <class Rank, class Item>
class FairQueue {
 public:
  FairQueue() = default;
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  // Gives its number, by which it is taken out again. Numbers rise and are never 0.
  std::uint64_t add(std::string_view line_name, Rank rank, std::string_view requester, Item item) {
    Line& line = find_or_make(lines_, line_name);
    Requester& who = find_or_make(requesters_, requester);
    const std::uint64_t number = ++last_;
    if (who.waiting++ == 0) {
      idle_.erase(who.turn.first);
      who.turn.second = number;
    }
    Queue*& queue = who.in[{&line, rank}];
    if (queue == nullptr) {
      queue = &line.queues[{rank, who.turn}];
      *queue = {&line, &who, rank, who.turn, {number}};
      if (line.open) show(*queue);
    } else {
      queue->numbers.insert(number);
    }
    ++line.waiting;
    waiting_.emplace(number, Waiter{queue, std::move(item)});
    return number;
  }

  // Out of its line. Nothing: it stands in none.
  std::optional<Item> remove(std::uint64_t number) {
    auto taken = waiting_.extract(number);
    if (!taken) return std::nullopt;
    Queue& queue = *taken.mapped().queue;
    Line& line = *queue.line;
    Requester& who = *queue.who;
    if (line.open) hide(queue);
    queue.numbers.erase(number);
    if (queue.numbers.empty()) {
      who.in.erase({&line, queue.rank});
      line.queues.erase({queue.rank, queue.turn});
    } else if (line.open) {
      show(queue);
    }
    if (--line.waiting == 0) lines_.erase(lines_.find(line.name));
    if (--who.waiting == 0) remember(who);
    return std::move(taken.mapped().item);
  }

  // Out of its line, since its turn has come.
  std::optional<Item> serve(std::uint64_t number) {
    const auto waiter = waiting_.find(number);
    if (waiter == waiting_.end()) return std::nullopt;
    Queue& queue = *waiter->second.queue;
    had_turn(*queue.who);
    auto node = queue.line->queues.extract({queue.rank, queue.turn});
    node.key().second = queue.turn = queue.who->turn;
    queue.line->queues.insert(std::move(node));
    return remove(number);
  }

  // This requester had a turn without waiting for it.
  void served(std::string_view requester) {
    Requester& who = find_or_make(requesters_, requester);
    had_turn(who);
    if (who.waiting == 0) remember(who);
  }

  // ---- Who is next; 0: nobody ----
  std::uint64_t next(std::string_view line) const {
    const auto found = lines_.find(line);
    if (found == lines_.end()) return 0;
    return *found->second.queues.begin()->second.numbers.begin();
  }
  // In all lines that are open.
  std::uint64_t next() const {
    if (groups_.empty()) return 0;
    const auto& [rank, behind, turn, who] = *groups_.begin();
    return who->heads.at({rank, behind}).begin()->first;
  }

  // A line that is not open is passed over by next(). Of open ones with equal ranks, those with the
  // least `behind` go first, whoever waits in them. Holds until nobody waits in it.
  void set_line(std::string_view name, bool open, std::uint64_t behind = 0) {
    const auto found = lines_.find(name);
    if (found == lines_.end()) return;
    Line& line = found->second;
    if (line.open == open && line.behind == behind) return;
    if (line.open) {
      for (auto& [key, queue] : line.queues) hide(queue);
    }
    line.open = open;
    line.behind = behind;
    if (!open) return;
    for (auto& [key, queue] : line.queues) show(queue);
  }

  // ---- Who waits ----
  std::size_t size() const { return waiting_.size(); }
  bool empty() const { return waiting_.empty(); }
  std::size_t waiting_in(std::string_view line) const {
    const auto found = lines_.find(line);
    return found == lines_.end() ? 0 : found->second.waiting;
  }
  const std::string& line_of(std::uint64_t number) const {  // of who waits
    return waiting_.at(number).queue->line->name;
  }
  template <class Function>
  void for_each_line(Function f) const {  // f(const std::string&) may call set_line() alone
    for (const auto& [name, line] : lines_) f(name);
  }

  // How many requesters are remembered that had a turn and wait for nothing. Of others it is as if
  // they never had one.
  static constexpr std::size_t kRemembered = 1024;

 private:
  // When it had its last turn (0: never), and since when it waits, which tells those apart.
  using Turn = std::pair<std::uint64_t, std::uint64_t>;
  struct Line;
  struct Requester;
  // What one requester has waiting in one line with one rank.
  struct Queue {
    Line* line = nullptr;
    Requester* who = nullptr;
    Rank rank{};
    Turn turn;  // the last one in this line
    std::set<std::uint64_t> numbers;
  };
  struct Line {
    std::string name;
    std::map<std::pair<Rank, Turn>, Queue> queues;  // none of them is empty
    std::size_t waiting = 0;
    bool open = true;
    std::uint64_t behind = 0;
  };
  using Level = std::pair<Rank, std::uint64_t>;  // rank, and how far behind the line is
  struct Requester {
    std::string name;
    Turn turn;
    std::size_t waiting = 0;
    std::map<std::pair<Line*, Rank>, Queue*> in;
    // The first of each of its queues in a line that is open.
    std::map<Level, std::set<std::pair<std::uint64_t, Queue*>>> heads;
  };
  using Group = std::tuple<Rank, std::uint64_t, Turn, Requester*>;  // one for each level
  struct Waiter {
    Queue* queue;
    Item item;
  };

  template <class Map>
  static auto& find_or_make(Map& map, std::string_view name) {
    auto found = map.find(name);
    if (found == map.end()) {
      found = map.try_emplace(std::string(name)).first;
      found->second.name = found->first;
    }
    return found->second;
  }

  static Group group(const Level& level, Requester& who) {
    return {level.first, level.second, who.turn, &who};
  }
  void show(Queue& queue) {
    const Level level{queue.rank, queue.line->behind};
    auto& heads = queue.who->heads[level];
    heads.emplace(*queue.numbers.begin(), &queue);
    if (heads.size() == 1) groups_.insert(group(level, *queue.who));
  }
  void hide(Queue& queue) {
    const Level level{queue.rank, queue.line->behind};
    const auto heads = queue.who->heads.find(level);
    heads->second.erase({*queue.numbers.begin(), &queue});
    if (!heads->second.empty()) return;
    queue.who->heads.erase(heads);
    groups_.erase(group(level, *queue.who));
  }

  void had_turn(Requester& who) {
    for (const auto& [level, heads] : who.heads) groups_.erase(group(level, who));
    idle_.erase(who.turn.first);
    who.turn.first = ++turns_;
    for (const auto& [level, heads] : who.heads) groups_.insert(group(level, who));
  }

  void remember(Requester& who) {
    if (who.turn.first == 0) return forget(who);
    idle_[who.turn.first] = &who;
    if (idle_.size() <= kRemembered) return;
    Requester& longest_ago = *idle_.begin()->second;
    idle_.erase(idle_.begin());
    forget(longest_ago);
  }
  void forget(const Requester& who) { requesters_.erase(requesters_.find(who.name)); }

  std::uint64_t last_ = 0;
  std::uint64_t turns_ = 0;
  std::map<std::string, Line, std::less<>> lines_;  // none of them is empty
  std::map<std::string, Requester, std::less<>> requesters_;
  std::map<std::uint64_t, Requester*> idle_;  // those who wait for nothing, by their last turn
  std::set<Group> groups_;
  std::unordered_map<std::uint64_t, Waiter> waiting_;
};

}  // namespace notify

#endif
