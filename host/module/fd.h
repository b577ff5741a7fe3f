// A file descriptor that closes itself, and what a failed system call says.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/result.h"

namespace notifyd::modules {

class Fd {
 public:
  explicit Fd(int fd = -1) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

inline Errc errc_of(int number) {
  switch (number) {
    case ENOENT:
      return Errc::kNotFound;
    case EACCES:
    case EPERM:
      return Errc::kDenied;
    default:
      return Errc::kInternal;
  }
}

// Reads errno: nothing may come between the call and this.
inline Error system_error(const std::string& doing) {
  const int number = errno;
  return {errc_of(number), doing + ": " + std::generic_category().message(number)};
}

}  // namespace notifyd::modules
