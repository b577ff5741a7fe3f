// What the receivers that have a format of their own document as their shape.
#include "formats.h"

#include "webhook_fixture.h"

namespace webhook_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FormatTest : public WebhookTest {
 protected:
  Json posted(const std::string& format, const EventData& data) {
    set("webhook.format", format);
    EXPECT_EQ(start(), "");
    deliver(data);
    return body();
  }
  static EventData of(std::uint32_t kind, RequestData request = RequestData::full()) {
    EventData data;
    data.kind = kind;
    data.recipient = std::string("webhook");
    if (kind == NOTIFY_REQUEST_RESOLVED) request.resolution = NOTIFY_APPROVED;
    data.request = std::move(request);
    return data;
  }
};

TEST_F(FormatTest, SlackTakesTextWithItsMarkup) {
  const Json body = posted("slack", of(NOTIFY_REQUEST_PENDING));
  EXPECT_EQ(body["text"],
            "*alice@example.com asks for access as editor, auditor to "
            "/example.teleport.sh/node/1, /example.teleport.sh/db/2*\n"
            "*Reason:* to mend it\n*Reason:* go ahead\n"
            "<https://example.teleport.sh/web/requests/11111111-2222-3333-4444-555555555555|"
            "Open the request>");
  EXPECT_EQ(body["unfurl_links"], false);
}

TEST_F(FormatTest, SlackIsNotCalledFromAReason) {
  RequestData request;
  request.reason = "<!channel> <https://evil.example.com|Approve>";
  const std::string text = posted("slack", of(NOTIFY_REQUEST_PENDING, request))["text"];
  EXPECT_THAT(text, HasSubstr("&lt;!channel&gt;"));
  EXPECT_THAT(text, Not(HasSubstr("<")));
}

TEST_F(FormatTest, MattermostTakesMarkdown) {
  RequestData request;
  request.reason = "@all *now*";
  request.url = "https://example.teleport.sh/web/requests/a-b_c";
  const Json body = posted("mattermost", of(NOTIFY_REQUEST_PENDING, request));
  ASSERT_EQ(body.size(), 1U);
  EXPECT_EQ(body["text"],
            "**alice@example\\.com asks for access as editor**\n"
            "**Reason:** @\u200Ball \\*now\\*\n\n"
            "https://example.teleport.sh/web/requests/a-b_c");
}

TEST_F(FormatTest, AlertmanagersReceiverSeesAnAlertThatFires) {
  const Json body = posted("alertmanager", of(NOTIFY_REQUEST_PENDING));
  EXPECT_EQ(body["version"], "4");
  EXPECT_EQ(body["truncatedAlerts"], 0);
  EXPECT_EQ(body["status"], "firing");
  EXPECT_EQ(body["receiver"], "webhook");
  for (const char* key : {"groupLabels", "commonLabels", "commonAnnotations"}) {
    EXPECT_TRUE(body[key].is_object()) << key;
  }
  EXPECT_TRUE(body["groupKey"].is_string());
  EXPECT_TRUE(body["externalURL"].is_string());
  ASSERT_EQ(body["alerts"].size(), 1U);
  const Json& alert = body["alerts"][0];
  EXPECT_EQ(alert["status"], "firing");
  EXPECT_EQ(alert["labels"]["alertname"], "TeleportAccessRequest");
  EXPECT_EQ(alert["labels"]["user"], "alice@example.com");
  EXPECT_EQ(alert["annotations"]["description"], "to mend it");
  EXPECT_EQ(alert["startsAt"], "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(alert["endsAt"], "0001-01-01T00:00:00Z");
  EXPECT_THAT(alert["generatorURL"].get<std::string>(), HasSubstr("https://"));
  EXPECT_EQ(alert["fingerprint"].get<std::string>().size(), 16U);
}

TEST_F(FormatTest, AlertmanagersReceiverSeesTheSameAlertResolved) {
  const Json fired = posted("alertmanager", of(NOTIFY_REQUEST_PENDING))["alerts"][0];
  for (const std::uint32_t kind : {NOTIFY_REQUEST_RESOLVED, NOTIFY_REQUEST_EXPIRED}) {
    const Json body = posted("alertmanager", of(kind));
    const Json& alert = body["alerts"][0];
    EXPECT_EQ(body["status"], "resolved");
    EXPECT_EQ(alert["status"], "resolved");
    EXPECT_EQ(alert["labels"], fired["labels"]) << "a receiver finds the alert by its labels";
    EXPECT_EQ(alert["fingerprint"], fired["fingerprint"]);
    EXPECT_NE(alert["endsAt"], "0001-01-01T00:00:00Z");
  }
}

TEST_F(FormatTest, AllAreJsonWhateverIsInARequest) {
  for (const char* format : {"event", "slack", "mattermost", "alertmanager"}) {
    for (const std::uint32_t kind : {1U, 2U, 3U, 4U, 6U}) {
      EXPECT_TRUE(posted(format, of(kind, RequestData::hostile())).is_object()) << format << kind;
      EXPECT_TRUE(posted(format, of(kind, RequestData::bare())).is_object()) << format << kind;
    }
  }
}

TEST(FindFormat, KnowsNoOther) { EXPECT_EQ(webhook::find_format("teams"), nullptr); }

}  // namespace
}  // namespace webhook_test
