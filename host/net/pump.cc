#include "net/pump.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/system_error.h"

namespace notifyd::net {
namespace {

constexpr std::size_t kReadAtOnce = 64U << 10U;
// A side whose other side has more than this waiting is not read.
constexpr std::size_t kMaxWaiting = 256U << 10U;

// What read() said, in one of three ways.
struct Took {
  std::string_view bytes;
  bool ended = false;
  int error = 0;  // errno
};

Took take(int socket, std::array<char, kReadAtOnce>& buffer) {
  const ssize_t count = recv(socket, buffer.data(), buffer.size(), 0);
  if (count > 0) return {.bytes = {buffer.data(), static_cast<std::size_t>(count)}};
  if (count == 0) return {.bytes = {}, .ended = true};
  if (errno == EAGAIN || errno == EINTR) return {};
  return {.bytes = {}, .error = errno};
}

}  // namespace

Pump::Pump(Engine& engine, LayerStack layers, Fd far)
    : engine_(engine), layers_(std::move(layers)), deadline_(engine) {
  far_.socket = std::move(far);
  far_.readiness = engine_.watch(far_.socket.get());
}

Pump::~Pump() = default;

notify::Task<Result<>> Pump::open(Millis within) {
  notify::Reply<Result<>> reply;
  opened_ = reply.to();
  deadline_.start(within, [this] { end(layers_.late()); });
  if (auto started = layers_.start(); !started) {
    end(std::move(started).error());
  } else {
    take_from_layers();
    read_on();
  }
  co_return co_await reply;
}

void Pump::carry(Fd near) {
  near_.socket = std::move(near);
  near_.readiness = engine_.watch(near_.socket.get());
  take_from_layers();
  read_on();
}

// Asks for more on each side whose other side has room for it. Before there is a near side, only
// the negotiation is read.
void Pump::read_on() {
  if (over_) return;
  const bool wanted = near_.socket ? near_.waiting.size() < kMaxWaiting : !layers_.open();
  if (wanted && !std::exchange(far_.reading, true)) {
    far_.readiness->when_readable([this] { from_far(); });
  }
  if (near_.socket && far_.waiting.size() < kMaxWaiting && !std::exchange(near_.reading, true)) {
    near_.readiness->when_readable([this] { from_near(); });
  }
}

void Pump::from_far() {
  far_.reading = false;
  std::array<char, kReadAtOnce> buffer;
  const Took took = take(far_.socket.get(), buffer);
  if (took.ended) return end(layers_.cut_off());
  if (took.error != 0) {
    return end(
        Error{Errc::kUnavailable, layers_.cut_off().message + " (" + errno_text(took.error) + ")"});
  }
  const Result<> received = layers_.receive(took.bytes);
  take_from_layers();
  if (over_) return;
  if (!received) return end(received.error());
  if (layers_.ended()) return end(layers_.cut_off());
  if (layers_.open() && opened_) tell_opened(Done{});
  read_on();
}

void Pump::from_near() {
  near_.reading = false;
  std::array<char, kReadAtOnce> buffer;
  const Took took = take(near_.socket.get(), buffer);
  if (took.ended || took.error != 0) return end(std::nullopt);
  if (const Result<> sent = layers_.send(took.bytes); !sent) return end(sent.error());
  take_from_layers();
  read_on();
}

void Pump::take_from_layers() {
  far_.waiting += layers_.take_down();
  write(far_);
  if (over_ || !near_.socket) return;
  near_.waiting += layers_.take_up();
  write(near_);
}

// As much as goes; the rest once there is room.
void Pump::write(End& end) {
  while (!over_ && !end.waiting.empty() && !end.writing) {
    const ssize_t count =
        send(end.socket.get(), end.waiting.data(), end.waiting.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      end.waiting.erase(0, static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      end.writing = true;
      end.readiness->when_writable([this, &end] {
        end.writing = false;
        write(end);
        read_on();
      });
    } else if (errno != EINTR) {
      // Why is better said by what the far side wrote before it closed, which is read next.
      end.waiting.clear();
      if (&end == &near_) this->end(std::nullopt);
    }
  }
}

// The local side learns of the end last: who asks then why finds the answer.
void Pump::end(std::optional<Error> why) {
  if (std::exchange(over_, true)) return;
  deadline_.stop();
  ended_ = std::move(why);
  near_.readiness.reset();
  far_.readiness.reset();
  if (opened_) {
    tell_opened(ended_ ? *ended_ : Error{Errc::kCancelled, "the connection was closed"});
  }
  near_.socket = Fd();
  far_.socket = Fd();
}

// Not from here: whoever waits may destroy this.
void Pump::tell_opened(Result<> how) {
  deadline_.stop();
  engine_.post([to = std::exchange(opened_, nullptr), how = std::move(how)] { to(how); });
}

}  // namespace notifyd::net
