// StreamReader: a server's stream, read one message at a time when asked, so that a slow reader
// slows the server down through HTTP/2 and nothing piles up here.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <optional>
#include <utility>

#include "base/result.h"
#include "notify/task.hpp"
#include "teleport/door.h"
#include "teleport/grpc_call.h"
#include "teleport/rpc_error.h"

namespace notifyd::teleport {

// Lives as long as anybody reads, and as gRPC has anything of it under way. [engine thread]
//
// Messages come as bytes, to be read where they lie: a big one that was decoded would be there
// twice. For gRPC it is a call whose request is a stream too, of one message: the only kind that it
// has a public way for without generated code.
template <class Request, class Message>
class StreamReader final : public std::enable_shared_from_this<StreamReader<Request, Message>> {
 public:
  // `convert` makes a message of its bytes, on the door's thread.
  using Convert = Message (*)(grpc::ByteBuffer&);

  StreamReader(std::shared_ptr<Door> door, Request what, Convert convert)
      : request(std::move(what)), door_(std::move(door)), convert_(convert) {}

  grpc::ClientContext context;
  const Request request;

  void start(std::shared_ptr<grpc::ChannelInterface> channel, const Rpc& rpc) {
    if (door_->closed()) return;
    context.set_initial_metadata_corked(true);  // goes out with the request
    grpc::TemplatedGenericStub<Request, grpc::ByteBuffer> stub(std::move(channel));
    call_ = stub.PrepareCall(&context, path_of(rpc), door_->queue());
    call_->StartCall(nullptr);
    call_->WriteLast(request, grpc::WriteOptions(), tag([](bool) { return [] {}; }));
  }

  // nullopt: no more. One at a time.
  notify::Task<std::optional<Message>> read() {
    if (over()) co_return std::nullopt;
    notify::Reply<bool> reply;
    call_->Read(&bytes_, tag([this, to = reply.to()](bool ok) -> Engine::Work {
      if (ok) message_.emplace(convert_(bytes_));
      bytes_.Clear();
      return [to, ok] { to(ok); };
    }));
    const bool got = co_await reply;
    at_end_ = !got;
    co_return std::exchange(message_, std::nullopt);
  }

  // Why there are no more; after read() gave nullopt.
  notify::Task<grpc::Status> status() {
    if (!call_ || door_->closed()) co_return grpc::Status(grpc::StatusCode::CANCELLED, "");
    if (finished_) co_return status_;
    notify::Reply<bool> reply;
    call_->Finish(&status_,
                  tag([to = reply.to()](bool) -> Engine::Work { return [to] { to(true); }; }));
    co_await reply;
    finished_ = true;
    co_return status_;
  }

  void cancel() { context.TryCancel(); }

 private:
  bool over() const { return !call_ || at_end_ || door_->closed(); }

  // This lives until the operation has ended.
  void* tag(Door::Ended&& ended) {
    return door_->tag({this->shared_from_this(), &context}, std::move(ended));
  }

  const std::shared_ptr<Door> door_;
  const Convert convert_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<Request, grpc::ByteBuffer>> call_;

  bool at_end_ = false, finished_ = false;
  grpc::ByteBuffer bytes_;  // gRPC's, and then the door's thread's, while a read is under way
  std::optional<Message> message_;
  grpc::Status status_;
};

}  // namespace notifyd::teleport
