// A path through a file system that somebody else built: the walk ends, every refusal says
// something, and what is accepted is nobody else's at any component.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "support/file_table.h"

namespace {

using namespace notifyd;

const Trust kDaemon{1000, 1000};

bool can_be_passed(const test::FileTable& files, const std::string& path) {
  const struct stat& status = files.status(path);
  if (status.st_uid != 0 && status.st_uid != kDaemon.user) return false;
  const bool group = (status.st_mode & S_IWGRP) != 0 && !files.has_access_list(path) &&
                     status.st_gid != 0 && status.st_gid != kDaemon.group;
  if ((status.st_mode & S_IWOTH) == 0 && !group) return true;
  return (status.st_mode & S_ISVTX) != 0 || files.read_only(path);
}

void judge(const test::FileTable& files, const std::string& path, Use use) {
  const auto found = walk_trusted(files, path, kDaemon, use);
  if (!found) {
    if (found.error().message.empty()) std::abort();
    return;
  }
  if (use == Use::kLog) return;
  for (std::string part = found->path; part.size() > 1; part.resize(part.rfind('/'))) {
    if (!can_be_passed(files, part)) std::abort();
  }
  if (!can_be_passed(files, "/")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  const std::string path = "/" + text.substr(0, end);
  const test::FileTable files(end == std::string::npos ? "" : text.substr(end + 1));
  for (const Use use : {Use::kFile, Use::kDirectory, Use::kLog}) judge(files, path, use);
  return 0;
}
