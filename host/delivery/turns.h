// Turns: who waits for the gate, by recipient. What the gate lets through are single probes, and the
// recipients take turns at them: one that always fails would otherwise use up all of them with its
// many requests, and nobody would find out that the others work again.
//
// [engine thread]
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace notifyd::delivery {

class Turns {
 public:
  // False: that request waits no more; its turn goes to the next in its line.
  using Wake = std::function<bool(const std::string& recipient, const std::string& request)>;

  void wait(const std::string& recipient, const std::string& request) {
    lines_[recipient].push_back(request);
  }

  // Wakes at most `most` requests, each for another recipient and none for two: it would take the
  // probe for whichever it comes to first. Who is woken first is another recipient each time, since
  // the first to come is the probe.
  void some(std::size_t most, const Wake& wake);
  void all(const Wake& wake);

  bool empty() const { return lines_.empty(); }

 private:
  using Lines = std::map<std::string, std::deque<std::string>>;

  bool wake_one(Lines::iterator line, const Wake& wake, std::set<std::string>& woken);

  Lines lines_;  // none of them is empty
  std::string last_;
};

}  // namespace notifyd::delivery
