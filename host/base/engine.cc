#include "base/engine.h"

namespace notifyd {

notify::Task<void> sleep(Engine& engine, Millis delay) {
  notify::Reply<bool> woken;
  ScopedTimer timer(engine);
  timer.start(delay, [wake = woken.to()] { wake(true); });
  co_await woken;
}

}  // namespace notifyd
