// A plain client of the Auth Service, and the world it calls.
#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "authservice.grpc.pb.h"
#include "sim/teleport/auth_server.h"
#include "sim/teleport/objects.h"

namespace notifyd::sim {

// An item of a list or stream.
template <class T>
T decoded(const std::string& bytes) {
  T item;
  EXPECT_TRUE(item.ParseFromString(bytes));
  return item;
}

// Nothing here waits longer.
inline constexpr auto kPatience = std::chrono::seconds(20);

using Stub = ::proto::AuthService::Stub;

class EventReader {
 public:
  EventReader(Stub& stub, const ::proto::Watch& request) {
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    context_.set_wait_for_ready(true);
    reader_ = stub.WatchEvents(&context_, request);
  }

  // False: the stream ended; finish() says how.
  bool next() { return reader_->Read(&event_); }
  const ::proto::Event& event() const { return event_; }
  ::types::AccessRequest request() const {
    return decoded<::types::AccessRequest>(event_.access_request());
  }
  ::grpc::Status finish() {
    while (next()) {
    }
    return reader_->Finish();
  }
  void cancel() { context_.TryCancel(); }

 private:
  ::grpc::ClientContext context_;
  std::unique_ptr<::grpc::ClientReader<::proto::Event>> reader_;
  ::proto::Event event_;
};

inline std::shared_ptr<::grpc::Channel> channel_to(const AuthServer& server, const Credentials& who,
                                                   ::grpc::ChannelArguments arguments = {}) {
  ::grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = who.ca_pem;
  tls.pem_private_key = who.key_pem;
  tls.pem_cert_chain = who.cert_pem;
  arguments.SetSslTargetNameOverride("teleport.cluster.local");
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  // Not a backoff, whatever it is called: how long one attempt to connect may take. A short one
  // fails on a busy machine, and then looks as if the server had refused the certificate.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
  return ::grpc::CreateCustomChannel(server.address(), ::grpc::SslCredentials(tls), arguments);
}

class AuthClient {
 public:
  AuthClient(const AuthServer& server, const Credentials& who,
             const ::grpc::ChannelArguments& arguments = {})
      : channel_(channel_to(server, who, arguments)),
        stub_(::proto::AuthService::NewStub(channel_)) {}

  Stub& stub() { return *stub_; }

  // One attempt to connect may fail on a busy machine, and what is tested then is the machine. So
  // calls wait for an attempt that succeeds, unless they want to know of the first.
  template <class Request, class Response>
  ::grpc::Status call(::grpc::Status (Stub::*method)(::grpc::ClientContext*, const Request&,
                                                     Response*),
                      const Request& request, Response& response, bool until_connected = true) {
    ::grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    context.set_wait_for_ready(until_connected);
    if (!version.empty()) context.AddMetadata("version", version);
    const ::grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    const auto said = context.GetServerInitialMetadata().find("version");
    if (said != context.GetServerInitialMetadata().end()) {
      server_version.assign(said->second.data(), said->second.size());
    }
    return status;
  }

  ::grpc::StatusCode ping() {
    ::proto::PingResponse pong;
    return call(&Stub::Ping, ::proto::PingRequest(), pong).error_code();
  }

  // For those whom the server refuses or is not there for.
  ::grpc::StatusCode ping_at_once() {
    ::proto::PingResponse pong;
    return call(&Stub::Ping, ::proto::PingRequest(), pong, false).error_code();
  }

  ::grpc::Status write(const std::string& id, const Keys& set, const Keys& expect = {}) {
    ::types::PluginDataUpdateParams request;
    request.set_kind("access_request");
    request.set_resource(id);
    request.set_plugin("slack");
    set_keys(*request.mutable_set(), set);
    set_keys(*request.mutable_expect(), expect);
    ::google::protobuf::Empty none;
    return call(&Stub::UpdatePluginData, request, none);
  }

  std::string version;         // sent along when not empty
  std::string server_version;  // of the last answer

 private:
  std::shared_ptr<::grpc::Channel> channel_;
  std::unique_ptr<Stub> stub_;
};

inline ::proto::Watch watch_requests() {
  ::proto::Watch request;
  request.set_allow_partial_success(true);
  request.add_kinds()->set_kind("access_request");
  return request;
}

inline NewRequest request_by(const std::string& user) {
  NewRequest what;
  what.user = user;
  what.roles = {"editor"};
  return what;
}

// A running cluster, and the certificates of those who call it.
class AuthServerTest : public testing::Test {
 protected:
  std::string create() { return cluster_.create_request(request_by("alice@example.com")); }

  Pki pki_;
  Cluster cluster_{{.seed = 1}};
  AuthServer server_{cluster_, pki_};
  const Credentials notifier_ = pki_.issue_client("notifier");
  const Credentials editor_ = pki_.issue_client("carol@example.com", {"editor"});
};

}  // namespace notifyd::sim
