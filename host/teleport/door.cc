#include "teleport/door.h"

#include <utility>

namespace notifyd::teleport {

void Door::begin(const std::shared_ptr<grpc::ClientContext>& call) {
  const std::lock_guard lock(mutex_);
  calls_.emplace(call.get(), call);
}

void Door::post(Engine::Work work) {
  const std::lock_guard lock(mutex_);
  post_locked(std::move(work));
}

void Door::end(const grpc::ClientContext* call, Engine::Work work) {
  const std::lock_guard lock(mutex_);
  calls_.erase(call);
  post_locked(std::move(work));
  ended_.notify_all();
}

void Door::post_locked(Engine::Work work) {
  if (engine_ != nullptr) {
    engine_->post(std::move(work));
  } else {
    late_.push_back(std::move(work));
  }
}

void Door::close() {
  std::vector<std::shared_ptr<grpc::ClientContext>> open;
  std::unique_lock lock(mutex_);
  engine_ = nullptr;
  for (const auto& [address, call] : calls_) open.push_back(call.lock());
  lock.unlock();  // a cancelled call may end on this thread, at once
  for (const auto& call : open) {
    if (call) call->TryCancel();
  }
  lock.lock();
  ended_.wait(lock, [this] { return calls_.empty(); });
  const std::vector<Engine::Work> dropped = std::exchange(late_, {});
  lock.unlock();  // before what is dropped is destroyed
}

}  // namespace notifyd::teleport
