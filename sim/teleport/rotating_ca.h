// One of a cluster's CAs and, while it is rotated, the one that will take its place. Teleport takes
// it through phases, so that nobody meets a certificate of a CA that he does not know yet. Not for
// several threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/teleport/authority.h"

namespace notifyd::sim {

enum class RotationPhase : std::uint8_t {
  kStandby,        // one CA
  kInit,           // the new one is trusted too, and issues nothing
  kUpdateClients,  // it issues to clients
  kUpdateServers,  // and to servers
  kRollback,       // the old one issues everything again, the new one is still trusted
};

class RotatingCa {
 public:
  explicit RotatingCa(DistinguishedName name);
  RotatingCa(const RotatingCa&) = delete;
  RotatingCa& operator=(const RotatingCa&) = delete;

  // std::logic_error if this phase does not follow the one that it is in.
  void advance(RotationPhase phase);

  std::shared_ptr<const Authority> issues_to_clients() const;
  std::shared_ptr<const Authority> issues_to_servers() const;
  std::string trusted_pem() const;

 private:
  const DistinguishedName name_;
  RotationPhase phase_ = RotationPhase::kStandby;
  std::shared_ptr<const Authority> current_;
  std::shared_ptr<const Authority> next_;  // null in standby
};

}  // namespace notifyd::sim
