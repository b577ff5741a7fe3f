#include "teleport/wire_reader.h"

#include <algorithm>
#include <limits>

namespace notifyd::teleport {
namespace {

int to_int(std::size_t size) {
  return static_cast<int>(
      std::min<std::size_t>(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

}  // namespace

WireReader::WireReader(google::protobuf::io::ZeroCopyInputStream& in, std::size_t size) : in_(&in) {
  in_.PushLimit(to_int(size));
}

std::optional<WireReader::Member> WireReader::next() {
  if (broken_ || !in_.Skip(to_int(std::exchange(pending_, 0)))) return fail();
  if (in_.BytesUntilLimit() == 0) return std::nullopt;
  std::uint64_t tag = 0;  // ReadTag() would take the lower half of one that is too big
  if (!in_.ReadVarint64(&tag) || tag > std::numeric_limits<std::uint32_t>::max()) return fail();
  Member member;
  member.number = static_cast<std::uint32_t>(tag >> 3U);
  member.type = static_cast<Type>(tag & 7U);
  if (member.number == 0 || !read_value(member)) return fail();
  return member;
}

// Groups make no sense: Teleport has none.
bool WireReader::read_value(Member& member) {
  std::uint32_t four = 0;
  std::uint64_t size = 0;
  switch (member.type) {
    case Type::kVarint:
      return in_.ReadVarint64(&member.value);
    case Type::kFixed64:
      return in_.ReadLittleEndian64(&member.value);
    case Type::kFixed32:
      return in_.ReadLittleEndian32(&four);
    case Type::kBytes:
      if (!in_.ReadVarint64(&size)) return false;
      if (size > static_cast<std::uint64_t>(in_.BytesUntilLimit())) return false;
      pending_ = member.size = size;
      return true;
    default:
      return false;
  }
}

std::optional<WireReader::Member> WireReader::fail() {
  broken_ = true;
  return std::nullopt;
}

std::string WireReader::take(std::size_t max) {
  std::string bytes;
  const std::size_t size = std::min(max, pending_);
  pending_ -= size;
  if (!in_.ReadString(&bytes, to_int(size))) broken_ = true;
  return bytes;
}

std::string_view WireReader::look() {
  const void* data = nullptr;
  int size = 0;
  if (pending_ == 0) return {};
  if (!in_.GetDirectBufferPointer(&data, &size) || static_cast<std::size_t>(size) < pending_) {
    broken_ = true;
    return {};
  }
  return {static_cast<const char*>(data), pending_};
}

WireReader::Outer WireReader::begin() {
  return {in_.PushLimit(to_int(std::exchange(pending_, 0))), std::exchange(broken_, false)};
}

bool WireReader::end(const Outer& outer) {
  const bool whole = !broken_;
  broken_ = outer.broken;
  pending_ = 0;
  in_.Skip(in_.BytesUntilLimit());
  in_.PopLimit(outer.limit);
  return whole;
}

}  // namespace notifyd::teleport
