// The Auth Service's calls: who may, what goes wrong on purpose, and the Cluster's answer.
// gRPC's threads.
#pragma once

#include <memory>
#include <string>

#include "authservice.grpc.pb.h"
#include "sim/teleport/auth_faults.h"
#include "sim/teleport/auth_traffic.h"
#include "sim/teleport/caller.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/pause.h"
#include "sim/teleport/watch_stream.h"

namespace notifyd::sim {

// Lives on while the server is stopped.
struct AuthWorld {
  AuthWorld(Cluster& served, AuthServerOptions options)
      : cluster(served), rules(std::move(options.rules)), faults(options.fault_seed) {}

  Cluster& cluster;
  AccessRules rules;
  AuthFaults faults;
  TrafficCounts traffic;
  WatchStreams streams{traffic};
  Pause pause;
};

// Streams are reactors, so that an idle one holds no thread; all else returns soon and is plain.
class AuthService
    : public ::proto::AuthService::WithCallbackMethod_WatchEvents<::proto::AuthService::Service> {
 public:
  explicit AuthService(AuthWorld& world) : world_(world) {}

 private:
  using Context = ::grpc::ServerContext;
  using Empty = ::google::protobuf::Empty;
  using Status = ::grpc::Status;

  Status Ping(Context* context, const ::proto::PingRequest* request,
              ::proto::PingResponse* response) override;
  ::grpc::ServerWriteReactor<::proto::Event>* WatchEvents(::grpc::CallbackServerContext* context,
                                                          const ::proto::Watch* request) override;
  Status ListAccessRequests(Context* context, const ::proto::ListAccessRequestsRequest* request,
                            ::proto::ListAccessRequestsResponse* response) override;
  Status GetAccessRequestsV2(Context* context, const ::types::AccessRequestFilter* request,
                             ::grpc::ServerWriter<::types::Item>* writer) override;
  Status GetPluginData(Context* context, const ::types::PluginDataFilter* request,
                       ::proto::PluginDataSeq* response) override;
  Status UpdatePluginData(Context* context, const ::types::PluginDataUpdateParams* request,
                          Empty* response) override;
  Status CreateAccessRequestV2(Context* context, const ::types::AccessRequest* request,
                               ::types::AccessRequest* response) override;
  Status DeleteAccessRequest(Context* context, const ::proto::RequestID* request,
                             Empty* response) override;
  Status SetAccessRequestState(Context* context, const ::proto::RequestStateSetter* request,
                               Empty* response) override;
  Status SubmitAccessReview(Context* context, const ::types::AccessReviewSubmission* request,
                            ::types::AccessRequest* response) override;

  // Wraps what all unary calls have in common around `work`, which is given the Caller.
  template <class Request, class Response, class Work>
  Status serve(AuthMethod method, Context& context, const Request& request, Response& response,
               Work work);

  Result<std::shared_ptr<WatchStream>> open_stream(const ::grpc::CallbackServerContext& context,
                                                   const ::proto::Watch& watch);
  Result<> require(const Caller& caller, const std::string& kind, const std::string& verb) const;
  Result<> require_plugin_data(const Caller& caller, bool write) const;
  RequestQuery query_for(const Caller& caller, const ::types::AccessRequestFilter& filter) const;
  Result<> list(const Caller& caller, const ::proto::ListAccessRequestsRequest& request,
                ::proto::ListAccessRequestsResponse& response) const;
  Result<RequestPtr> create(const Caller& caller, const ::types::AccessRequest& request);
  Result<RequestPtr> review(const Caller& caller, const ::types::AccessReviewSubmission& request);
  Result<> set_state(const Caller& caller, const ::proto::RequestStateSetter& request);

  AuthWorld& world_;
};

}  // namespace notifyd::sim
