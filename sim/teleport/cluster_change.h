// For the files that implement Cluster only.
#pragma once

#include "sim/teleport/cluster.h"

namespace notifyd::sim {

template <class Work>
auto Cluster::change(Work work) {
  auto result = [&] {
    const std::lock_guard lock(mutex_);
    return work();
  }();
  if (on_change_) on_change_();
  return result;
}

}  // namespace notifyd::sim
