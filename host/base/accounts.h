// What the machine knows of users and groups. Where that is asked of a directory service it can
// take a moment, so ask once, at the start.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace notifyd {

struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;  // the primary one
};

// Of the users and of one group's entry what tells whether that group is somebody's own.
struct GroupFacts {
  std::vector<Account> users;                       // all that are known
  std::optional<std::vector<std::string>> members;  // nothing: the group has no entry
  bool complete = true;                             // false: more than anybody looks at
};
GroupFacts facts_of_group(gid_t group);

// Whether nobody but `user` (and root, who needs no group) is in this group. One without an entry
// is nobody's, unless it has the user's own number, as useradd gives it.
bool is_private_group(gid_t group, uid_t user, const GroupFacts& facts);

std::vector<gid_t> own_groups();  // of this process, beside the primary one

// The number of a user who is written as a name or a number.
std::optional<uid_t> user_number(const std::string& written);

}  // namespace notifyd
