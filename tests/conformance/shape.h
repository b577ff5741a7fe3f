// The sizes that the structs which a host gives have in a release of the ABI: a module built with
// any header of this major must work with each of them.
#pragma once

#include <array>
#include <cstdint>

#include "notify/abi.h"

namespace conformance {

struct Shape {
  const char* name;
  std::uint32_t minor;
  std::uint32_t host, event, request, review, threshold, resource, access_list, digest,
      http_response;
};

// Literals, and only ever added to: tests/abi/layout_v*.c is where they come from.
inline constexpr Shape kShape10{"1.0", 0, 104, 176, 328, 72, 72, 104, 80, 96, 64};

// What this kit was built with.
inline constexpr Shape kShapeNow{"of today",
                                 NOTIFY_ABI_MINOR,
                                 sizeof(notify_host),
                                 sizeof(notify_event),
                                 sizeof(notify_request),
                                 sizeof(notify_review),
                                 sizeof(notify_threshold),
                                 sizeof(notify_resource),
                                 sizeof(notify_access_list),
                                 sizeof(notify_digest),
                                 sizeof(notify_http_response)};

#if NOTIFY_ABI_MINOR == 0
static_assert(kShape10.host == kShapeNow.host && kShape10.event == kShapeNow.event &&
                  kShape10.request == kShapeNow.request && kShape10.review == kShapeNow.review &&
                  kShape10.threshold == kShapeNow.threshold &&
                  kShape10.resource == kShapeNow.resource &&
                  kShape10.access_list == kShapeNow.access_list &&
                  kShape10.digest == kShapeNow.digest &&
                  kShape10.http_response == kShapeNow.http_response,
              "a struct grows with a minor only, and 1.0's sizes are here");
#endif

// Of a minor to come: each struct goes on with what nobody knows yet.
inline constexpr std::uint32_t kUnknownBytes = 64;
inline constexpr Shape kShapeNewer{"of a later minor",
                                   NOTIFY_ABI_MINOR + 1,
                                   kShapeNow.host + kUnknownBytes,
                                   kShapeNow.event + kUnknownBytes,
                                   kShapeNow.request + kUnknownBytes,
                                   kShapeNow.review + kUnknownBytes,
                                   kShapeNow.threshold + kUnknownBytes,
                                   kShapeNow.resource + kUnknownBytes,
                                   kShapeNow.access_list + kUnknownBytes,
                                   kShapeNow.digest + kUnknownBytes,
                                   kShapeNow.http_response + kUnknownBytes};

inline constexpr std::array kShapes{kShape10, kShapeNow, kShapeNewer};

}  // namespace conformance
