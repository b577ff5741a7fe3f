#include "teleport/wire_clip.h"

#include <algorithm>

#include "base/text.h"

namespace notifyd::teleport {
namespace {

using Kind = ClipMember::Kind;
using Type = WireReader::Type;

constexpr std::string_view kCutMark = "…";
constexpr std::size_t kFraming = 8;  // of a text or a message: an empty one is not free either

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) out += static_cast<char>((value & 0x7fU) | 0x80U);
  out += static_cast<char>(value);
}

void put_bytes(std::string& out, std::uint32_t number, std::string_view bytes) {
  put_varint(out, std::uint64_t{number} << 3U | static_cast<std::uint64_t>(Type::kBytes));
  put_varint(out, bytes.size());
  out += bytes;
}

void put_number(std::string& out, std::uint32_t number, std::uint64_t value) {
  put_varint(out, std::uint64_t{number} << 3U);
  put_varint(out, value);
}

// Something of another type has this number by accident: a decoder skips it.
bool fits(const ClipMember& member, Type type) {
  switch (member.kind) {
    case Kind::kNumber:
      return type == Type::kVarint;
    case Kind::kNumbers:
      return type == Type::kVarint || type == Type::kBytes;
    default:
      return type == Type::kBytes;
  }
}

// Without the one at the end that was cut through.
std::string_view whole_varints(std::string_view packed) {
  while (!packed.empty() && (static_cast<unsigned char>(packed.back()) & 0x80U) != 0) {
    packed.remove_suffix(1);
  }
  return packed;
}

}  // namespace

bool WireClip::copy(const ClipShape& shape, std::string& out) {
  shape_ = &shape;
  spent_ = 0;
  tally_ = {};
  return copy_message(shape, out, tally_);
}

std::size_t WireClip::left_out(std::uint32_t number) const {
  for (std::size_t i = 0; i < tally_.left_out.size(); ++i) {
    if (shape_->members[i].number == number) return tally_.left_out[i];
  }
  return 0;
}

bool WireClip::copy_message(const ClipShape& shape, std::string& out, Tally& tally) {
  const auto members = shape.members;
  tally = {std::vector<std::size_t>(members.size()), std::vector<std::size_t>(members.size())};
  bool sane = true;
  const bool whole = reader_.enter([&](const WireReader::Member& wire) {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const auto& m) { return m.number == wire.number; });
    if (!sane || found == members.end() || !fits(*found, wire.type)) return;
    const auto place = static_cast<std::size_t>(found - members.begin());
    const bool full = tally.seen[place] >= found->max_count || spent_ >= budget_;
    if (found->max_count > 1 && full) {
      ++tally.left_out[place];
      return;
    }
    ++tally.seen[place];
    sane = copy_member(*found, wire, out) && spent_ <= 2 * budget_;
  });
  return whole && sane;
}

bool WireClip::copy_member(const ClipMember& member, const WireReader::Member& wire,
                           std::string& out) {
  const std::size_t before = out.size();
  if (wire.type == Type::kVarint) {
    put_number(out, member.number, wire.value);
  } else if (member.kind == Kind::kNumbers) {
    const std::string packed = reader_.take(member.max_count);
    put_bytes(out, member.number, packed.size() < wire.size ? whole_varints(packed) : packed);
  } else if (member.kind == Kind::kText) {
    spent_ += kFraming;
    put_text(member, reader_.take(member.max_bytes + 1), out);
  } else {
    return copy_nested(member, out);
  }
  spent_ += out.size() - before;
  return true;
}

void WireClip::put_text(const ClipMember& member, const std::string& text, std::string& out) {
  if (text.size() <= member.max_bytes) return put_bytes(out, member.number, text);
  put_bytes(out, member.number, std::string(cut_utf8(text, member.max_bytes)).append(kCutMark));
}

bool WireClip::copy_nested(const ClipMember& member, std::string& out) {
  std::string nested;
  Tally tally;
  spent_ += kFraming;
  if (!copy_message(*member.shape, nested, tally)) return false;
  put_bytes(out, member.number, nested);
  return true;
}

}  // namespace notifyd::teleport
