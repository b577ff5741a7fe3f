// Window: how many deliveries of an instance may be under way, in all and to one recipient. What
// waits outside of it costs nothing: no claim, no write, no place in the module. A recipient that
// takes one message a second therefore holds up nobody else, and when a place gets free, the most
// important of those who wait for it gets it.
//
// [engine thread]
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace notifyd::delivery {

// Most important first.
enum class Importance { kAnnouncement, kAnswer, kEnd, kReview };

class Window {
  using Order = std::pair<Importance, std::uint64_t>;

 public:
  // One delivery's right to be under way, or its place in line. Destroying it gives up either.
  class Place {
   public:
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { window_.leave(*this); }

    bool granted() const { return granted_; }
    Importance importance() const { return order_.first; }

   private:
    friend class Window;
    Place(Window& window, std::string recipient, Order order, std::function<void()> wake)
        : window_(window),
          recipient_(std::move(recipient)),
          order_(std::move(order)),
          wake_(std::move(wake)) {}

    Window& window_;
    const std::string recipient_;
    const Order order_;
    const std::function<void()> wake_;
    bool granted_ = false;
  };

  Window(std::size_t for_one, std::size_t in_all) : for_one_(for_one), in_all_(in_all) {}

  // `wake` is called when the place is granted later than now. It must do no more than post.
  // The window outlives its places.
  std::unique_ptr<Place> enter(std::string recipient, Importance importance,
                               std::function<void()> wake);

  std::size_t under_way() const { return under_way_; }

 private:
  struct Line {
    std::size_t under_way = 0;
    std::map<Order, Place*> waiting;
  };
  using Lines = std::map<std::string, Line>;

  bool has_room(const Line& line) const {
    return line.under_way < for_one_ && under_way_ < in_all_;
  }
  void grant(Line& line, Place& place);
  void grant_next(Line& line);
  void leave(Place& place);
  Line* most_important();

  const std::size_t for_one_, in_all_;
  std::size_t under_way_ = 0;
  std::uint64_t next_ = 0;
  Lines lines_;  // of recipients with anything under way or waiting
};

}  // namespace notifyd::delivery
