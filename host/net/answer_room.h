// AnswerRoom: how many bytes of answers may be in memory, from their arrival until nobody has them
// any more. Without it a hundred hostile answers at once would be a hundred times the largest.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace notifyd::net {

// [any]
class AnswerRoom {
 public:
  explicit AnswerRoom(std::size_t bytes) : left_(bytes) {}

  bool take(std::size_t bytes) {
    std::size_t left = left_;
    while (left >= bytes) {
      if (left_.compare_exchange_weak(left, left - bytes)) return true;
    }
    return false;
  }
  void give_back(std::size_t bytes) { left_ += bytes; }

 private:
  std::atomic<std::size_t> left_;
};

// What one answer has taken; given back at its end.
class RoomShare {
 public:
  explicit RoomShare(std::shared_ptr<AnswerRoom> room) : room_(std::move(room)) {}
  RoomShare(const RoomShare&) = delete;
  RoomShare& operator=(const RoomShare&) = delete;
  ~RoomShare() { room_->give_back(taken_); }

  bool grow_to(std::size_t bytes) {
    if (bytes <= taken_) return true;
    if (!room_->take(bytes - taken_)) return false;
    taken_ = bytes;
    return true;
  }

 private:
  const std::shared_ptr<AnswerRoom> room_;
  std::size_t taken_ = 0;
};

}  // namespace notifyd::net
