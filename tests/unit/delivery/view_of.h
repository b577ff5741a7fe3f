// A request as it is seen, for whoever tries what follows from that.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "delivery/view.h"

namespace notifyd::delivery {

inline View view_of(model::End end, std::size_t reviews = 0) {
  model::AccessRequest request;
  request.end = end;
  request.reviews.resize(reviews);
  View view;
  view.see(std::make_shared<const model::AccessRequest>(std::move(request)));
  return view;
}

}  // namespace notifyd::delivery
