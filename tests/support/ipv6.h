// For tests over IPv6. Containers often have none.
#pragma once

#include <stdexcept>

#include "sim/teleport/port_reservation.h"

namespace notifyd::test {

inline constexpr char kNoIPv6[] = "this machine has no IPv6 loopback, ::1";

inline bool has_ipv6() {
  try {
    const sim::PortReservation reservation(0, sim::Loopback::kV6);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

// What a fixture's servers listen on: of a test that is skipped then, in SetUp(), because it has to
// be made nevertheless.
inline sim::Loopback ipv6_if_there() {
  return has_ipv6() ? sim::Loopback::kV6 : sim::Loopback::kV4;
}

}  // namespace notifyd::test
