// GarblerTest: a server that answers with messages as the test puts them together, and a session
// with it. Nothing of a message is copied by the server.
#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "teleport/grpc_auth.h"
#include "unit/teleport/grpc_world.h"
#include "unit/teleport/wire_bytes.h"

namespace notifyd::teleport {

// Answers a call with `messages`. A stream of events then stays open, as Teleport's does.
class Answer final : public grpc::ServerGenericBidiReactor {
 public:
  Answer(const std::vector<std::string>& messages, bool stays_open)
      : stays_open_(stays_open), messages_(messages) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!std::exchange(answered_, true) && ok) proceed();
  }
  void OnWriteDone(bool ok) override {
    if (ok) proceed();
  }
  void OnCancel() override {
    if (stays_open_) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  void proceed() {
    if (sent_ < messages_.size()) {
      const std::string& message = messages_[sent_++];
      const grpc::Slice slice(message.data(), message.size(), grpc::Slice::STATIC_SLICE);
      message_ = grpc::ByteBuffer(&slice, 1);
      StartWrite(&message_);
    } else if (!stays_open_) {
      Finish(grpc::Status::OK);
    }
  }

  const bool stays_open_;
  const std::vector<std::string>& messages_;
  std::size_t sent_ = 0;
  bool answered_ = false;
  grpc::ByteBuffer request_, message_;
};

class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  Refusal() { Finish({grpc::StatusCode::UNIMPLEMENTED, "unknown method"}); }
  void OnDone() override { delete this; }
};

class Garbler final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* call) override {
    if (is_old && call->method() == "/proto.AuthService/ListAccessRequests") return new Refusal;
    const bool stays_open = call->method() == "/proto.AuthService/WatchEvents";
    return new Answer(messages, stays_open);
  }

  std::vector<std::string> messages;
  bool is_old = false;
};

inline std::string list_of(const std::vector<std::string>& items) {
  std::string list;
  for (const std::string& item : items) list += field(1, item);
  return list;
}

inline std::size_t count_good(const RequestPage& page) {
  return static_cast<std::size_t>(
      std::count_if(page.requests.begin(), page.requests.end(),
                    [](const auto& request) { return request->id.starts_with("good "); }));
}

class GarblerTest : public ::testing::Test {
 protected:
  GarblerTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterCallbackGenericService(&garbler_);
    server_ = builder.BuildAndStart();
    const std::string address = "127.0.0.1:" + std::to_string(port);
    grpc::ChannelArguments args;
    args.SetMaxReceiveMessageSize(kMaxMessage);
    thread_.on([&] {
      door_ = std::make_shared<Door>(thread_.engine());
      session_ = make_session(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), args), door_);
    });
  }
  ~GarblerTest() override {
    thread_.on([this] {
      stream_.reset();
      session_.reset();
      door_->close();
    });
    server_->Shutdown(std::chrono::system_clock::now());
  }

  Result<RequestPage> list() {
    return thread_.run([this] { return session_->list("", {}); });
  }

  Garbler garbler_;
  std::unique_ptr<grpc::Server> server_;
  test::EngineThread thread_;
  std::shared_ptr<Door> door_;
  std::shared_ptr<AuthSession> session_;
  std::unique_ptr<EventStream> stream_;
};

}  // namespace notifyd::teleport
