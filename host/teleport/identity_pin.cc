#include "teleport/identity_pin.h"

#include "base/text.h"

namespace notifyd::teleport {
namespace {

// Names as somebody else chose them.
std::string shown(const std::string& name) {
  constexpr std::size_t kMaxShown = 100;
  return name.empty() ? "(no name)" : one_line(name, kMaxShown);
}

std::string text_of(const std::string& user, const std::string& cluster) {
  return "user " + shown(user) + " of cluster " + shown(cluster);
}

std::string text_of(const std::set<std::string>& roles) {
  return roles.empty() ? "no roles"
                       : "the roles " + shown(join({roles.begin(), roles.end()}, ", "));
}

Error another(const std::string& what, const std::string& before) {
  return invalid(what + ", and this daemon was started " + before +
                 "; reload it to accept the new one, or issue the identity as it was");
}

}  // namespace

Result<> IdentityPin::admit(const IdentityFacts& identity) {
  if (!known_) {
    known_ = true;
    user_ = identity.user;
    issuer_ = identity.cluster;
    roles_ = {identity.roles.begin(), identity.roles.end()};
  }
  if (identity.user != user_ || identity.cluster != issuer_) {
    return another("it is of " + text_of(identity.user, identity.cluster),
                   "as " + text_of(user_, issuer_));
  }
  const std::set<std::string> roles{identity.roles.begin(), identity.roles.end()};
  if (roles != roles_) return another("it has " + text_of(roles), "with " + text_of(roles_));
  return Done{};
}

Result<> IdentityPin::admit(const Cluster& cluster) {
  if (cluster_.empty()) cluster_ = cluster.name;
  if (cluster.name == cluster_) return Done{};
  return Error{Errc::kInvalid, "the server there is of cluster " + shown(cluster.name) +
                                   ", and this daemon follows cluster " + shown(cluster_) +
                                   "; check teleport.addr, or restart the daemon to accept it"};
}

}  // namespace notifyd::teleport
