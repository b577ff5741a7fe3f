#include "teleport/door.h"

#include <utility>

#include "base/thread.h"

namespace notifyd::teleport {

Door::Door(Engine& engine) : engine_(&engine) {
  thread_ = start_thread("teleport", [this] { run(); });
}

Door::~Door() { close(); }

void* Door::tag(std::shared_ptr<grpc::ClientContext> call, Ended ended) {
  const auto operation = std::make_shared<Operation>(Operation{std::move(call), std::move(ended)});
  const std::lock_guard lock(mutex_);
  operations_.emplace(operation.get(), operation);
  return operation.get();
}

void Door::run() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) pass_on(tag, ok);
}

void Door::pass_on(void* tag, bool ok) {
  Engine::Work work = static_cast<Operation*>(tag)->ended(ok);
  const std::lock_guard lock(mutex_);
  auto node = operations_.extract(tag);
  post_locked([operation = std::move(node.mapped()), work = std::move(work)] { work(); });
  if (engine_ == nullptr && operations_.empty()) all_ended_.notify_one();
}

void Door::post(Engine::Work work) {
  const std::lock_guard lock(mutex_);
  post_locked(std::move(work));
}

void Door::post_locked(Engine::Work work) {
  if (engine_ != nullptr) {
    engine_->post(std::move(work));
  } else {
    late_.push_back(std::move(work));
  }
}

void Door::close() {
  if (std::exchange(closed_, true)) return;
  std::vector<std::shared_ptr<grpc::ClientContext>> open;
  std::unique_lock lock(mutex_);
  engine_ = nullptr;
  for (const auto& [tag, operation] : operations_) open.push_back(operation->call);
  lock.unlock();
  for (const auto& call : open) call->TryCancel();
  lock.lock();
  all_ended_.wait(lock, [this] { return operations_.empty(); });
  const std::vector<Engine::Work> dropped = std::exchange(late_, {});
  lock.unlock();  // before what is dropped is destroyed
  queue_.Shutdown();
  thread_.join();
}

}  // namespace notifyd::teleport
