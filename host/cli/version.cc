#include "cli/version.h"

#include "cli/version_numbers.h"

namespace notifyd::cli {

std::string version_text(const std::string& program) {
  return program + " v" + kVersion + " git:" + kGitRef + " c++20";
}

}  // namespace notifyd::cli
