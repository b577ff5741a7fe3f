#include "base/system_error.h"

#include <cerrno>
#include <system_error>

namespace notifyd {

std::string errno_text(int number) { return std::generic_category().message(number); }

Errc errc_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return Errc::kNotFound;
    case EACCES:
    case EPERM:
      return Errc::kDenied;
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return Errc::kInvalid;
    default:
      return Errc::kInternal;
  }
}

Error system_error(std::string_view doing) {
  const int number = errno;
  return Error{errc_of(number), errno_text(number)}.in(doing);
}

}  // namespace notifyd
