// A case in a process of its own: whatever the module does in it ends there, and has a name.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "verdict.h"

namespace conformance {

// Runs `work` in a child of this process, which must have one thread. A child that dies, exits or
// takes longer is a failure that says what the module was doing.
Verdict run_in_child(const std::function<Verdict()>& work, std::chrono::milliseconds limit);

// In the child: what is being done, for when it dies of it. "deliver()"
void doing(const std::string& what);
// In the child: the host function that the module called last; a literal.
void note_host_call(const char* function);

// In the child: what the module has written to standard output and standard error, which go to a
// file of its own there.
std::string written_to_streams();

}  // namespace conformance
