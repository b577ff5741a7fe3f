// Structs of the ABI that a module hands over. The module may have been built against an older
// notify/abi.h, and then its struct ends earlier than ours, or against a newer one.
//
// The hazard: all that may be read of theirs before the copy is `size`. It is passed as a pointer,
// since of an object that is passed as a reference a compiler may read every byte at any time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/result.h"
#include "module/sizes_v1_0.h"
#include "notify/abi.h"

namespace notifyd::modules {

template <class T>
constexpr std::uint32_t kSizeV1 = 0;
template <>
inline constexpr std::uint32_t kSizeV1<notify_module> = kModuleSizeV1;
template <>
inline constexpr std::uint32_t kSizeV1<notify_option> = kOptionSizeV1;
template <>
inline constexpr std::uint32_t kSizeV1<notify_result> = kResultSizeV1;
template <>
inline constexpr std::uint32_t kSizeV1<notify_recipient> = kRecipientSizeV1;
template <>
inline constexpr std::uint32_t kSizeV1<notify_http_request> = kHttpRequestSizeV1;

// In this daemon's size: what theirs lacks is zero, what theirs has beyond is left out. `size`
// stays theirs, so NOTIFY_HAS still tells the one from the other.
template <class T>
T in_our_size(const T* theirs) {
  static_assert(kSizeV1<T> != 0, "modules hand over no such struct");
  T ours{};
  std::memcpy(&ours, theirs, std::min<std::size_t>(theirs->size, sizeof ours));
  return ours;
}

// The same for a struct whose size nobody has looked at yet. `type` is its name, for the error.
template <class T>
Result<T> checked(const T* theirs, const char* type) {
  if (theirs == nullptr) return invalid(std::string("is NULL; hand over a ") + type);
  if (theirs->size >= kSizeV1<T>) return in_our_size(theirs);
  return invalid("has size " + std::to_string(theirs->size) + ", expected at least " +
                 std::to_string(kSizeV1<T>) + "; set it to sizeof(" + type + ")");
}

}  // namespace notifyd::modules
