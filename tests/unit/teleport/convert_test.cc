#include "teleport/convert.h"

#include <gmock/gmock.h>

#include <limits>

#include "base/text.h"
#include "unit/teleport/wire_bytes.h"

namespace notifyd::teleport {
namespace {

using model::End;
using model::RequestKind;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Wire = ::types::AccessRequest;

// As the only item of a list.
AccessRequestPtr to_request(Wire wire) {
  if (wire.metadata().name().empty()) wire.mutable_metadata()->set_name("r1");
  wire.mutable_spec();
  ::proto::ListAccessRequestsResponse list;
  list.add_access_requests(wire.SerializeAsString());
  return read_message(list.SerializeAsString(), [](WireReader& reader) { return to_page(reader); })
      ->requests.at(0);
}

TEST(Convert, ReadsWhatARequestSays) {
  Wire wire;
  wire.mutable_metadata()->set_name("r1");
  auto& spec = *wire.mutable_spec();
  spec.set_user("alice@example.com");
  spec.add_roles("editor");
  spec.set_state(::types::APPROVED);
  spec.mutable_created()->set_seconds(1714564800);
  spec.set_request_reason("need it");
  spec.set_resolve_reason("fine");
  spec.add_suggested_reviewers("bob@example.com");
  spec.set_request_kind(::types::LONG_TERM);
  auto& annotation = *spec.mutable_system_annotations()->add_values();
  annotation.set_key("team");
  annotation.mutable_value()->add_values("db");
  const AccessRequestPtr request = to_request(wire);
  EXPECT_EQ(request->id, "r1");
  EXPECT_EQ(request->user, "alice@example.com");
  EXPECT_EQ(request->end, End::kApproved);
  EXPECT_EQ(request->kind, RequestKind::kLongTerm);
  EXPECT_EQ(request->created_ms, 1714564800'000);
  EXPECT_EQ(request->reason, "need it");
  EXPECT_EQ(request->resolve_reason, "fine");
  EXPECT_THAT(request->suggested_reviewers, ElementsAre("bob@example.com"));
  EXPECT_THAT(request->annotations, ElementsAre(Pair("team", ElementsAre("db"))));
}

TEST(Convert, TellsTheEndOfTheRequestFromThatOfTheAccess) {
  Wire wire;
  auto& spec = *wire.mutable_spec();
  spec.mutable_resource_expiry()->set_seconds(1714565000);
  spec.mutable_expires()->set_seconds(1714568400);
  spec.mutable_expires()->set_nanos(250'000'000);
  spec.mutable_assume_start_time()->set_seconds(1714566000);
  const AccessRequestPtr request = to_request(wire);
  EXPECT_EQ(request->expires_ms, 1714565000'000);
  EXPECT_EQ(request->access_expires_ms, 1714568400'250);
  EXPECT_EQ(request->access_starts_ms, 1714566000'000);
}

TEST(Convert, MakesLengthsOfTheInstantsThatTeleportHasForThem) {
  Wire wire;
  auto& spec = *wire.mutable_spec();
  spec.mutable_created()->set_seconds(1000);
  spec.mutable_max_duration()->set_seconds(1000 + 3600);
  spec.mutable_session_ttl()->set_seconds(1000 + 600);
  EXPECT_EQ(to_request(wire)->max_duration_ms, 3600'000);
  EXPECT_EQ(to_request(wire)->session_ttl_ms, 600'000);
}

TEST(Convert, ALengthThatIsUnknownOrNegativeIsZero) {
  Wire wire;
  auto& spec = *wire.mutable_spec();
  spec.mutable_max_duration()->set_seconds(4600);
  EXPECT_EQ(to_request(wire)->max_duration_ms, 0) << "created is not known";
  spec.mutable_created()->set_seconds(5000);
  EXPECT_EQ(to_request(wire)->max_duration_ms, 0) << "it ends before it begins";
  spec.mutable_max_duration()->set_seconds(-62135596800);
  EXPECT_EQ(to_request(wire)->max_duration_ms, 0) << "Go's zero time";
  EXPECT_EQ(to_request(wire)->session_ttl_ms, 0) << "absent";
}

TEST(Convert, NamesTheAccessListOfAPromotion) {
  Wire wire;
  auto& list = *wire.mutable_spec()->mutable_access_list();
  EXPECT_FALSE(to_request(wire)->promoted_to) << "an empty one is left by an approval";
  list.set_name("list-1");
  list.set_title("Editors");
  const auto promoted_to = to_request(wire)->promoted_to;
  ASSERT_TRUE(promoted_to);
  EXPECT_EQ(promoted_to->id, "list-1");
  EXPECT_EQ(promoted_to->title, "Editors");
}

TEST(Convert, SaysWhoSubmittedAReviewAndWhatStartItProposes) {
  Wire wire;
  auto& review = *wire.mutable_spec()->add_reviews();
  review.set_author("bob@example.com");
  review.set_submitted_by("bot-slack");
  review.mutable_assume_start_time()->set_seconds(1714566000);
  wire.mutable_spec()->add_reviews()->set_author("carol@example.com");
  const auto reviews = to_request(wire)->reviews;
  EXPECT_EQ(reviews.at(0).submitted_by, "bot-slack");
  EXPECT_EQ(reviews[0].proposed_start_ms, 1714566000'000);
  EXPECT_EQ(reviews.at(1).submitted_by, "");
  EXPECT_EQ(reviews[1].proposed_start_ms, 0);
}

TEST(Convert, TakesTheRolesThatWereAskedForAndNotWhatAnApprovalLeft) {
  Wire wire;
  wire.mutable_spec()->add_roles("editor");
  wire.mutable_spec()->add_roles("access");
  EXPECT_THAT(to_request(wire)->roles, ElementsAre("editor", "access"));
  for (const char* role : {"dba", "access", "admin", "editor"}) {
    wire.mutable_spec()->add_role_threshold_mapping()->set_key(role);
  }
  EXPECT_THAT(to_request(wire)->roles, ElementsAre("editor", "access", "admin", "dba"));
}

TEST(Convert, PrefersTheFullerFormOfResources) {
  Wire wire;
  auto& plain = *wire.mutable_spec()->add_requested_resource_ids();
  plain.set_cluster_name("example");
  plain.set_kind("node");
  plain.set_name("n1");
  EXPECT_THAT(to_request(wire)->resources, ElementsAre("/example/node/n1"));
  auto& fuller = *wire.mutable_spec()->add_requested_resource_access_ids()->mutable_id();
  fuller.set_cluster_name("example");
  fuller.set_kind("pod");
  fuller.set_name("k1");
  fuller.set_sub_resource_name("default/web");
  EXPECT_THAT(to_request(wire)->resources, ElementsAre("/example/pod/k1/default/web"));
}

TEST(Convert, HasResourcesInPartsBesideTheTexts) {
  Wire wire;
  for (const char* sub_resource : {"", "default/web"}) {
    auto& id = *wire.mutable_spec()->add_requested_resource_access_ids()->mutable_id();
    id.set_cluster_name("example");
    id.set_kind("kube_cluster");
    id.set_name("k1");
    id.set_sub_resource_name(sub_resource);
  }
  const AccessRequestPtr request = to_request(wire);
  EXPECT_THAT(request->resources,
              ElementsAre("/example/kube_cluster/k1", "/example/kube_cluster/k1/default/web"));
  ASSERT_EQ(request->resource_details.size(), 2U);
  EXPECT_EQ(request->resource_details[0].sub_resource, "");
  EXPECT_EQ(request->resource_details[1].cluster, "example");
  EXPECT_EQ(request->resource_details[1].kind, "kube_cluster");
  EXPECT_EQ(request->resource_details[1].name, "k1");
  EXPECT_EQ(request->resource_details[1].sub_resource, "default/web");
}

TEST(Convert, TakesGosZeroTimeAndTimesThatCannotBeForNone) {
  Wire wire;
  EXPECT_EQ(to_request(wire)->created_ms, 0);
  for (const std::int64_t seconds : {std::int64_t{-62135596800}, std::int64_t{253402300800},
                                     std::numeric_limits<std::int64_t>::max()}) {
    wire.mutable_spec()->mutable_created()->set_seconds(seconds);
    EXPECT_EQ(to_request(wire)->created_ms, 0) << seconds;
  }
}

TEST(Convert, ToleratesStatesAndKindsThatAreNewerThanWeAre) {
  Wire wire;
  wire.mutable_spec()->set_state(static_cast<::types::RequestState>(17));
  wire.mutable_spec()->set_request_kind(static_cast<::types::AccessRequestKind>(17));
  EXPECT_EQ(to_request(wire)->end, End::kNone);
  EXPECT_EQ(to_request(wire)->kind, RequestKind::kUndefined);
}

// What was told of them is counted, and a later one may come with an earlier time: a plugin that
// reviews sends its own clock's.
TEST(Convert, LeavesReviewsInTheOrderTheyCameIn) {
  Wire wire;
  for (const int second : {30, 10, 20}) {
    auto& review = *wire.mutable_spec()->add_reviews();
    review.set_author(std::to_string(second));
    review.set_proposed_state(::types::DENIED);
    review.set_reason("no");
    review.mutable_created()->set_seconds(second);
  }
  const auto reviews = to_request(wire)->reviews;
  ASSERT_EQ(reviews.size(), 3U);
  EXPECT_EQ(reviews[0].author, "30");
  EXPECT_EQ(reviews[2].author, "20");
  EXPECT_EQ(reviews[0].proposed, End::kDenied);
  EXPECT_EQ(reviews[0].reason, "no");
}

// Protobuf would refuse the whole message if any of these were a string.
TEST(Convert, MendsTextThatIsNotUtf8) {
  const std::string bad = "caf\xe9!";
  const std::string mended = "caf\xEF\xBF\xBD!";
  Wire wire;
  wire.mutable_metadata()->add_labels()->set_value(bad);
  auto& spec = *wire.mutable_spec();
  spec.set_user(bad);
  spec.set_request_reason(bad);
  spec.add_roles("editor");
  for (const std::string& role : {bad, std::string("editor")}) {
    spec.add_role_threshold_mapping()->set_key(role);
  }
  auto& annotation = *spec.mutable_system_annotations()->add_values();
  annotation.set_key(bad);
  annotation.mutable_value()->add_values(bad);
  spec.add_requested_resource_ids()->set_name(bad);
  spec.mutable_access_list()->set_title(bad);
  spec.add_reviews()->set_submitted_by(bad);
  spec.add_thresholds()->set_filter(bad);
  const AccessRequestPtr request = to_request(wire);
  EXPECT_EQ(request->resources.at(0), "///" + mended);
  EXPECT_EQ(request->resource_details.at(0).name, mended);
  EXPECT_EQ(request->promoted_to->title, mended);
  EXPECT_EQ(request->reviews.at(0).submitted_by, mended);
  EXPECT_EQ(request->thresholds.at(0).filter, mended);
  EXPECT_EQ(request->user, mended);
  EXPECT_EQ(request->reason, mended);
  EXPECT_THAT(request->roles, ElementsAre("editor", mended));
  EXPECT_THAT(request->annotations, ElementsAre(Pair(mended, ElementsAre(mended))));
}

TEST(Convert, LinksTheWebOnlyWhereItHasThePage) {
  ::proto::PingResponse ping;
  ping.set_cluster_name("example");
  ping.set_server_version("18.1.0");
  ping.set_proxy_public_addr("proxy.example.com:443");
  EXPECT_EQ(to_cluster(ping).web_url, "");
  ping.mutable_server_features()->set_advanced_access_workflows(true);
  EXPECT_EQ(to_cluster(ping).web_url, "https://proxy.example.com");
  EXPECT_EQ(to_cluster(ping).name, "example");
  EXPECT_EQ(to_cluster(ping).version, "18.1.0");
}

TEST(Convert, FindsOnePluginsEntries) {
  ::proto::PluginDataSeq wire;
  for (const char* id : {"r1", "r2"}) {
    const std::string plugin = id == std::string("r1") ? "slack" : "jira";
    wire.add_plugin_data(record_bytes(id, plugin, pair_field(1, "user", id)));
  }
  const auto records_of = [&](const std::string& plugin) {
    return read_message(wire.SerializeAsString(),
                        [&](WireReader& reader) { return to_records(reader, plugin); });
  };
  const RecordList records = *records_of("slack");
  EXPECT_THAT(records.entries, ElementsAre(Pair("r1", ElementsAre(Pair("user", "r1")))));
  EXPECT_THAT(records.unreadable, IsEmpty());
  EXPECT_THAT(records_of("mattermost")->entries, IsEmpty());
}

// ---- Events as they are on the wire, byte by byte ----

std::optional<WatchEvent> decode(const std::string& bytes) {
  const auto event = read_message(bytes, to_event);
  return event ? *event : std::nullopt;
}

TEST(EventOnTheWire, NothingAtAllIsInit) {
  const auto event = decode("");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, WatchEvent::Kind::kInit);
}

TEST(EventOnTheWire, PutCarriesTheRequestInMember14) {
  const std::string spec = field(1, "alice") + field(2, "editor") + varint_field(3, 1) +
                           field(4, varint_field(1, 100)) + field(6, "why") +
                           field(12, field(1, "bob") + varint_field(3, 2)) + field(13, "carol");
  const std::string request = field(1, "access_request") + field(3, "v3") +
                              field(4, field(1, "r1") + field(8, "rev")) + field(5, spec);
  const auto event = decode(varint_field(1, 1) + field(14, request));
  ASSERT_TRUE(event);
  ASSERT_EQ(event->kind, WatchEvent::Kind::kPut);
  EXPECT_EQ(event->request->id, "r1");
  EXPECT_EQ(event->request->user, "alice");
  EXPECT_THAT(event->request->roles, ElementsAre("editor"));
  EXPECT_EQ(event->request->end, End::kNone);
  EXPECT_EQ(event->request->created_ms, 100'000);
  EXPECT_EQ(event->request->reason, "why");
  EXPECT_EQ(event->request->reviews.at(0).proposed, End::kApproved);
  EXPECT_THAT(event->request->suggested_reviewers, ElementsAre("carol"));
}

TEST(EventOnTheWire, DeleteCarriesAHeaderInMember2) {
  const std::string header = field(1, "access_request") + field(4, field(1, "r1"));
  const auto event = decode(varint_field(1, 2) + field(2, header));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, WatchEvent::Kind::kDelete);
  EXPECT_EQ(event->id, "r1");
}

TEST(EventOnTheWire, OtherKindsAndUnknownMembersMeanNothing) {
  EXPECT_FALSE(decode(varint_field(1, 2) + field(2, field(1, "role") + field(4, field(1, "x")))));
  EXPECT_FALSE(decode(varint_field(1, 1) + field(54, "")));
  EXPECT_FALSE(decode(varint_field(1, 9)));
}

TEST(MendUtf8, ReplacesExactlyWhatIsNotUtf8) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(mend_utf8("plain, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80"),
            "plain, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80");
  EXPECT_EQ(mend_utf8("a\xff"
                      "b"),
            "a" + bad + "b");
  EXPECT_EQ(mend_utf8("\xC3"), bad);                                // cut off
  EXPECT_EQ(mend_utf8("\xC0\xAF"), bad + bad);                      // overlong
  EXPECT_EQ(mend_utf8("\xED\xA0\x80"), bad + bad + bad);            // surrogate
  EXPECT_EQ(mend_utf8("\xF4\x90\x80\x80"), bad + bad + bad + bad);  // above U+10FFFF
  EXPECT_EQ(mend_utf8(""), "");
}

}  // namespace
}  // namespace notifyd::teleport
