// A copy of a message that stays small however big the message is: texts are cut, lists end, and
// what nobody reads is not in it. What is left can be decoded like any message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "teleport/wire_reader.h"

namespace notifyd::teleport {

struct ClipShape;

// One member that is read.
struct ClipMember {
  enum class Kind : std::uint8_t {
    kNumber,   // a varint
    kNumbers,  // many, packed or not
    kText,     // "…" says that it was cut
    kMessage,
  };

  std::uint32_t number = 0;
  Kind kind = Kind::kNumber;
  std::size_t max_bytes = 0;         // of a text
  std::size_t max_count = 1;         // above 1: a list
  const ClipShape* shape = nullptr;  // of a message
};

struct ClipShape {
  std::span<const ClipMember> members;
};

class WireClip {
 public:
  // `budget`: lists end when the copy has so many bytes; a message that has twice as many without
  // its lists is none of Teleport's.
  WireClip(WireReader& reader, std::size_t budget) : reader_(reader), budget_(budget) {}

  // The member that the reader stands at; false if it is broken.
  bool copy(const ClipShape& shape, std::string& out);

  // How many elements were left out of the list with this number, in the message that copy() was
  // called for.
  std::size_t left_out(std::uint32_t number) const;

 private:
  struct Tally {
    std::vector<std::size_t> seen, left_out;  // by the member's place in its shape
  };

  bool copy_message(const ClipShape& shape, std::string& out, Tally& tally);
  bool copy_member(const ClipMember& member, const WireReader::Member& wire, std::string& out);
  bool copy_nested(const ClipMember& member, std::string& out);
  void put_text(const ClipMember& member, const std::string& text, std::string& out);

  WireReader& reader_;
  std::size_t budget_;
  std::size_t spent_ = 0;
  const ClipShape* shape_ = nullptr;
  Tally tally_;
};

}  // namespace notifyd::teleport
