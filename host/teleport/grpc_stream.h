// StreamReader: a server's stream, read one message at a time when asked, so that a slow reader
// slows the server down through HTTP/2 and nothing piles up here.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"
#include "notify/task.hpp"
#include "teleport/door.h"
#include "teleport/grpc_call.h"
#include "teleport/rpc_error.h"

namespace notifyd::teleport {

// Lives until gRPC has said OnDone and nobody reads any more; the engine destroys it. The engine's
// thread calls read() and cancel(), gRPC's threads the reactions.
//
// Reads are started outside of reactions, so gRPC asks for a hold: without one it could finish the
// call, and free it, while read() is about to use it. The hold ends exactly once: after a read that
// failed, or when cancelled with no read under way.
//
// Messages come as bytes, to be read where they lie: a big one that was decoded would be there
// twice. After a read that failed the call is cancelled; if the server had ended it, that changes
// nothing any more. For gRPC it is a call whose request is a stream too, of one message: the only
// kind that it has a public way for without generated code.
template <class Request, class Message>
class StreamReader final : public grpc::ClientBidiReactor<Request, grpc::ByteBuffer>,
                           public std::enable_shared_from_this<StreamReader<Request, Message>> {
 public:
  // `convert` makes a message of its bytes, on gRPC's threads, so that the engine does not spend
  // its time on what is big.
  using Convert = Message (*)(grpc::ByteBuffer&);

  StreamReader(std::shared_ptr<Door> door, Request what, Convert convert)
      : request(std::move(what)), door_(std::move(door)), convert_(convert) {}

  grpc::ClientContext context;
  const Request request;

  void start(std::shared_ptr<grpc::ChannelInterface> channel, const Rpc& rpc) {
    self_ = this->shared_from_this();
    door_->begin({self_, &context});
    grpc::TemplatedGenericStub<Request, grpc::ByteBuffer> stub(std::move(channel));
    stub.PrepareBidiStreamingCall(&context, path_of(rpc), {}, this);
    this->AddHold();
    this->StartWriteLast(&request, grpc::WriteOptions());
    this->StartCall();
  }

  // nullopt: no more. One at a time.
  notify::Task<std::optional<Message>> read() {
    notify::Reply<bool> reply;
    read_done_ = reply.to();
    if (!begin_read()) co_return std::nullopt;
    const bool got = co_await reply;
    if (!got) co_return std::nullopt;
    co_return std::exchange(message_, std::nullopt);
  }

  // Why there are no more; after read() gave nullopt.
  notify::Task<grpc::Status> status() {
    if (status_) co_return *status_;
    notify::Reply<grpc::Status> reply;
    done_ = reply.to();
    grpc::Status status = co_await reply;
    co_return status;
  }

  void cancel() {
    context.TryCancel();
    bool release = false;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      release = !reading_ && std::exchange(held_, false);
    }
    if (release) this->RemoveHold();
  }

 private:
  bool begin_read() {
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return false;
      reading_ = true;
    }
    this->StartRead(&bytes_);
    return true;
  }

  void OnReadDone(bool ok) override {
    if (ok) message_.emplace(convert_(bytes_));
    bytes_.Clear();
    bool release = false;
    {
      const std::lock_guard lock(mutex_);
      reading_ = false;
      ended_ = ended_ || !ok;
      release = ended_ && std::exchange(held_, false);
    }
    door_->post([self = this->shared_from_this(), ok] {
      if (const auto done = std::exchange(self->read_done_, nullptr)) done(ok);
    });
    if (!ok) context.TryCancel();
    if (release) this->RemoveHold();
  }

  // Nothing of this object is touched once it is handed over.
  void OnDone(const grpc::Status& status) override {
    const std::shared_ptr<Door> door = door_;
    door->end(&context, [self = std::move(self_), status] {
      self->status_ = status;
      if (const auto done = std::exchange(self->done_, nullptr)) done(status);
    });
  }

  std::shared_ptr<Door> door_;
  std::shared_ptr<StreamReader> self_;  // while gRPC knows us

  const Convert convert_;

  // [engine thread], except that the first two are gRPC's while a read is under way.
  grpc::ByteBuffer bytes_;
  std::optional<Message> message_;
  std::function<void(bool)> read_done_;
  std::function<void(grpc::Status)> done_;
  std::optional<grpc::Status> status_;

  std::mutex mutex_;
  bool reading_ = false;
  bool ended_ = false;
  bool held_ = true;
};

}  // namespace notifyd::teleport
