// ProcessState: what a module shares with the whole process and must leave as it was.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace notifyd::modules {

class ProcessState {
 public:
  static ProcessState now();

  // What is different in `after`, for a person: "a thread goes on", or "" where nothing is.
  std::string difference(const ProcessState& after) const;

 private:
  std::size_t threads_ = 0;
  std::size_t free_keys_ = 0;  // of pthread_key_create()
  std::map<int, std::string> descriptors_;
  std::vector<const void*> signal_handlers_;  // by number
  std::string locale_, directory_;
  unsigned file_mode_mask_ = 0;
  std::vector<std::string> environment_;
};

}  // namespace notifyd::modules
