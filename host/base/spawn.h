// Another program as a child process: what it is given, and a pipe to hear from it. Whoever spawns
// it also waits for it.
#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace notifyd {

struct Pipe {
  Fd read, write;
};
// Neither end goes to a child by itself.
Result<Pipe> make_pipe();

// The descriptors of the child, made in the order of the calls.
class ChildFiles {
 public:
  ChildFiles() { ::posix_spawn_file_actions_init(&actions_); }
  ChildFiles(const ChildFiles&) = delete;
  ChildFiles& operator=(const ChildFiles&) = delete;
  ~ChildFiles() { ::posix_spawn_file_actions_destroy(&actions_); }

  void give(int mine, int theirs) { ::posix_spawn_file_actions_adddup2(&actions_, mine, theirs); }
  void give_nothing(int theirs, int mode) {
    ::posix_spawn_file_actions_addopen(&actions_, theirs, "/dev/null", mode, 0);
  }
  // Also those that a library opened without close-on-exec.
  void close_all_from(int theirs) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, theirs); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Starts words[0] with the rest as its arguments, in a process group of its own, to be ended with
// all that it starts, and with every signal as by default. Any thread. "starting /x: No such file
// or directory"
Result<pid_t> spawn(std::vector<std::string> words, const ChildFiles& files);

}  // namespace notifyd
