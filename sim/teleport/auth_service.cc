#include "sim/teleport/auth_service.h"

#include <algorithm>
#include <utility>

#include "sim/teleport/objects.h"

namespace notifyd::sim {
namespace {

using ::grpc::Status;
using ::grpc::StatusCode;

constexpr std::int32_t kDefaultPage = 1000;
constexpr std::int32_t kMaxPage = 16000;

StatusCode code_of(Errc code) {
  switch (code) {
    case Errc::kInvalid:
      return StatusCode::INVALID_ARGUMENT;
    case Errc::kNotFound:
      return StatusCode::NOT_FOUND;
    case Errc::kDenied:
      return StatusCode::PERMISSION_DENIED;
    case Errc::kConflict:
      return StatusCode::FAILED_PRECONDITION;
    case Errc::kUnimplemented:
      return StatusCode::UNIMPLEMENTED;
    case Errc::kUnavailable:
      return StatusCode::UNAVAILABLE;
    default:
      return StatusCode::UNKNOWN;
  }
}

template <class T>
Status status_of(const Result<T>& result) {
  return result.ok() ? Status::OK : Status(code_of(result.error().code), result.error().message);
}

Status status_of(const AuthFault& fault) { return {fault.code, fault.message}; }

bool fails(const std::optional<AuthFault>& fault) { return fault && fault->code != StatusCode::OK; }

Status stopping() { return {StatusCode::UNAVAILABLE, "the Auth Service is stopping"}; }

Error denied(std::string message) { return {Errc::kDenied, std::move(message)}; }

::proto::Event init_event(const WatchPlan& plan, bool with_status) {
  ::proto::Event event;
  event.set_type(::proto::INIT);
  if (!with_status) return event;
  ::types::WatchStatus status;
  status.set_kind("watch_status");
  status.set_version("v1");
  status.mutable_spec()->mutable_kinds()->Assign(plan.kinds.begin(), plan.kinds.end());
  event.set_watch_status(status.SerializeAsString());
  return event;
}

NewRequest new_request(const ::types::AccessRequest& message) {
  const auto& spec = message.spec();
  NewRequest request;
  request.user = spec.user();
  request.roles.assign(spec.roles().begin(), spec.roles().end());
  request.reason = spec.request_reason();
  request.suggested_reviewers.assign(spec.suggested_reviewers().begin(),
                                     spec.suggested_reviewers().end());
  request.resources.assign(spec.requested_resource_ids().begin(),
                           spec.requested_resource_ids().end());
  request.kind = spec.request_kind();
  return request;
}

// Without the rule to see all: one's own, and those that one was asked to review.
bool concerns(const std::string& user, const ::types::AccessRequest& request) {
  const auto& asked = request.spec().suggested_reviewers();
  return request.spec().user() == user ||
         std::find(asked.begin(), asked.end(), user) != asked.end();
}

}  // namespace

template <class Request, class Response, class Work>
Status AuthService::serve(AuthMethod method, Context& context, const Request& request,
                          Response& response, Work work) {
  world_.traffic.called(method, request.ByteSizeLong());
  const auto fault = world_.faults.draw(method);
  Status status = [&]() -> Status {
    if (fault && !world_.pause.sleep(fault->delay)) return stopping();
    if (fails(fault) && !fault->answer_lost) return status_of(*fault);
    const auto version = check_client_version(context, world_.cluster.options().version);
    const auto done = version ? work(caller_of(context)) : version;
    return fails(fault) ? status_of(*fault) : status_of(done);
  }();
  context.AddInitialMetadata("version", world_.cluster.options().version);
  if (status.ok()) world_.traffic.answered(method, response.ByteSizeLong());
  if (!status.ok()) world_.traffic.failed(method);
  return status;
}

Status AuthService::Ping(Context* context, const ::proto::PingRequest* request,
                         ::proto::PingResponse* response) {
  return serve(AuthMethod::kPing, *context, *request, *response, [&](const Caller&) -> Result<> {
    const ClusterOptions& options = world_.cluster.options();
    response->set_cluster_name(options.name);
    response->set_server_version(options.version);
    response->set_proxy_public_addr(options.proxy_public_addr);
    response->mutable_server_features()->set_advanced_access_workflows(
        options.advanced_access_workflows);
    return Done{};
  });
}

::grpc::ServerWriteReactor<::proto::Event>* AuthService::WatchEvents(
    ::grpc::CallbackServerContext* context, const ::proto::Watch* request) {
  world_.traffic.called(AuthMethod::kWatchEvents, request->ByteSizeLong());
  context->AddInitialMetadata("version", world_.cluster.options().version);
  auto stream = open_stream(*context, *request);
  if (stream) return stream->get();
  world_.traffic.failed(AuthMethod::kWatchEvents);
  const auto refused = world_.streams.open({});
  refused->end(status_of(stream));
  return refused.get();
}

Status AuthService::ListAccessRequests(Context* context,
                                       const ::proto::ListAccessRequestsRequest* request,
                                       ::proto::ListAccessRequestsResponse* response) {
  return serve(AuthMethod::kListAccessRequests, *context, *request, *response,
               [&](const Caller& caller) { return list(caller, *request, *response); });
}

Status AuthService::GetAccessRequestsV2(Context* context,
                                        const ::types::AccessRequestFilter* request,
                                        ::grpc::ServerWriter<::types::Item>* writer) {
  ::proto::ListAccessRequestsResponse all;
  Status status = serve(AuthMethod::kGetAccessRequestsV2, *context, *request, all,
                        [&](const Caller& caller) -> Result<> {
                          const auto query = query_for(caller, *request);
                          for (const auto& found : world_.cluster.list(query).requests) {
                            all.add_access_requests(found->SerializeAsString());
                          }
                          return Done{};
                        });
  if (!status.ok()) return status;
  for (const std::string& found : all.access_requests()) {
    ::types::Item item;
    item.ParseFromString(found);
    if (!writer->Write(item)) break;
  }
  return status;
}

Status AuthService::GetPluginData(Context* context, const ::types::PluginDataFilter* request,
                                  ::proto::PluginDataSeq* response) {
  return serve(AuthMethod::kGetPluginData, *context, *request, *response,
               [&](const Caller& caller) -> Result<> {
                 if (auto ok = require_plugin_data(caller, false); !ok) return ok;
                 return world_.cluster.visit_plugin_data(
                     request->kind(), request->resource(), request->plugin(),
                     [response](const auto& record) {
                       response->add_plugin_data(record.SerializeAsString());
                     });
               });
}

Status AuthService::UpdatePluginData(Context* context,
                                     const ::types::PluginDataUpdateParams* request,
                                     Empty* response) {
  return serve(AuthMethod::kUpdatePluginData, *context, *request, *response,
               [&](const Caller& caller) -> Result<> {
                 if (auto ok = require_plugin_data(caller, true); !ok) return ok;
                 return world_.cluster.update_plugin_data(
                     {request->kind(), request->resource(), request->plugin(),
                      keys_of(request->set()), keys_of(request->expect())});
               });
}

Status AuthService::CreateAccessRequestV2(Context* context, const ::types::AccessRequest* request,
                                          ::types::AccessRequest* response) {
  return serve(AuthMethod::kCreateAccessRequestV2, *context, *request, *response,
               [&](const Caller& caller) -> Result<> {
                 const auto created = create(caller, *request);
                 if (!created) return created.error();
                 *response = **created;
                 return Done{};
               });
}

Status AuthService::DeleteAccessRequest(Context* context, const ::proto::RequestID* request,
                                        Empty* response) {
  return serve(AuthMethod::kDeleteAccessRequest, *context, *request, *response,
               [&](const Caller& caller) -> Result<> {
                 if (auto ok = require(caller, kAccessRequest, "delete"); !ok) return ok;
                 return world_.cluster.remove(request->id());
               });
}

Status AuthService::SetAccessRequestState(Context* context,
                                          const ::proto::RequestStateSetter* request,
                                          Empty* response) {
  return serve(AuthMethod::kSetAccessRequestState, *context, *request, *response,
               [&](const Caller& caller) { return set_state(caller, *request); });
}

Status AuthService::SubmitAccessReview(Context* context,
                                       const ::types::AccessReviewSubmission* request,
                                       ::types::AccessRequest* response) {
  return serve(AuthMethod::kSubmitAccessReview, *context, *request, *response,
               [&](const Caller& caller) -> Result<> {
                 const auto reviewed = review(caller, *request);
                 if (!reviewed) return reviewed.error();
                 *response = **reviewed;
                 return Done{};
               });
}

Result<std::shared_ptr<WatchStream>> AuthService::open_stream(
    const ::grpc::CallbackServerContext& context, const ::proto::Watch& watch) {
  if (auto ok = check_client_version(context, world_.cluster.options().version); !ok) {
    return ok.error();
  }
  const Caller caller = caller_of(context);
  auto plan = plan_watch(watch, caller.user, [&](const std::string& kind) {
    return world_.rules.may(caller, kind, "read");
  });
  if (!plan) return plan.error();
  const AuthQuirks quirks = world_.faults.quirks();
  const auto fault = world_.faults.draw(AuthMethod::kWatchEvents);
  auto stream = world_.streams.open(plan->requests);
  if (fault && fault->delay.count() > 0) stream->hold(fault->delay);
  if (fails(fault)) stream->end(status_of(*fault));
  if (quirks.no_init) return stream;
  // INIT first: what changes after it is said is not missed, and nothing comes before it.
  stream->say(init_event(*plan, !quirks.init_without_status));
  world_.cluster.watch(stream);
  return stream;
}

Result<> AuthService::require(const Caller& caller, const std::string& kind,
                              const std::string& verb) const {
  if (world_.rules.may(caller, kind, verb)) return Done{};
  return denied("access denied to perform action " + verb + " on " + kind);
}

// Allowed on the subject's kind, or on access_plugin_data.
Result<> AuthService::require_plugin_data(const Caller& caller, bool write) const {
  const auto may = [&](const char* kind) {
    if (write) return world_.rules.may(caller, kind, "update");
    return world_.rules.may(caller, kind, "list") && world_.rules.may(caller, kind, "read");
  };
  if (may(kAccessRequest) || may(kAccessPluginData)) return Done{};
  return denied(std::string("access denied to perform action ") + (write ? "update" : "read") +
                " on access_plugin_data");
}

RequestQuery AuthService::query_for(const Caller& caller,
                                    const ::types::AccessRequestFilter& filter) const {
  RequestQuery query;
  query.id = filter.id();
  query.user = filter.user();
  query.state = filter.state();
  query.limit = SIZE_MAX;
  const bool all =
      require(caller, kAccessRequest, "list") && require(caller, kAccessRequest, "read");
  if (!all) {
    query.visible = [user = caller.user](const auto& request) { return concerns(user, request); };
  }
  return query;
}

Result<> AuthService::list(const Caller& caller, const ::proto::ListAccessRequestsRequest& request,
                           ::proto::ListAccessRequestsResponse& response) const {
  const AuthQuirks quirks = world_.faults.quirks();
  if (quirks.no_list_access_requests) {
    return Error{Errc::kUnimplemented, "unknown method ListAccessRequests"};
  }
  if (request.limit() < 0 || request.limit() > kMaxPage) return invalid("page size out of range");
  RequestQuery query = query_for(caller, request.filter());
  query.sort = request.sort();
  query.descending = request.descending();
  query.start_key = request.start_key();
  query.limit = static_cast<std::size_t>(request.limit() == 0 ? kDefaultPage : request.limit());
  if (quirks.page_size_cap > 0) query.limit = std::min(query.limit, quirks.page_size_cap);
  RequestList page = world_.cluster.list(query);
  for (const auto& found : page.requests) response.add_access_requests(found->SerializeAsString());
  response.set_next_key(std::move(page.next_key));
  return Done{};
}

Result<RequestPtr> AuthService::create(const Caller& caller,
                                       const ::types::AccessRequest& request) {
  if (request.spec().user() != caller.user) {
    if (auto ok = require(caller, kAccessRequest, "create"); !ok) return ok.error();
  }
  if (request.spec().user().empty() || request.spec().roles().empty()) {
    return invalid("an access request needs a user and roles");
  }
  return world_.cluster.get(world_.cluster.create_request(new_request(request)));
}

Result<RequestPtr> AuthService::review(const Caller& caller,
                                       const ::types::AccessReviewSubmission& request) {
  const auto& review = request.review();
  const std::string author = review.author().empty() ? caller.user : review.author();
  if (author != caller.user && !caller.is_admin()) {
    return denied("user " + caller.user + " cannot submit reviews on behalf of " + author);
  }
  return world_.cluster.review(request.request_id(), author, review.proposed_state(),
                               review.reason());
}

Result<> AuthService::set_state(const Caller& caller, const ::proto::RequestStateSetter& request) {
  if (auto ok = require(caller, kAccessRequest, "update"); !ok) return ok;
  const RequestPtr found = world_.cluster.get(request.id());
  if (found && found->spec().user() == caller.user) {
    return denied("users cannot resolve their own access requests");
  }
  const std::vector<std::string> roles(request.roles().begin(), request.roles().end());
  const auto done =
      world_.cluster.set_state(request.id(), request.state(), request.reason(), roles);
  return done ? Result<>(Done{}) : Result<>(done.error());
}

}  // namespace notifyd::sim
