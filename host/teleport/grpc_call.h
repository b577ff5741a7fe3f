// One unary call as a task. The call's state is owned by those who use it: the task, and the door
// while gRPC has it. A destroyed task cancels the call and waits for nothing.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/async_unary_call.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "notify/task.hpp"
#include "teleport/door.h"
#include "teleport/rpc_error.h"
#include "teleport/wire_reader.h"

namespace notifyd::teleport {

inline std::string path_of(const Rpc& rpc) {
  return std::string("/proto.AuthService/").append(rpc.name);
}

inline void set_deadline(grpc::ClientContext& context, Millis timeout) {
  context.set_deadline(std::chrono::system_clock::now() + timeout);
}

// Cancels when it goes out of scope, unless the call is over: gRPC would do nothing then, and take
// as long for it as for sending a small message.
class CancelUnlessOver {
 public:
  explicit CancelUnlessOver(grpc::ClientContext& context) : context_(&context) {}
  CancelUnlessOver(const CancelUnlessOver&) = delete;
  CancelUnlessOver& operator=(const CancelUnlessOver&) = delete;
  ~CancelUnlessOver() {
    if (context_ != nullptr) context_->TryCancel();
  }

  void over() { context_ = nullptr; }

 private:
  grpc::ClientContext* context_;
};

template <class Request>
struct UnaryCall {
  grpc::ClientContext context;
  Request request;
  grpc::ByteBuffer answer;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;  // the context has it
};

// gRPC's generated stubs give an answer that they could not decode as one that is complete, with
// whatever was read of it and status OK. A list that ends early is worse than none: what is missing
// from it counts as gone. So answers come as bytes and are decoded here.
template <class Response>
std::optional<Response> decode(grpc::ByteBuffer& bytes) {
  Response response;
  if (!grpc::SerializationTraits<Response>::Deserialize(&bytes, &response).ok()) {
    return std::nullopt;
  }
  return response;
}

// Reads an answer where it lies: a copy of one that is big would be as big. `read(reader)` gives
// what `Read` gives.
template <class Read>
auto read_bytes(grpc::ByteBuffer& bytes, Read read) {
  const std::size_t size = bytes.Length();
  grpc::ProtoBufferReader in(&bytes);
  WireReader reader(in, size);
  return read(reader);
}

template <class Answer, class Request, class Convert>
Result<Answer> to_answer(const Rpc& rpc, UnaryCall<Request>& call, Convert& convert) {
  if (!call.status.ok()) return rpc_error(rpc, call.status);
  std::optional<Answer> answer = convert(call.answer);
  if (answer) return std::move(*answer);
  return rpc_error(
      rpc, {grpc::StatusCode::DATA_LOSS, "the answer cannot be decoded; is that an Auth Service?"});
}

// `convert(bytes)` makes the answer of it, or nullopt where it can't be decoded; on the door's
// thread, so that the engine does not spend its time on tens of thousands of records.
template <class Answer, class Request, class Convert>
notify::Task<Result<Answer>> run_call(std::shared_ptr<grpc::ChannelInterface> channel,
                                      std::shared_ptr<Door> door, Rpc rpc, Millis timeout,
                                      std::shared_ptr<UnaryCall<Request>> call, Convert convert) {
  if (door->closed()) co_return rpc_error(rpc, {grpc::StatusCode::CANCELLED, "disconnected"});
  notify::Reply<std::shared_ptr<Result<Answer>>> reply;
  auto ended = [rpc, call, convert, done = reply.to()](bool) mutable -> Engine::Work {
    auto answer = std::make_shared<Result<Answer>>(to_answer<Answer>(rpc, *call, convert));
    call->answer.Clear();
    return [done, answer] { done(answer); };
  };
  set_deadline(call->context, timeout);
  CancelUnlessOver cancel(call->context);
  grpc::TemplatedGenericStub<Request, grpc::ByteBuffer> stub(std::move(channel));
  call->reader = stub.PrepareUnaryCall(&call->context, path_of(rpc), call->request, door->queue());
  call->reader->StartCall();
  call->reader->Finish(&call->answer, &call->status,
                       door->tag({call, &call->context}, std::move(ended)));
  const std::shared_ptr<Result<Answer>> answer = co_await reply;
  cancel.over();
  co_return std::move(*answer);
}

}  // namespace notifyd::teleport
