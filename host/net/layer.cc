#include "net/layer.h"

#include <algorithm>

namespace notifyd::net {

LayerStack::LayerStack(std::vector<std::unique_ptr<Layer>> layers) : layers_(std::move(layers)) {}

Result<> LayerStack::start() { return start_next(); }

Result<> LayerStack::receive(std::string_view bytes) {
  if (auto taken = layers_.front()->receive(bytes); !taken) return taken;
  return move_up();
}

Result<> LayerStack::send(std::string_view bytes) {
  if (auto sent = layers_.back()->send(bytes); !sent) return sent;
  return move_down();
}

bool LayerStack::ended() const {
  return std::ranges::any_of(layers_, [](const auto& layer) { return layer->ended(); });
}

// Every layer that got anything may have something to answer, and one that has just opened lets the
// next begin, for which bytes may be there already.
Result<> LayerStack::move_up() {
  for (std::size_t at = 0; at + 1 < layers_.size(); ++at) {
    if (at + 1 == started_ && layers_[at]->open()) {
      if (auto next = start_next(); !next) return next;
    }
    if (at + 1 >= started_) break;
    const std::string bytes = layers_[at]->take_up();
    if (bytes.empty()) continue;
    if (auto taken = layers_[at + 1]->receive(bytes); !taken) return taken;
  }
  return move_down();
}

Result<> LayerStack::move_down() {
  for (std::size_t at = started_; at-- > 1;) {
    const std::string bytes = layers_[at]->take_down();
    if (bytes.empty()) continue;
    if (auto sent = layers_[at - 1]->send(bytes); !sent) return sent;
  }
  return Done{};
}

Result<> LayerStack::start_next() {
  if (auto started = layers_[started_]->start(); !started) return started;
  ++started_;
  return Done{};
}

}  // namespace notifyd::net
