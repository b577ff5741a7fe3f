#include "config/faults.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace notifyd::config {

void Faults::add(const Position& at, const std::string& what, FoundIn found) {
  add(invalid(at.str() + ": " + what), at, found);
}

// Two notifiers may have the same fault, such as a module that cannot be loaded.
void Faults::add(const Error& error, const Position& at, FoundIn found) {
  const auto same = [&](const Fault& known) { return known.message == error.message; };
  if (std::ranges::none_of(faults_, same)) faults_.push_back({at, error.message, found});
}

void Faults::add(const Faults& others) {
  for (const Fault& fault : others.faults_) add(invalid(fault.message), fault.at, fault.found);
}

bool Faults::has(FoundIn where) const {
  return std::ranges::any_of(faults_, [&](const Fault& fault) { return fault.found == where; });
}

std::vector<std::string> Faults::lines() const {
  std::vector<const Fault*> sorted;
  sorted.reserve(faults_.size());
  for (const Fault& fault : faults_) sorted.push_back(&fault);
  std::ranges::stable_sort(sorted, {}, [this](const Fault* fault) {
    const Position& at = fault->at;
    return std::tuple(fault->found, at.file != file_, at.file, at.line, at.column);
  });
  std::vector<std::string> lines;
  lines.reserve(sorted.size());
  for (const Fault* fault : sorted) lines.push_back(fault->message);
  return lines;
}

std::string Faults::count() const {
  return faults_.size() == 1 ? "1 thing to mend"
                             : std::to_string(faults_.size()) + " things to mend";
}

}  // namespace notifyd::config
