#include "base/workshop.h"

#include "base/thread.h"

namespace notifyd {

Workshop::Workshop(Engine& engine)
    : engine_(engine), thread_(start_thread("workshop", [this] { loop_.run(); })) {}

Workshop::~Workshop() {
  loop_.post([this] { loop_.stop(); });
  thread_.join();
}

void Workshop::post(std::function<Engine::Work()> work) {
  ++open_;
  loop_.post([this, work = std::move(work)] {
    Engine::Work answer = work();
    --open_;
    engine_.post(std::move(answer));
  });
}

}  // namespace notifyd
