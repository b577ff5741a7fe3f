#include "delivery/request_data.h"

#include <gtest/gtest.h>

namespace notifyd::delivery {
namespace {

teleport::AccessRequest sample() {
  teleport::AccessRequest r;
  r.id = "0191-a";
  r.user = "alice@example.com";
  r.roles = {"editor", "dba"};
  r.reason = "because";
  r.resolve_reason = "okay";
  r.kind = teleport::RequestKind::kLongTerm;
  r.resources = {"/example/node/a"};
  r.suggested_reviewers = {"bob@example.com"};
  r.annotations = {{"team", {"x", "y"}}};
  r.reviews = {{"bob@example.com", teleport::State::kDenied, "no", 5}};
  return r;
}

TEST(RequestData, CarriesEverythingAModuleMayShow) {
  const auto data =
      request_data(sample(), "DENIED", {"example", "18.0.0", "https://t.example.com"});
  EXPECT_EQ(data->url, "https://t.example.com/web/requests/0191-a");
  EXPECT_EQ(data->cluster, "example");
  EXPECT_EQ(data->resolution, static_cast<std::uint32_t>(NOTIFY_DENIED));
  EXPECT_EQ(data->kind, static_cast<std::uint32_t>(NOTIFY_KIND_LONG_TERM));
  ASSERT_EQ(data->roles.size(), 2U);
  EXPECT_EQ(data->roles[1].name, "dba");
  ASSERT_EQ(data->reviews.size(), 1U);
  EXPECT_EQ(data->reviews[0].proposed, static_cast<std::uint32_t>(NOTIFY_DENIED));
  EXPECT_EQ(data->annotations.at(0).values, (std::vector<std::string>{"x", "y"}));
}

TEST(RequestData, HasNoLinkWhereTheClusterHasNone) {
  EXPECT_EQ(request_data(sample(), "", {"example", "18.0.0", ""})->url, "");
}

TEST(RequestData, FromTheRecordHasWhatTheRecordKept) {
  Record record;
  keep_request(sample(), record);
  const auto data = request_data("0191-a", record, kExpired, {"example", "", ""});
  EXPECT_EQ(data->id, "0191-a");
  EXPECT_EQ(data->user, "alice@example.com");
  EXPECT_EQ(data->reason, "because");
  EXPECT_EQ(data->roles.at(0).name, "editor");
  EXPECT_EQ(data->resources, sample().resources);
  EXPECT_EQ(data->resolution, static_cast<std::uint32_t>(NOTIFY_UNRESOLVED));
}

}  // namespace
}  // namespace notifyd::delivery
