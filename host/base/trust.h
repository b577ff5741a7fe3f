// Whose files are taken, beside root's.
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

namespace notifyd {

struct Trust {
  uid_t user = 0;
  gid_t group = 0;
  bool group_is_shared = false;         // others are in it, and may write what it may write
  std::vector<gid_t> more_groups = {};  // of ours; they may read
  std::optional<uid_t> keeper = {};     // a user who keeps the file for us
  const char* keeper_key = nullptr;     // where a configuration can name one: what to advise
};

// Asks the machine about the group, see base/accounts.h.
Trust trust_of(uid_t user, gid_t group);

// Whom this process runs as. Asked for once, so first [before any thread].
const Trust& own_trust();

bool is_trusted(uid_t user, const Trust& trust);
bool is_trusted_group(gid_t group, const Trust& trust);  // to write

}  // namespace notifyd
