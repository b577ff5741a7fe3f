// Result<T>: a value, or an Error that says what a person can do about it. The one way errors
// travel inside the host; exceptions are for "cannot start" and never leave main().
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace notifyd {

enum class Errc {
  kInvalid,        // what we were given is wrong; the same again fails again
  kDamaged,        // what is there cannot be read; the same for everybody who tries
  kNotFound,       // there is no such thing, or no more
  kDenied,         // not allowed; a person must change a role or a permission
  kConflict,       // compare-and-swap lost: read again, then decide
  kUnavailable,    // not reached, or broke on the way: try again
  kUnimplemented,  // the other side is too old for this
  kTimeout,        // no answer in time: try again, what was asked may have been done
  kCancelled,      // we are stopping
  kInternal,       // anything else
};

struct Error {
  Errc code = Errc::kInternal;
  std::string message;  // one line, no secrets

  // The same error with what was being done put in front: "reading /x: permission denied".
  Error in(std::string_view doing) const {
    return {code, std::string(doing).append(": ").append(message)};
  }
};

struct Done {};  // the value of a Result that has none

template <class T = Done>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  T& operator*() & { return std::get<0>(held_); }
  const T& operator*() const& { return std::get<0>(held_); }
  T&& operator*() && { return std::get<0>(std::move(held_)); }
  T* operator->() { return &std::get<0>(held_); }
  const T* operator->() const { return &std::get<0>(held_); }

  const Error& error() const& { return std::get<1>(held_); }
  Error&& error() && { return std::get<1>(std::move(held_)); }

 private:
  std::variant<T, Error> held_;
};

inline Error invalid(std::string message) { return {Errc::kInvalid, std::move(message)}; }

}  // namespace notifyd
