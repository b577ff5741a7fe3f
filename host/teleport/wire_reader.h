// WireReader: a protobuf message read member by member from wherever gRPC put it, so that what is
// big is not copied only to be looked at. Any thread, one at a time.
#pragma once

#include <google/protobuf/io/coded_stream.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace notifyd::teleport {

class WireReader {
 public:
  enum class Type : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
  struct Member {
    std::uint32_t number = 0;
    Type type = Type::kVarint;
    std::uint64_t value = 0;  // of a varint
    std::size_t size = 0;     // of kBytes: text, a message

    bool is_bytes(std::uint32_t wanted) const { return number == wanted && type == Type::kBytes; }
  };

  // `in` holds `size` bytes: one message.
  WireReader(google::protobuf::io::ZeroCopyInputStream& in, std::size_t size);

  // nullopt: there is no more, or what comes makes no sense; broken() tells which. The bytes of a
  // member that nobody took are skipped.
  std::optional<Member> next();
  bool broken() const { return broken_; }

  // The bytes of the member that next() just gave, `max` of them at the most.
  std::string take(std::size_t max);

  // The same where they lie; of a stream that is in one piece and outlives what is looked at.
  std::string_view look();

  // The same as a message: each of its members goes to `each`. False if it is broken; what comes
  // after it can be read all the same.
  template <class Each>
  bool enter(Each each) {
    const Outer outer = begin();
    while (const auto member = next()) each(*member);
    return end(outer);
  }

 private:
  struct Outer {
    google::protobuf::io::CodedInputStream::Limit limit;
    bool broken;
  };

  Outer begin();
  bool end(const Outer& outer);
  std::optional<Member> fail();
  bool read_value(Member& member);

  google::protobuf::io::CodedInputStream in_;
  std::size_t pending_ = 0;  // bytes of the current member that nobody took yet
  bool broken_ = false;
};

}  // namespace notifyd::teleport
