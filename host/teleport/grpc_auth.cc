#include "teleport/grpc_auth.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "authservice.grpc.pb.h"
#include "teleport/convert.h"
#include "teleport/grpc_call.h"
#include "teleport/grpc_credentials.h"
#include "teleport/grpc_stream.h"

namespace notifyd::teleport {
namespace {

using std::chrono::seconds;

constexpr char kRequestKind[] = "access_request";
constexpr int kPageSize = 1000;
constexpr Millis kPingTimeout = seconds(10);
constexpr Millis kCallTimeout = seconds(15);
constexpr Millis kListTimeout = seconds(60);
// The records of tens of thousands of requests come in one answer.
constexpr int kMaxMessage = 1 << 30;
// The server hangs up on clients that ping more often than every 60 s.
constexpr int kKeepaliveMs = 61'000;
constexpr int kKeepaliveTimeoutMs = 180'000;

template <class Request, class Response>
auto new_call(Request request) {
  auto call = std::make_shared<UnaryCall<Request, Response>>();
  call->request = std::move(request);
  return call;
}

void fill(google::protobuf::RepeatedPtrField<::types::KeyValue>& out, const PluginEntry& keys) {
  for (const auto& [key, value] : keys) {
    ::types::KeyValue& added = *out.Add();
    added.set_key(key);
    added.set_value(value);
  }
}

class GrpcEventStream final : public EventStream {
 public:
  using Reader = StreamReader<::proto::Watch, ::proto::Event>;

  explicit GrpcEventStream(std::shared_ptr<Reader> reader) : reader_(std::move(reader)) {}
  GrpcEventStream(const GrpcEventStream&) = delete;
  GrpcEventStream& operator=(const GrpcEventStream&) = delete;
  ~GrpcEventStream() override { reader_->cancel(); }

  Task<Result<WatchEvent>> next() override {
    for (;;) {
      const std::optional<::proto::Event> wire = co_await reader_->read();
      if (!wire) break;
      std::optional<WatchEvent> event = to_event(*wire);
      if (event) co_return std::move(*event);
    }
    const grpc::Status status = co_await reader_->status();
    if (Reader::unreadable(status)) {
      co_return Error{Errc::kUnavailable, "WatchEvents: an event cannot be decoded"};
    }
    if (status.ok()) {
      co_return Error{Errc::kUnavailable, "WatchEvents: the server ended the stream"};
    }
    co_return rpc_error(kWatch, status);
  }

 private:
  std::shared_ptr<Reader> reader_;
};

class GrpcAuthSession final : public AuthSession {
 public:
  GrpcAuthSession(std::shared_ptr<grpc::ChannelInterface> channel, std::shared_ptr<Door> door)
      : channel_(std::move(channel)),
        stub_(::proto::AuthService::NewStub(channel_)),
        door_(std::move(door)) {}

  Task<Result<Cluster>> ping() override;
  std::unique_ptr<EventStream> watch() override;
  Task<Result<RequestPage>> list(std::string page) override;
  Task<Result<RecordList>> list_records(std::string plugin) override;
  Task<Result<PluginEntry>> read(std::string request_id, std::string plugin) override;
  Task<Result<>> write(std::string request_id, std::string plugin, PluginEntry set,
                       PluginEntry expect) override;

 private:
  Task<Result<RequestPage>> list_page(std::string page);
  Task<Result<RequestPage>> list_all();
  Task<Result<RecordList>> get_plugin_data(std::string request_id, std::string plugin,
                                           Millis timeout);

  std::shared_ptr<grpc::ChannelInterface> channel_;
  std::unique_ptr<::proto::AuthService::Stub> stub_;  // for streams
  std::shared_ptr<Door> door_;
  bool has_list_ = true;  // until the server says it does not know ListAccessRequests
};

Task<Result<Cluster>> GrpcAuthSession::ping() {
  auto call = new_call<::proto::PingRequest, ::proto::PingResponse>({});
  auto convert = [](auto& c) { return to_cluster(c.response); };
  return run_call<Cluster>(channel_, door_, kPing, kPingTimeout, std::move(call), convert);
}

std::unique_ptr<EventStream> GrpcAuthSession::watch() {
  ::proto::Watch request;
  request.add_kinds()->set_kind(kRequestKind);
  request.set_allow_partial_success(true);
  auto reader = std::make_shared<GrpcEventStream::Reader>(door_, std::move(request));
  stub_->async()->WatchEvents(&reader->context, &reader->request, reader.get());
  reader->start();
  return std::make_unique<GrpcEventStream>(std::move(reader));
}

Task<Result<RequestPage>> GrpcAuthSession::list(std::string page) {
  if (has_list_) {
    Result<RequestPage> answer = co_await list_page(page);
    if (answer || answer.error().code != Errc::kUnimplemented) co_return std::move(answer);
    has_list_ = false;
  }
  co_return co_await list_all();
}

Task<Result<RequestPage>> GrpcAuthSession::list_page(std::string page) {
  ::proto::ListAccessRequestsRequest request;
  request.set_limit(kPageSize);
  request.set_start_key(std::move(page));
  auto call = new_call<::proto::ListAccessRequestsRequest, ::proto::ListAccessRequestsResponse>(
      std::move(request));
  auto convert = [](auto& c) { return to_page(c.response); };
  return run_call<RequestPage>(channel_, door_, kList, kCallTimeout, std::move(call), convert);
}

// Servers of old stream all of them.
Task<Result<RequestPage>> GrpcAuthSession::list_all() {
  using Reader = StreamReader<::types::AccessRequestFilter, ::types::Item>;
  auto reader = std::make_shared<Reader>(door_, ::types::AccessRequestFilter());
  set_deadline(reader->context, kListTimeout);
  stub_->async()->GetAccessRequestsV2(&reader->context, &reader->request, reader.get());
  reader->start();
  const std::shared_ptr<void> cancel_at_end(nullptr, [reader](void*) { reader->cancel(); });
  RequestPage all;
  for (;;) {
    const std::optional<::types::Item> item = co_await reader->read();
    if (!item) break;
    add_request(all, *item);
  }
  const grpc::Status status = co_await reader->status();
  if (!status.ok()) co_return rpc_error(kListV2, status);
  co_return all;
}

Task<Result<RecordList>> GrpcAuthSession::get_plugin_data(std::string request_id,
                                                          std::string plugin, Millis timeout) {
  ::types::PluginDataFilter request;
  request.set_kind(kRequestKind);
  request.set_resource(std::move(request_id));
  request.set_plugin(plugin);
  auto call = new_call<::types::PluginDataFilter, ::proto::PluginDataSeq>(std::move(request));
  auto convert = [plugin](auto& c) { return to_records(c.response, plugin); };
  return run_call<RecordList>(channel_, door_, kReadData, timeout, std::move(call), convert);
}

Task<Result<RecordList>> GrpcAuthSession::list_records(std::string plugin) {
  return get_plugin_data("", std::move(plugin), kListTimeout);
}

Task<Result<PluginEntry>> GrpcAuthSession::read(std::string request_id, std::string plugin) {
  Result<RecordList> records = co_await get_plugin_data(request_id, plugin, kCallTimeout);
  if (!records) co_return std::move(records).error();
  if (!records->unreadable.empty())
    co_return Error{Errc::kDamaged, "the plugin data cannot be decoded"};
  co_return std::move(records->entries[request_id]);
}

Task<Result<>> GrpcAuthSession::write(std::string request_id, std::string plugin, PluginEntry set,
                                      PluginEntry expect) {
  ::types::PluginDataUpdateParams request;
  request.set_kind(kRequestKind);
  request.set_resource(std::move(request_id));
  request.set_plugin(std::move(plugin));
  fill(*request.mutable_set(), set);
  fill(*request.mutable_expect(), expect);
  auto call =
      new_call<::types::PluginDataUpdateParams, ::google::protobuf::Empty>(std::move(request));
  return run_call<Done>(channel_, door_, kWriteData, kCallTimeout, std::move(call),
                        [](auto&) { return Done{}; });
}

}  // namespace

std::shared_ptr<grpc::ChannelInterface> make_channel(const std::string& address,
                                                     const Identity& identity) {
  grpc::ChannelArguments args;
  args.SetSslTargetNameOverride(kServerName);
  args.SetUserAgentPrefix("teleport-notifyd");
  args.SetMaxReceiveMessageSize(kMaxMessage);
  // Without it two channels share a connection, and with it the older identity.
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  args.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  args.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // 0: no limit; an idle stream has no data
  args.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);               // those are pings too
  return grpc::CreateCustomChannel(address, make_credentials(identity), args);
}

std::shared_ptr<AuthSession> make_session(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                          std::shared_ptr<Door> door) {
  return std::make_shared<GrpcAuthSession>(channel, std::move(door));
}

}  // namespace notifyd::teleport
