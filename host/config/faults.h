// Faults: all that a person must mend before the daemon can start. Whoever reads a part of the
// configuration adds what is wrong there and goes on, so that nobody is told one thing at a time.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/position.h"

namespace notifyd::config {

// What the text alone tells is said first: it is wrong on every machine, and to mend it may change
// which files, users and modules are looked for.
enum class FoundIn { kText, kMachine };

struct Fault {
  Position at;          // decides the order; line 0 is the file as a whole
  std::string message;  // one line, no secrets: "file:line:column: what; what to write"
  FoundIn found = FoundIn::kText;
};

// A value: one thread at a time.
class Faults {
 public:
  Faults() = default;
  // What stands in `file` is said before what stands in others; those come by name.
  explicit Faults(std::string file) : file_(std::move(file)) {}

  void add(const Position& at, const std::string& what, FoundIn found = FoundIn::kText);
  // An error that says by itself where it is.
  void add(const Error& error, const Position& at, FoundIn found = FoundIn::kText);

  void add(const Faults& others);

  bool empty() const { return faults_.empty(); }
  bool has(FoundIn where) const;  // any that was found there
  std::size_t size() const { return faults_.size(); }

  // The messages in the order in which they are to be said.
  std::vector<std::string> lines() const;
  std::string count() const;  // "3 things to mend"

 private:
  std::string file_;
  std::vector<Fault> faults_;
};

}  // namespace notifyd::config
