#include "teleport/wire_clip.h"

#include <gmock/gmock.h>

#include "unit/teleport/wire_bytes.h"

namespace notifyd::teleport {
namespace {

using Kind = ClipMember::Kind;

constexpr ClipMember kInnerMembers[] = {{.number = 1, .kind = Kind::kText, .max_bytes = 4}};
constexpr ClipShape kInner{kInnerMembers};
constexpr ClipMember kMembers[] = {
    {.number = 1, .kind = Kind::kText, .max_bytes = 4},
    {.number = 2, .kind = Kind::kText, .max_bytes = 4, .max_count = 3},
    {.number = 3},
    {.number = 4, .kind = Kind::kMessage, .shape = &kInner},
    {.number = 5, .kind = Kind::kNumbers, .max_count = 3},
};
constexpr ClipShape kShape{kMembers};

struct Clipped {
  bool good;
  std::string bytes;
  std::size_t left_out;
};

Clipped clip(const std::string& message, std::size_t budget = 1000) {
  return read_message(field(9, message), [&](WireReader& reader) {
    reader.next();
    WireClip clip(reader, budget);
    Clipped out{};
    out.good = clip.copy(kShape, out.bytes);
    out.left_out = clip.left_out(2);
    return out;
  });
}

TEST(WireClip, WhatFitsStaysAsItIs) {
  const std::string message =
      field(1, "text") + varint_field(3, 300) + field(4, field(1, "in")) + field(5, "\x01\x02");
  EXPECT_EQ(clip(message).bytes, message);
}

TEST(WireClip, WhatNobodyReadsIsLeftOut) {
  EXPECT_EQ(clip(field(7, "x") + varint_field(1, 5) + field(3, "y") + field(1, "it")).bytes,
            field(1, "it"));
}

TEST(WireClip, ATextThatIsTooLongEndsBetweenCharactersWithAMark) {
  EXPECT_EQ(clip(field(1, "texts")).bytes, field(1, "text…"));
  EXPECT_EQ(clip(field(1, "tex\xC3\xA9")).bytes, field(1, "tex…"));
  EXPECT_EQ(clip(field(4, field(1, "texts"))).bytes, field(4, field(1, "text…")));
}

TEST(WireClip, AListEndsAndItsRestIsCounted) {
  std::string message;
  for (int i = 0; i < 10; ++i) message += field(2, "a");
  const Clipped clipped = clip(message + field(1, "it"));
  EXPECT_EQ(clipped.bytes, field(2, "a") + field(2, "a") + field(2, "a") + field(1, "it"));
  EXPECT_EQ(clipped.left_out, 7U);
}

TEST(WireClip, AListEndsWhereTheBudgetDoesAndTheOthersStay) {
  const Clipped clipped = clip(field(2, "a") + field(2, "b") + field(2, "c") + field(1, "it"), 20);
  EXPECT_EQ(clipped.bytes, field(2, "a") + field(2, "b") + field(1, "it"));
  EXPECT_EQ(clipped.left_out, 1U);
  EXPECT_TRUE(clipped.good);
}

TEST(WireClip, EmptyTextsAreNotFree) {
  const Clipped clipped = clip(field(2, "") + field(2, "") + field(2, ""), 20);
  EXPECT_EQ(clipped.bytes, field(2, "") + field(2, ""));
  EXPECT_EQ(clipped.left_out, 1U);
}

TEST(WireClip, NumbersEndBetweenTwo) {
  EXPECT_EQ(clip(field(5, "\x01\x02\x80\x01")).bytes, field(5, "\x01\x02"));
}

// Nobody but an attacker says the same thing a thousand times.
TEST(WireClip, AMessageThatIsTooBigWithoutItsListsIsNoGood) {
  std::string message;
  for (int i = 0; i < 1000; ++i) message += field(1, "text");
  const Clipped clipped = clip(message);
  EXPECT_FALSE(clipped.good);
  EXPECT_LT(clipped.bytes.size(), 2100U);
}

TEST(WireClip, WhatIsBrokenIsSaidToBe) {
  EXPECT_FALSE(clip(field(1, "it") + "\x2a\x7f").good);
  EXPECT_FALSE(clip(field(4, "\x2a\x7f")).good);
}

}  // namespace
}  // namespace notifyd::teleport
