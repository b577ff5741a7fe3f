// Files and directories opened so that what was judged is what is used: see trusted_path.h for what
// is asked of them. None of these follow a link that somebody else planted, wait for the writer of
// a pipe, or throw.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "base/trusted_path.h"

namespace notifyd {

// Whose files this process takes: its own user's and root's, as long as nothing else was said. Root
// that only looks at what a service will do (`check`) looks with the eyes of the service's user.
Trust file_trust();
void take_files_of(const Trust& trust = file_trust());  // [before any thread]

const PathSource& real_files();

// Where it leads, on this machine.
Result<TrustedPath> trusted_path(const std::string& path, Use use,
                                 const Trust& trust = file_trust());

struct TrustedFile {
  std::string path;
  Fd fd;
  struct stat status {};
  bool in_volume = false;  // of Kubernetes
};

// A regular file, for reading. An error is "cannot be read (Permission denied)" or "is larger than
// 2000 bytes": the caller puts the path in front and the advice behind. Or it is kUntrusted: then
// the message says all there is to say. A descriptor of this process (/dev/stdin, /dev/fd/3) is
// taken as it is: whoever started us handed it over.
Result<TrustedFile> open_trusted(const std::string& path, const Trust& trust = file_trust());
Result<std::string> read_trusted(const std::string& path, std::size_t max_bytes,
                                 const Trust& trust = file_trust());

// /dev/stdin, /dev/fd/3
bool is_own_descriptor(const std::string& path);

struct TrustedDirectory {
  std::string path;  // absolute, without links
  Fd fd;
};
Result<TrustedDirectory> open_trusted_directory(const std::string& path,
                                                const Trust& trust = file_trust());

// With mode 0700 when it is not there; missing directories above it are made too.
Result<TrustedDirectory> make_trusted_directory(const std::string& path,
                                                const Trust& trust = file_trust());

// What has this extension in a directory, sorted.
Result<std::vector<std::filesystem::path>> list_trusted(const std::string& path,
                                                        std::string_view extension,
                                                        const Trust& trust = file_trust());

}  // namespace notifyd
