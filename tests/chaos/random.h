// Random numbers that a seed gives again: one stream for each concern, so that a change in what one
// of them draws leaves the others as they were.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace notifyd::chaos {

using Millis = std::chrono::milliseconds;

class Random {
 public:
  Random(std::uint64_t seed, std::string_view concern) {
    std::vector<std::uint32_t> parts{static_cast<std::uint32_t>(seed),
                                     static_cast<std::uint32_t>(seed >> 32U)};
    for (const char c : concern) parts.push_back(static_cast<unsigned char>(c));
    std::seed_seq sequence(parts.begin(), parts.end());
    engine_.seed(sequence);
  }

  int between(int least, int most) {  // both included
    return std::uniform_int_distribution<int>(least, most)(engine_);
  }
  Millis between(Millis least, Millis most) {
    return Millis(std::uniform_int_distribution<Millis::rep>(least.count(), most.count())(engine_));
  }
  // Mostly short, now and then long.
  Millis about(Millis mean) {
    const double rate = 1.0 / static_cast<double>(mean.count());
    return Millis(static_cast<Millis::rep>(std::exponential_distribution<double>(rate)(engine_)));
  }
  bool chance(double probability) { return std::bernoulli_distribution(probability)(engine_); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from.at(static_cast<std::size_t>(between(0, static_cast<int>(from.size()) - 1)));
  }
  std::uint64_t number() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace notifyd::chaos
