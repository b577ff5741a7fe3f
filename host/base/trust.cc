#include "base/trust.h"

#include <unistd.h>

#include "base/accounts.h"

namespace notifyd {

Trust trust_of(uid_t user, gid_t group) {
  const bool shared = group != 0 && !is_private_group(group, user, facts_of_group(group));
  return {.user = user, .group = group, .group_is_shared = shared};
}

const Trust& own_trust() {
  static const Trust kOwn = [] {
    Trust trust = trust_of(::geteuid(), ::getegid());
    trust.more_groups = own_groups();
    return trust;
  }();
  return kOwn;
}

bool is_trusted(uid_t user, const Trust& trust) {
  return user == 0 || user == trust.user || user == trust.keeper;
}

bool is_trusted_group(gid_t group, const Trust& trust) {
  return group == 0 || (group == trust.group && !trust.group_is_shared);
}

}  // namespace notifyd
