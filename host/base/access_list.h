// POSIX access control lists, as setfacl makes them and the kernel hands them out in the extended
// attribute system.posix_acl_access.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace notifyd {

struct AccessEntry {
  enum class Whose : std::uint16_t {  // the kernel's numbers
    kOwner = 0x01,
    kUser = 0x02,  // `id` is of a user
    kOwningGroup = 0x04,
    kGroup = 0x08,  // `id` is of a group
    kMask = 0x10,   // what entries of users and groups are cut to; the mode's group bits show it
    kOthers = 0x20,
  };
  Whose whose = Whose::kOthers;
  std::uint16_t permissions = 0;  // 4 to read, 2 to write, 1 to execute
  std::uint32_t id = 0;
};
using AccessList = std::vector<AccessEntry>;

// One that cannot be understood gives everything to a group that nobody trusts.
AccessList parse_access_list(std::string_view attribute);
AccessList unknown_access_list();

}  // namespace notifyd
