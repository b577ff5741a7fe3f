// Identifiers in the shapes that Teleport gives them. Not thread-safe.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace notifyd::sim {

// Version 7, as Access Requests have: sorts by time, and by `in_ms` (12 bits) within a millisecond.
std::string uuid_v7(std::uint64_t unix_ms, std::uint64_t in_ms, std::uint64_t random);

class Uuids {
 public:
  explicit Uuids(std::uint64_t seed) : random_(seed) {}

  // Version 7; each sorts behind the one before it.
  std::string next_v7(std::uint64_t unix_ms);
  // Version 4, as revisions have.
  std::string next_v4();

 private:
  std::mt19937_64 random_;
  std::uint64_t last_ms_ = 0;
  std::uint64_t in_ms_ = 0;
};

}  // namespace notifyd::sim
