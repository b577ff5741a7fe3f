#include "teleport/dial_hint.h"

namespace notifyd::teleport {
namespace {

struct Hint {
  std::string_view seen;  // in gRPC's message
  std::string_view means;
};

// The first that fits counts. What TLS said comes before what became of the socket.
constexpr Hint kHints[] = {
    {"certificate verify failed",
     "the server's certificate has expired (or a clock is wrong), or is not from a CA in the "
     "identity: the identity is of another cluster, or of before a CA rotation (issue it again), "
     "or what answers there is no Auth Service"},
    {"not in peer certificate",
     "the server is not an Auth Service: its certificate does not name teleport.cluster.local; "
     "check teleport.addr"},
    {"Connection refused", "nothing listens there; check teleport.addr and that Teleport runs"},
    {"DNS resolution failed", "the host name is not known; check teleport.addr"},
    {"No route to host", "the network does not lead there; check teleport.addr and the firewall"},
    {"Network is unreachable", "the network does not lead there; check teleport.addr"},
    {"WRONG_VERSION_NUMBER", "the server does not speak TLS on this port; check teleport.addr"},
    {"Socket closed",
     "the server hung up: it does not accept this identity (another cluster, a locked or deleted "
     "user, a CA rotation), or it is not an Auth Service (its port is 3025)"},
    {"Connection reset",
     "the server hung up: it does not accept this identity, or it is not an Auth Service (its port "
     "is 3025)"},
    {"failed to connect", "check teleport.addr and the network"},
};

}  // namespace

std::string dial_hint(const Error& error) {
  if (error.code != Errc::kUnavailable && error.code != Errc::kTimeout &&
      error.code != Errc::kUnimplemented && error.code != Errc::kInternal) {
    return "";
  }
  if (error.code == Errc::kTimeout) {
    return "nothing answered in time; check teleport.addr and the firewall";
  }
  if (error.code == Errc::kUnimplemented) {
    return "the server is not an Auth Service; check teleport.addr";
  }
  for (const Hint& hint : kHints) {
    if (error.message.find(hint.seen) != std::string::npos) return std::string(hint.means);
  }
  return "";
}

}  // namespace notifyd::teleport
