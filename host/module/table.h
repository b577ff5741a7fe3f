// A module's table, once it is mapped and cut to what this daemon knows (sized.h): checked, and
// what it says copied, so that nothing points into the module when it goes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/option.h"
#include "notify/abi.h"

namespace notifyd::modules {

constexpr std::uint32_t kMaxModuleSize = 64U << 10U;
constexpr std::uint64_t kKnownKinds = 1U << NOTIFY_REQUEST_PENDING | 1U << NOTIFY_REQUEST_REVIEWED |
                                      1U << NOTIFY_REQUEST_RESOLVED | 1U << NOTIFY_REQUEST_EXPIRED |
                                      1U << NOTIFY_LIST_REVIEW_DUE | 1U << NOTIFY_GIVEN_UP |
                                      1U << NOTIFY_REQUESTS_DIGEST;

struct LibraryInfo {
  std::string name, version;
  std::uint16_t abi_major = 0, needs_minor = 0;
  std::uint64_t event_mask = 0;
  bool finds = false;
  std::vector<config::Option> options;
};

// `table` is a copy in this daemon's size. `file_name` is <name> of libnotify_<name>.so.
Result<LibraryInfo> read_table(const notify_module& table, std::string_view file_name);

}  // namespace notifyd::modules
