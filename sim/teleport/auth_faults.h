// What can go wrong at the simulated Auth Service, chosen by tests while it runs.
#pragma once

#include <grpcpp/support/status_code_enum.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <random>
#include <string>

namespace notifyd::sim {

enum class AuthMethod : std::uint8_t {
  kPing,
  kWatchEvents,
  kListAccessRequests,
  kGetAccessRequestsV2,
  kGetPluginData,
  kUpdatePluginData,
  kCreateAccessRequestV2,
  kDeleteAccessRequest,
  kSetAccessRequestState,
  kSubmitAccessReview,
};
inline constexpr std::size_t kAuthMethodCount = 10;

// What befalls the calls of one method.
struct AuthFault {
  static constexpr std::uint64_t kAlways = std::numeric_limits<std::uint64_t>::max();

  ::grpc::StatusCode code = ::grpc::StatusCode::OK;  // OK: only the delay
  std::string message = "injected fault";
  std::chrono::milliseconds delay{0};  // before the call is looked at
  double probability = 1.0;
  std::uint64_t calls = kAlways;  // how many calls it befalls, then it is over
  // The call does its work first, then fails: the answer was lost on the way.
  bool answer_lost = false;
};

// How the server as a whole misbehaves.
struct AuthQuirks {
  bool no_init = false;                  // new streams stay silent: no INIT, no events
  bool init_without_status = false;      // as servers of old did
  bool no_list_access_requests = false;  // UNIMPLEMENTED, as servers of old
  std::size_t page_size_cap = 0;         // pages are no longer than this; 0: as asked
};

// Any thread.
class AuthFaults {
 public:
  explicit AuthFaults(std::uint64_t seed = 1) : random_(seed) {}

  void set(AuthMethod method, AuthFault fault);
  void clear(AuthMethod method);
  void clear();  // faults of all methods, and quirks

  void set_quirks(AuthQuirks quirks);
  AuthQuirks quirks() const;

  // Draws the lot for one call.
  std::optional<AuthFault> draw(AuthMethod method);

 private:
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::array<std::optional<AuthFault>, kAuthMethodCount> faults_;
  AuthQuirks quirks_;
};

}  // namespace notifyd::sim
