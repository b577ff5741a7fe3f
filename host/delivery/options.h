// DeliveryOptions: how this replica works; the same for all its clusters and instances.
#pragma once

#include <cstddef>
#include <string>

#include "base/engine.h"

namespace notifyd::delivery {

struct DeliveryOptions {
  std::string owner;  // this replica's name in claims; unique among all that ever run
  Millis claim_time{30'000};
  Millis retry_base{1'000};
  Millis retry_cap{300'000};
  // How many deliveries of an instance may be under way. What is under way is claimed, and a claim
  // is written again every half claim time.
  std::size_t window_per_recipient = 64;
  std::size_t window = 512;
  // How many announcements of one requester may be on the way to one recipient; further ones are
  // gathered in one message. 0: any number.
  std::size_t digest_after = 100;
};

}  // namespace notifyd::delivery
