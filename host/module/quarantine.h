// Quarantine: modules that did not come back from a call when their instance had to go. A thread
// cannot be killed and its code must not be unmapped under it, so both stay, for the life of the
// process if need be. A leak is cheaper than a jump into unmapped memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "module/guest.h"

namespace notifyd::modules {

// [engine] Its destructor waits for every guest. A process that must end leaves with _Exit while
// size() is not 0.
class Quarantine {
 public:
  Quarantine() = default;
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;

  void keep(std::unique_ptr<Guest> guest) { guests_.push_back(std::move(guest)); }

  // Of the instances whose modules they are.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& guest : guests_) {
      if (!guest->ended()) names.push_back(guest->name());
    }
    return names;
  }

  // Those still stuck. One that came back and ended after all is let go.
  std::size_t size() {
    std::erase_if(guests_, [](const auto& guest) { return guest->ended(); });
    return guests_.size();
  }

 private:
  std::vector<std::unique_ptr<Guest>> guests_;
};

}  // namespace notifyd::modules
