#include "teleport/feed.h"

#include <utility>

namespace notifyd::teleport {

Feed::Feed(Engine& engine, Dialer::Connected connection, OnEvent on_event, OnEnd on_end)
    : engine_(engine),
      connection_(std::move(connection)),
      on_event_(std::move(on_event)),
      on_end_(std::move(on_end)),
      turn_(engine) {}

Task<Result<>> Feed::open(Millis timeout) {
  notify::Reply<bool> init;
  init_ = init.to();
  ScopedTimer late(engine_);
  late.start(timeout, [this, answer = init_] {
    ended_ = Error{Errc::kTimeout, "WatchEvents: the stream stayed silent, no INIT came"};
    answer(false);  // who waits may destroy us
  });
  stream_ = session().watch();
  scope_.run(pump());
  const bool came = co_await init;
  if (!came) co_return *ended_;
  co_return Done{};
}

Task<void> Feed::pump() {
  for (;;) {
    const Result<WatchEvent> event = co_await stream_->next();
    if (!event) {
      end(event.error());
      co_return;
    }
    if (event->kind == WatchEvent::Kind::kInit) {
      opened();
    } else {
      on_event_(*event);
    }
  }
}

void Feed::opened() {
  if (std::exchange(open_, true)) return;
  turn_.start(Millis(0), [init = init_] { init(true); });
}

void Feed::end(Error why) {
  if (ended_) return;
  ended_ = std::move(why);
  turn_.start(Millis(0), [init = init_, on_end = on_end_] {
    init(false);  // counts only if INIT never came
    on_end();
  });
}

}  // namespace notifyd::teleport
