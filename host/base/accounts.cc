#include "base/accounts.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <system_error>

namespace notifyd {
namespace {

// A directory service may list a whole company; who is in it for that long has no private group
// that anybody could prove.
constexpr std::size_t kMostUsers = 10'000;
constexpr std::size_t kEntryBytes = std::size_t{1} << 16U;

using EntryBuffer = std::vector<char>;

std::optional<std::vector<std::string>> members_of(gid_t group, bool& complete) {
  EntryBuffer buffer(kEntryBytes);
  struct group entry {};
  struct group* found = nullptr;
  // An entry that does not fit has far more members than one.
  if (::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) != 0) complete = false;
  if (found == nullptr) return std::nullopt;
  std::vector<std::string> members;
  for (char** name = found->gr_mem; name != nullptr && *name != nullptr; ++name) {
    members.emplace_back(*name);
  }
  return members;
}

bool is_user(const GroupFacts& facts, const std::string& name, uid_t user) {
  return std::ranges::any_of(facts.users, [&](const Account& account) {
    return account.name == name && (account.user == user || account.user == 0);
  });
}

}  // namespace

GroupFacts facts_of_group(gid_t group) {
  GroupFacts facts;
  facts.members = members_of(group, facts.complete);
  EntryBuffer buffer(kEntryBytes);
  struct passwd entry {};
  struct passwd* found = nullptr;
  ::setpwent();
  while (::getpwent_r(&entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    if (facts.users.size() == kMostUsers) facts.complete = false;
    if (!facts.complete) break;
    facts.users.push_back({found->pw_name, found->pw_uid, found->pw_gid});
  }
  ::endpwent();
  return facts;
}

std::vector<gid_t> own_groups() {
  const int count = ::getgroups(0, nullptr);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
  const int got = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(got, 0)));
  return groups;
}

bool is_private_group(gid_t group, uid_t user, const GroupFacts& facts) {
  if (!facts.complete) return false;
  const bool of_another = std::ranges::any_of(facts.users, [&](const Account& account) {
    return account.group == group && account.user != user && account.user != 0;
  });
  if (of_another) return false;
  if (!facts.members) return group == user;
  return std::ranges::all_of(*facts.members,
                             [&](const std::string& name) { return is_user(facts, name, user); });
}

std::optional<uid_t> user_number(const std::string& written) {
  uid_t number = 0;
  const char* const end = written.data() + written.size();
  const auto parsed = std::from_chars(written.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end) {
    if (number == std::numeric_limits<uid_t>::max()) return std::nullopt;  // nobody's, to chown
    return number;
  }
  EntryBuffer buffer(kEntryBytes);
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwnam_r(written.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return found->pw_uid;
}

}  // namespace notifyd
