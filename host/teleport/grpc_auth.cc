#include "teleport/grpc_auth.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/support/channel_arguments.h>

#include <iterator>
#include <utility>

#include "authservice.pb.h"
#include "teleport/convert.h"
#include "teleport/grpc_call.h"
#include "teleport/grpc_credentials.h"
#include "teleport/grpc_stream.h"
#include "teleport/page_walk.h"

namespace notifyd::teleport {
namespace {

using std::chrono::seconds;

constexpr char kRequestKind[] = "access_request";
constexpr Millis kPingTimeout = seconds(10);
constexpr Millis kCallTimeout = seconds(15);
constexpr Millis kListTimeout = seconds(60);
constexpr Millis kRecordsTimeout = seconds(300);  // a gigabyte, perhaps
// The server hangs up on clients that ping more often than every 60 s.
constexpr int kKeepaliveMs = 61'000;
constexpr int kKeepaliveTimeoutMs = 180'000;

template <class Request>
auto new_call(Request request) {
  auto call = std::make_shared<UnaryCall<Request>>();
  call->request = std::move(request);
  return call;
}

// gRPC's words here, and those of its Go side when it is the server that may not send so much.
bool is_too_big(const Error& error) {
  return error.message.find("larger than max") != std::string::npos;
}

// A page may be so big that it does not come to that in time.
bool is_too_much(const Error& error, int requests) {
  return is_too_big(error) || (error.code == Errc::kTimeout && requests > 1);
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
  using Message = Result<std::optional<WatchEvent>>;
  using Reader = StreamReader<::proto::Watch, Message>;

  explicit GrpcEventStream(std::shared_ptr<Reader> reader) : reader_(std::move(reader)) {}
  GrpcEventStream(const GrpcEventStream&) = delete;
  GrpcEventStream& operator=(const GrpcEventStream&) = delete;
  ~GrpcEventStream() override { reader_->cancel(); }

  Task<Result<WatchEvent>> next() override {
    for (;;) {
      std::optional<Message> event = co_await reader_->read();
      if (!event) break;
      if (!*event) co_return event->error().in(std::string(kWatch.name));
      if (**event) co_return std::move(***event);
    }
    const grpc::Status status = co_await reader_->status();
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
      : channel_(std::move(channel)), door_(std::move(door)) {}

  Task<Result<Cluster>> ping() override;
  std::unique_ptr<EventStream> watch() override;
  Task<Result<RequestPage>> list(std::string page, AllTold told) override;
  Task<Result<RecordList>> list_records(std::string plugin, ToldTest told) override;
  Task<Result<PluginEntry>> read(std::string request_id, std::string plugin) override;
  Task<Result<>> write(std::string request_id, std::string plugin, PluginEntry set,
                       PluginEntry expect) override;

 private:
  struct Listed {
    RequestPage page;
    std::size_t bytes;
  };
  Task<Result<RequestPage>> list_page(std::string page, AllTold told);
  Task<Result<Listed>> call_list(PageKey from, int limit, AllTold told);
  Task<Result<RequestPage>> list_all();
  Task<Result<RecordList>> get_plugin_data(std::string request_id, std::string plugin,
                                           ToldTest told, Millis timeout);

  std::shared_ptr<grpc::ChannelInterface> channel_;
  std::shared_ptr<Door> door_;
  PageSize page_size_;
  bool has_list_ = true;  // until the server says it does not know ListAccessRequests
};

Task<Result<Cluster>> GrpcAuthSession::ping() {
  auto convert = [](grpc::ByteBuffer& bytes) -> std::optional<Cluster> {
    const auto answer = decode<::proto::PingResponse>(bytes);
    if (!answer) return std::nullopt;
    return to_cluster(*answer);
  };
  return run_call<Cluster>(channel_, door_, kPing, kPingTimeout, new_call(::proto::PingRequest()),
                           convert);
}

std::unique_ptr<EventStream> GrpcAuthSession::watch() {
  ::proto::Watch request;
  request.add_kinds()->set_kind(kRequestKind);
  request.set_allow_partial_success(true);
  auto reader = std::make_shared<GrpcEventStream::Reader>(
      door_, std::move(request),
      [](grpc::ByteBuffer& bytes) { return read_bytes(bytes, to_event); });
  reader->start(channel_, kWatch);
  return std::make_unique<GrpcEventStream>(std::move(reader));
}

Task<Result<RequestPage>> GrpcAuthSession::list(std::string page, AllTold told) {
  if (has_list_) {
    Result<RequestPage> answer = co_await list_page(page, told);
    if (answer || answer.error().code != Errc::kUnimplemented) co_return std::move(answer);
    has_list_ = false;
  }
  co_return co_await list_all();
}

// A page whose requests are too big for one message is asked for again with fewer of them. One that
// is too big by itself is gone around.
Task<Result<RequestPage>> GrpcAuthSession::list_page(std::string page, AllTold told) {
  const PageKey from = PageKey::parse(page);
  if (page.empty()) page_size_.begin_list();
  for (;;) {
    const int limit = page_size_.limit();
    Result<Listed> answer = co_await call_list(from, limit, told);
    if (answer) {
      page_size_.page_came(answer->bytes);
      answer->page.next = from.next(answer->page.next);
      co_return std::move(answer->page);
    }
    if (!is_too_much(answer.error(), limit)) co_return std::move(answer).error();
    if (!page_size_.shrink()) co_return from.around();
  }
}

Task<Result<GrpcAuthSession::Listed>> GrpcAuthSession::call_list(PageKey from, int limit,
                                                                 AllTold told) {
  ::proto::ListAccessRequestsRequest request;
  request.set_limit(limit);
  request.set_descending(from.backwards);
  request.set_start_key(std::move(from.key));
  auto convert = [told = std::move(told)](grpc::ByteBuffer& bytes) -> std::optional<Listed> {
    const std::size_t size = bytes.Length();
    std::optional<RequestPage> page =
        read_bytes(bytes, [&told](WireReader& wire) { return to_page(wire, told); });
    if (!page) return std::nullopt;
    return Listed{*std::move(page), size};
  };
  return run_call<Listed>(channel_, door_, kList, kListTimeout, new_call(std::move(request)),
                          convert);
}

// Servers of old stream all of them. After one that is too big for a message nothing comes.
Task<Result<RequestPage>> GrpcAuthSession::list_all() {
  using Reader = StreamReader<::types::AccessRequestFilter, RequestPage>;
  auto reader =
      std::make_shared<Reader>(door_, ::types::AccessRequestFilter(), [](grpc::ByteBuffer& bytes) {
        return read_bytes(bytes, [](WireReader& wire) {
          RequestPage one;
          add_request(one, wire);
          return one;
        });
      });
  set_deadline(reader->context, kListTimeout);
  reader->start(channel_, kListV2);
  const std::shared_ptr<void> cancel_at_end(nullptr, [reader](void*) { reader->cancel(); });
  RequestPage all;
  for (;;) {
    std::optional<RequestPage> one = co_await reader->read();
    if (!one) break;
    std::move(one->requests.begin(), one->requests.end(), std::back_inserter(all.requests));
    std::move(one->unreadable.begin(), one->unreadable.end(), std::back_inserter(all.unreadable));
  }
  const grpc::Status status = co_await reader->status();
  if (status.ok()) co_return all;
  Error error = rpc_error(kListV2, status);
  if (!is_too_big(error)) co_return error;
  all.unreadable.emplace_back();
  co_return all;
}

Task<Result<RecordList>> GrpcAuthSession::get_plugin_data(std::string request_id,
                                                          std::string plugin, ToldTest told,
                                                          Millis timeout) {
  ::types::PluginDataFilter request;
  request.set_kind(kRequestKind);
  request.set_resource(std::move(request_id));
  request.set_plugin(plugin);
  auto convert = [plugin, told = std::move(told)](grpc::ByteBuffer& bytes) {
    return read_bytes(bytes, [&](WireReader& wire) { return to_records(wire, plugin, told); });
  };
  return run_call<RecordList>(channel_, door_, kReadData, timeout, new_call(std::move(request)),
                              convert);
}

// They come in one answer. If that is too big each has to be read by itself, as if it were known
// of none whether it is there.
Task<Result<RecordList>> GrpcAuthSession::list_records(std::string plugin, ToldTest told) {
  auto reading = get_plugin_data("", std::move(plugin), std::move(told), kRecordsTimeout);
  Result<RecordList> records = co_await reading;
  if (records || !is_too_big(records.error())) co_return std::move(records);
  RecordList none;
  none.unreadable.emplace_back();
  co_return none;
}

Task<Result<PluginEntry>> GrpcAuthSession::read(std::string request_id, std::string plugin) {
  Result<RecordList> records = co_await get_plugin_data(request_id, plugin, nullptr, kCallTimeout);
  if (!records && !is_too_big(records.error())) co_return std::move(records).error();
  if (!records || !records->unreadable.empty()) {
    co_return Error{Errc::kDamaged,
                    "the plugin data cannot be decoded, or is more than a record of ours can be"};
  }
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
  auto convert = [](grpc::ByteBuffer&) { return std::optional(Done{}); };
  return run_call<Done>(channel_, door_, kWriteData, kCallTimeout, new_call(std::move(request)),
                        convert);
}

grpc::ChannelArguments arguments_of(int max_message) {
  grpc::ChannelArguments args;
  args.SetUserAgentPrefix("teleport-notifyd");
  args.SetMaxReceiveMessageSize(max_message);
  // Without it two channels share a connection, and with it the older identity.
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  args.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  args.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // 0: no limit; an idle stream has no data
  args.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);               // those are pings too
  // Connections through an HTTP proxy are made by us, for they obey NO_PROXY as libcurl does.
  args.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return args;
}

}  // namespace

std::shared_ptr<grpc::ChannelInterface> make_channel(const std::string& address,
                                                     const Identity& identity, int max_message) {
  grpc::ChannelArguments args = arguments_of(max_message);
  args.SetSslTargetNameOverride(kServerName);
  return grpc::CreateCustomChannel(address, make_credentials(identity), args);
}

std::shared_ptr<grpc::ChannelInterface> make_channel(Fd socket, int max_message) {
  grpc::ChannelArguments args = arguments_of(max_message);
  args.SetString(GRPC_ARG_DEFAULT_AUTHORITY, kServerName);
  return grpc::CreateCustomInsecureChannelFromFd(kServerName, socket.release(), args);
}

std::shared_ptr<AuthSession> make_session(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                          std::shared_ptr<Door> door) {
  return std::make_shared<GrpcAuthSession>(channel, std::move(door));
}

}  // namespace notifyd::teleport
