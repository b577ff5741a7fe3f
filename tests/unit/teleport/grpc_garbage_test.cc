// A server whose messages cannot be decoded: a proxy that cut them, something else on that port.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include "authservice.pb.h"
#include "teleport/grpc_auth.h"
#include "unit/teleport/grpc_world.h"

namespace notifyd::teleport {
namespace {

using ::testing::HasSubstr;

// Answers every call with `message`. A stream then stays open, as Teleport's does.
class Answer final : public grpc::ServerGenericBidiReactor {
 public:
  Answer(const std::string& message, bool stays_open) : stays_open_(stays_open) {
    const grpc::Slice slice(message);
    message_ = grpc::ByteBuffer(&slice, 1);
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!std::exchange(answered_, true) && ok) StartWrite(&message_);
  }
  void OnWriteDone(bool) override {
    if (!stays_open_) Finish(grpc::Status::OK);
  }
  void OnCancel() override {
    if (stays_open_) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  const bool stays_open_;
  bool answered_ = false;
  grpc::ByteBuffer request_, message_;
};

class Garbler final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* call) override {
    const bool stays_open = call->method() == "/proto.AuthService/WatchEvents";
    return new Answer(message, stays_open);
  }

  std::string message;
};

std::string page_that_ends_early() {
  ::proto::ListAccessRequestsResponse page;
  for (const char* id : {"1", "2", "3"}) {
    page.add_access_requests()->mutable_metadata()->set_name(id);
  }
  std::string bytes = page.SerializeAsString();
  bytes.pop_back();
  return bytes;
}

class GarbageTest : public ::testing::Test {
 protected:
  GarbageTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterCallbackGenericService(&garbler_);
    server_ = builder.BuildAndStart();
    const std::string address = "127.0.0.1:" + std::to_string(port);
    thread_.on([&] {
      door_ = std::make_shared<Door>(thread_.engine());
      session_ =
          make_session(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()), door_);
    });
  }
  ~GarbageTest() override {
    thread_.on([this] {
      stream_.reset();
      session_.reset();
      door_->close();
    });
    server_->Shutdown(std::chrono::system_clock::now());
  }

  Garbler garbler_;
  std::unique_ptr<grpc::Server> server_;
  EngineThread thread_;
  std::shared_ptr<Door> door_;
  std::shared_ptr<AuthSession> session_;
  std::unique_ptr<EventStream> stream_;
};

TEST_F(GarbageTest, AListThatCannotBeDecodedIsAnErrorAndNotAShortList) {
  garbler_.message = page_that_ends_early();
  const auto page = thread_.run([this] { return session_->list(""); });
  ASSERT_FALSE(page);
  EXPECT_THAT(page.error().message, HasSubstr("cannot be decoded"));
}

TEST_F(GarbageTest, RecordsThatCannotBeDecodedAreAnError) {
  garbler_.message = "\x0a\x7f";
  EXPECT_FALSE(thread_.run([this] { return session_->list_records("slack"); }));
}

TEST_F(GarbageTest, AnEventThatCannotBeDecodedEndsTheStreamThoughTheServerKeepsItOpen) {
  garbler_.message = "\x0a\x7f";
  thread_.on([this] { stream_ = session_->watch(); });
  const auto event = thread_.run([this] { return stream_->next(); });
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Errc::kUnavailable);
  EXPECT_THAT(event.error().message, HasSubstr("cannot be decoded"));
}

}  // namespace
}  // namespace notifyd::teleport
