// Layer: one protocol of a connection that is built of several, as a client speaks it, without any
// I/O. What the far side sent is fed in, and what there is to send is taken out; so each protocol
// is tested, and fuzzed, by itself.
//
//   bytes of the program  <->  layer n  <->  ...  <->  layer 1  <->  the socket
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace notifyd::net {

class Layer {
 public:
  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  virtual ~Layer() = default;

  // The layer below is open: this one may begin to talk. Once, before all else.
  virtual Result<> start() = 0;
  // Bytes from the far side, as they came. An error is the connection's end, and says what a person
  // can do about it; what there is to take down is still to be sent.
  virtual Result<> receive(std::string_view bytes) = 0;
  // Bytes of the layer above. Only once this is open.
  virtual Result<> send(std::string_view bytes) = 0;
  // What it means that the socket ended here.
  virtual Error cut_off() const = 0;
  // And that its negotiation did not come to its end in time.
  virtual Error late() const = 0;

  // Whether its own negotiation is done.
  bool open() const { return open_; }
  // The far side said in this protocol that nothing more comes.
  bool ended() const { return ended_; }
  // For the layer below, and for the one above. What is taken is gone.
  std::string take_down() { return std::exchange(down_, {}); }
  std::string take_up() { return std::exchange(up_, {}); }

 protected:
  bool open_ = false, ended_ = false;
  std::string down_, up_;
};

// Layers on each other, used as one: open when the topmost is.
class LayerStack {
 public:
  // Lowest first; there is at least one.
  explicit LayerStack(std::vector<std::unique_ptr<Layer>> layers);

  Result<> start();
  Result<> receive(std::string_view bytes);
  Result<> send(std::string_view bytes);
  // What the layer that is at work says of the end, and of a negotiation that takes too long.
  Error cut_off() const { return at_work().cut_off(); }
  Error late() const { return at_work().late(); }

  bool open() const { return started_ == layers_.size() && layers_.back()->open(); }
  bool ended() const;
  std::string take_down() { return layers_.front()->take_down(); }
  std::string take_up() { return layers_.back()->take_up(); }

 private:
  Result<> move_up();
  Result<> move_down();
  Result<> start_next();
  const Layer& at_work() const { return *layers_[started_ == 0 ? 0 : started_ - 1]; }

  std::vector<std::unique_ptr<Layer>> layers_;
  std::size_t started_ = 0;
};

}  // namespace notifyd::net
