// notify/hmac.hpp - SHA-256 and HMAC-SHA256, for modules that sign what they send. C++20, header
// only, so that a module links no TLS library (which would keep it mapped after an unload).
//
//   notify::to_hex(notify::hmac_sha256(secret, "1700000000." + body))
//
// For signing a few kilobytes now and then: plain code, not made for speed. Not for comparing a
// signature that a stranger sent: that needs a comparison whose time says nothing.
//
// Any thread; pure functions. FIPS 180-4, RFC 2104.
#ifndef NOTIFY_HMAC_HPP
#define NOTIFY_HMAC_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace notify {

using Digest256 = std::array<std::uint8_t, 32>;

namespace detail {

// What held a key is overwritten in a way that a compiler can't leave out.
template <class T, std::size_t N>
void wipe(std::array<T, N>& secret) noexcept {
  volatile T* at = secret.data();
  for (std::size_t i = 0; i < N; ++i) at[i] = 0;
}

}  // namespace detail

// One message, given in pieces.
class Sha256 {
 public:
  Sha256() = default;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256() {
    detail::wipe(block_);
    detail::wipe(state_);
  }

  void add(std::string_view bytes) noexcept {
    for (const char c : bytes) put(static_cast<std::uint8_t>(c));
    bytes_ += bytes.size();
  }

  // The end of the message; once.
  Digest256 finish() noexcept {
    put(0x80);
    while (filled_ != kBlock - 8) put(0);
    for (int shift = 56; shift >= 0; shift -= 8) {
      put(static_cast<std::uint8_t>(bytes_ * 8 >> static_cast<unsigned>(shift)));
    }
    Digest256 digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) {
      digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
    }
    return digest;
  }

  static constexpr std::size_t kBlock = 64;

 private:
  using Words = std::array<std::uint32_t, 8>;
  using Schedule = std::array<std::uint32_t, 64>;

  // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  static constexpr Schedule kRound{
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
      0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
      0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
      0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
      0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
      0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
      0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
      0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
      0xc67178f2};

  void put(std::uint8_t byte) noexcept {
    block_[filled_++] = byte;
    if (filled_ == kBlock) take_block();
  }

  static std::uint32_t mix(std::uint32_t x, int a, int b, unsigned shift) noexcept {
    return std::rotr(x, a) ^ std::rotr(x, b) ^ (x >> shift);
  }

  Schedule schedule() const noexcept {
    Schedule w{};
    for (std::size_t i = 0; i < kBlock; ++i) {
      w[i / 4] = w[i / 4] << 8U | block_[i];
    }
    for (std::size_t i = 16; i < w.size(); ++i) {
      w[i] = w[i - 16] + mix(w[i - 15], 7, 18, 3) + w[i - 7] + mix(w[i - 2], 17, 19, 10);
    }
    return w;
  }

  static void round(Words& s, std::uint32_t added) noexcept {
    auto& [a, b, c, d, e, f, g, h] = s;
    const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + added;
    const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    s = {t1 + t2, a, b, c, d + t1, e, f, g};
  }

  void take_block() noexcept {
    filled_ = 0;
    Schedule w = schedule();
    Words s = state_;
    for (std::size_t i = 0; i < w.size(); ++i) round(s, kRound[i] + w[i]);
    for (std::size_t i = 0; i < s.size(); ++i) state_[i] += s[i];
    detail::wipe(w);
    detail::wipe(s);
  }

  Words state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, kBlock> block_{};
  std::size_t filled_ = 0;
  std::uint64_t bytes_ = 0;
};

inline Digest256 sha256(std::string_view bytes) noexcept {
  Sha256 sha;
  sha.add(bytes);
  return sha.finish();
}

namespace detail {

inline std::string_view bytes_of(const Digest256& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

inline Digest256 hmac_pass(std::string_view key, char pad, std::string_view message) noexcept {
  std::array<char, Sha256::kBlock> block{};
  std::copy(key.begin(), key.end(), block.begin());
  for (char& c : block) c = static_cast<char>(c ^ pad);
  Sha256 sha;
  sha.add({block.data(), block.size()});
  wipe(block);
  sha.add(message);
  return sha.finish();
}

}  // namespace detail

// The key may be of any length and hold any bytes.
inline Digest256 hmac_sha256(std::string_view key, std::string_view message) noexcept {
  Digest256 short_key{};
  if (key.size() > Sha256::kBlock) {
    short_key = sha256(key);
    key = detail::bytes_of(short_key);
  }
  const Digest256 inner = detail::hmac_pass(key, 0x36, message);
  const Digest256 outer = detail::hmac_pass(key, 0x5c, detail::bytes_of(inner));
  detail::wipe(short_key);
  return outer;
}

// Lower case, two digits a byte.
inline std::string to_hex(const Digest256& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    out.push_back(kDigits[byte >> 4U]);
    out.push_back(kDigits[byte & 0xFU]);
  }
  return out;
}

}  // namespace notify

#endif
