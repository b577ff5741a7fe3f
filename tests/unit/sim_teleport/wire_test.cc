// The numbers of the wire, checked against bytes put together by hand from Teleport's tables, so
// that a number mistyped in the .proto files is not mistyped here as well.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <future>

#include "auth_client.h"

namespace notifyd::sim {
namespace {

std::string varint(std::size_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes += static_cast<char>(value);
}

std::string number(std::size_t field, std::size_t value) {
  return varint(field << 3) + varint(value);
}

std::string bytes(std::size_t field, const std::string& payload) {
  return varint(field << 3 | 2) + varint(payload.size()) + payload;
}

std::string pair(std::size_t field, const std::string& key, const std::string& value) {
  return bytes(field, bytes(1, key) + bytes(2, value));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class WireTest : public AuthServerTest {
 protected:
  struct Answer {
    ::grpc::Status status;
    std::string bytes;
  };

  Answer call(const std::string& method, const std::string& request) {
    const ::grpc::Slice slice(request);
    const ::grpc::ByteBuffer message(&slice, 1);
    ::grpc::ByteBuffer answer;
    ::grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    context.set_wait_for_ready(true);
    std::promise<::grpc::Status> done;
    stub_.UnaryCall(&context, "/proto.AuthService/" + method, {}, &message, &answer,
                    [&](const ::grpc::Status& status) { done.set_value(status); });
    const ::grpc::Status status = done.get_future().get();
    return {status, status.ok() ? text_of(answer) : ""};
  }

  static std::string text_of(const ::grpc::ByteBuffer& buffer) {
    std::vector<::grpc::Slice> slices;
    std::string text;
    if (!buffer.Dump(&slices).ok()) return text;
    for (const auto& slice : slices) {
      text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    return text;
  }

  ::grpc::GenericStub stub_{channel_to(server_, editor_)};
};

TEST_F(WireTest, PingAnswersNameVersionFeaturesAndProxy) {
  const Answer answer = call("Ping", "");
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.bytes, bytes(1, "sim.example.com") + bytes(2, "18.0.0") +
                              bytes(3, number(7, 1)) + bytes(4, "proxy.sim.example.com:443"));
}

TEST_F(WireTest, PluginDataIsWrittenAndRead) {
  const std::string id = create();
  const std::string subject = bytes(1, "access_request") + bytes(2, id) + bytes(3, "slack");
  ASSERT_TRUE(call("UpdatePluginData", subject + pair(4, "user", "alice") + pair(5, "user", ""))
                  .status.ok());
  EXPECT_EQ(call("UpdatePluginData", subject + pair(4, "user", "bob") + pair(5, "user", ""))
                .status.error_code(),
            ::grpc::StatusCode::FAILED_PRECONDITION);

  const Answer answer = call("GetPluginData", subject);
  ASSERT_TRUE(answer.status.ok());
  const std::string entry = bytes(2, pair(1, "user", "alice"));
  EXPECT_TRUE(contains(answer.bytes, bytes(5, bytes(1, bytes(1, "slack") + entry))));
  EXPECT_TRUE(contains(answer.bytes,
                       bytes(1, "plugin_data") + bytes(2, "access_request") + bytes(3, "v3")));
}

TEST_F(WireTest, AListIsAskedForAndAnswered) {
  create();
  const std::string id = cluster_.create_request(request_by("bob@example.com"));
  const std::string filter = bytes(1, bytes(2, "bob@example.com") + number(3, 1));
  const Answer answer =
      call("ListAccessRequests", filter + number(2, 1) + number(3, 1) + number(4, 10));
  ASSERT_TRUE(answer.status.ok());
  EXPECT_TRUE(contains(answer.bytes, bytes(1, "access_request") + bytes(3, "v3")));
  EXPECT_TRUE(contains(answer.bytes, bytes(1, id) + bytes(2, "default")));
  EXPECT_TRUE(
      contains(answer.bytes, bytes(1, "bob@example.com") + bytes(2, "editor") + number(3, 1)));
  EXPECT_FALSE(contains(answer.bytes, "alice@example.com"));
}

TEST_F(WireTest, AStateIsSet) {
  const std::string id = create();
  const std::string request = bytes(1, id) + number(2, 3) + bytes(4, "not today");
  ASSERT_TRUE(call("SetAccessRequestState", request).status.ok());
  EXPECT_EQ(cluster_.get(id)->spec().state(), ::types::DENIED);
  EXPECT_EQ(cluster_.get(id)->spec().resolve_reason(), "not today");
}

TEST_F(WireTest, AReviewIsSubmitted) {
  const std::string id = create();
  const std::string review = number(3, 2) + bytes(4, "okay");
  ASSERT_TRUE(call("SubmitAccessReview", bytes(1, id) + bytes(2, review)).status.ok());
  EXPECT_EQ(cluster_.get(id)->spec().reviews(0).reason(), "okay");
  EXPECT_EQ(cluster_.get(id)->spec().state(), ::types::APPROVED);
}

TEST_F(WireTest, ARequestIsDeleted) {
  const std::string id = create();
  ASSERT_TRUE(call("DeleteAccessRequest", bytes(1, id)).status.ok());
  EXPECT_EQ(cluster_.get(id), nullptr);
}

TEST_F(WireTest, EventsHaveTheirNumbers) {
  ::proto::Watch watch;
  ASSERT_TRUE(watch.ParseFromString(bytes(1, bytes(1, "access_request")) + number(2, 1)));
  AuthClient client(server_, notifier_);
  EventReader events(client.stub(), watch);

  ASSERT_TRUE(events.next());
  const std::string kinds = bytes(5, bytes(1, bytes(1, "access_request")));
  EXPECT_EQ(events.event().SerializeAsString(),
            bytes(43, bytes(1, "watch_status") + bytes(3, "v1") + kinds));

  const std::string id = create();
  ASSERT_TRUE(events.next());
  EXPECT_EQ(events.event().SerializeAsString(),
            number(1, 1) + bytes(14, cluster_.get(id)->SerializeAsString()));

  ASSERT_TRUE(cluster_.remove(id));
  ASSERT_TRUE(events.next());
  const std::string header = bytes(1, "access_request") + bytes(3, "v3") + bytes(4, bytes(1, id));
  EXPECT_EQ(events.event().SerializeAsString(), number(1, 2) + bytes(2, header));
}

TEST_F(WireTest, ARequestsMembersHaveTheirNumbers) {
  ::types::AccessRequest request;
  const std::string when = number(1, 100);
  const std::string resource = bytes(1, "sim.example.com") + bytes(2, "db") + bytes(3, "db-1");
  const std::string review = bytes(1, "bob") + number(3, 2) + bytes(4, "fine") + bytes(5, when) +
                             bytes(7, std::string(1, '\0')) + bytes(10, when) + bytes(11, "bot");
  const std::string sets = bytes(1, bytes(1, std::string(1, '\0')));
  const std::string threshold = bytes(1, "two") + bytes(2, "true") + number(3, 2) + number(4, 1);
  const std::string list = bytes(1, "list-1") + bytes(2, "Editors");
  const std::string labels = bytes(1, bytes(1, "on-call") + bytes(2, bytes(1, "primary")));
  const std::string spec =
      bytes(1, "alice") + bytes(2, "editor") + number(3, 2) + bytes(4, when) + bytes(5, when) +
      bytes(6, "why") + bytes(7, "because") + bytes(9, labels) + bytes(10, threshold) +
      bytes(11, bytes(1, "editor") + bytes(2, sets)) + bytes(12, review) + bytes(13, "carol") +
      bytes(14, resource) + bytes(17, when) + bytes(18, when) + bytes(20, list) + bytes(21, when) +
      bytes(22, when) + number(24, 2) + bytes(26, bytes(1, resource));
  const std::string metadata =
      bytes(1, "id-1") + pair(5, "env", "prod") + bytes(6, when) + bytes(8, "revision-1");
  const std::string whole =
      bytes(1, "access_request") + bytes(3, "v3") + bytes(4, metadata) + bytes(5, spec);

  ASSERT_TRUE(request.ParseFromString(whole));
  EXPECT_TRUE(request.GetReflection()->GetUnknownFields(request).empty());
  EXPECT_EQ(request.SerializeAsString(), whole);
  EXPECT_EQ(request.metadata().name(), "id-1");
  EXPECT_EQ(request.metadata().labels(0).value(), "prod");
  EXPECT_EQ(request.metadata().revision(), "revision-1");
  EXPECT_EQ(request.spec().user(), "alice");
  EXPECT_EQ(request.spec().state(), ::types::APPROVED);
  EXPECT_EQ(request.spec().request_reason(), "why");
  EXPECT_EQ(request.spec().resolve_reason(), "because");
  EXPECT_EQ(request.spec().system_annotations().values(0).key(), "on-call");
  EXPECT_EQ(request.spec().system_annotations().values(0).value().values(0), "primary");
  EXPECT_EQ(request.spec().thresholds(0).deny(), 1U);
  EXPECT_EQ(request.spec().thresholds(0).filter(), "true");
  EXPECT_EQ(request.spec().role_threshold_mapping(0).key(), "editor");
  EXPECT_EQ(request.spec().role_threshold_mapping(0).value().sets_size(), 1);
  EXPECT_EQ(request.spec().reviews(0).reason(), "fine");
  EXPECT_EQ(request.spec().reviews(0).submitted_by(), "bot");
  EXPECT_EQ(request.spec().access_list().title(), "Editors");
  EXPECT_EQ(request.spec().suggested_reviewers(0), "carol");
  EXPECT_EQ(request.spec().requested_resource_ids(0).name(), "db-1");
  EXPECT_EQ(request.spec().request_kind(), ::types::LONG_TERM);
  EXPECT_EQ(request.spec().requested_resource_access_ids(0).id().kind(), "db");
}

}  // namespace
}  // namespace notifyd::sim
