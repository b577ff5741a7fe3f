// Window: how many deliveries of an instance may be under way, in all and to one recipient. What
// waits outside of it costs nothing: no claim, no write, no place in the module. A recipient that
// takes one message a second therefore holds up nobody else, and when a place gets free, the most
// important of those who wait for it gets it; among equals the requesters take turns, so that
// nobody's many requests hold up another's one.
//
// [engine thread]
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "notify/fair_queue.hpp"

namespace notifyd::delivery {

// Most important first.
enum class Importance { kAnnouncement, kAnswer, kEnd, kReview };

class Window {
 public:
  // One delivery's right to be under way, or its place in line. Destroying it gives up either.
  class Place {
   public:
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { window_.leave(*this); }

    bool granted() const { return number_ == 0; }
    Importance importance() const { return importance_; }

   private:
    friend class Window;
    Place(Window& window, std::string recipient, std::string requester, Importance importance,
          std::function<void()> wake)
        : window_(window),
          recipient_(std::move(recipient)),
          requester_(std::move(requester)),
          importance_(importance),
          wake_(std::move(wake)) {}

    Window& window_;
    const std::string recipient_, requester_;
    const Importance importance_;
    const std::function<void()> wake_;
    std::uint64_t number_ = 0;  // in line; 0: under way
  };

  Window(std::size_t for_one, std::size_t in_all) : for_one_(for_one), in_all_(in_all) {}

  // `requester`: whose Access Request it is. `wake` is called when the place is granted later than
  // now. It must do no more than post. The window outlives its places.
  std::unique_ptr<Place> enter(std::string recipient, Importance importance,
                               const std::string& requester, std::function<void()> wake);

  std::size_t under_way() const { return under_way_; }
  // How many announcements of this requester to this recipient are under way or wait.
  std::size_t announcements(const std::string& recipient, const std::string& requester) const;

 private:
  bool has_room(std::size_t under_way_to_one) const {
    return under_way_to_one < for_one_ && under_way_ < in_all_;
  }
  void occupy(const std::string& recipient);
  void vacate(const std::string& recipient);
  bool grant(std::uint64_t number);  // false: nobody has it
  void pass_on(const std::string& recipient);
  void leave(const Place& place);

  const std::size_t for_one_, in_all_;
  std::size_t under_way_ = 0;
  std::unordered_map<std::string, std::size_t> under_way_to_;  // recipients; none has 0
  std::map<std::pair<std::string, std::string>, std::size_t> announcements_;  // none is 0
  // A recipient's line is open while no more than room in all is missing.
  notify::FairQueue<Importance, Place*> waiting_;
};

}  // namespace notifyd::delivery
