#include "config.h"

#include <ostream>

#include "webhook_fixture.h"

namespace webhook_test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class WebhookConfig : public WebhookTest {};

TEST_F(WebhookConfig, OfOneAddressIsEnough) { EXPECT_EQ(start(), ""); }

TEST_F(WebhookConfig, OfSeveralPlacesIsEnough) {
  several_places();
  EXPECT_EQ(start(), "");
}

TEST_F(WebhookConfig, NeedsAPlace) {
  fake_.config.options.erase("webhook.url");
  EXPECT_THAT(start(), StartsWith("webhook.url is missing"));
}

TEST_F(WebhookConfig, IsRefusedWithBothOneAndSeveralPlaces) {
  several_places();
  set("webhook.url", kUrl);
  EXPECT_THAT(start(), StartsWith("webhook.url and [endpoints] are both there"));
}

TEST_F(WebhookConfig, IsGoodWhileTheFileOfASecretCannotBeRead) {
  fake_.refuse_config = [](const std::string& option) -> std::optional<notify_rc> {
    if (option == "webhook.url") return NOTIFY_RETRY;
    return std::nullopt;
  };
  EXPECT_EQ(start(), "");
}

TEST_F(WebhookConfig, NeverQuotesTheAddress) {
  set("webhook.url", "ftp://example.com/very-secret-path");
  EXPECT_THAT(start(), StartsWith("webhook.url must be an address"));
  EXPECT_FALSE(fake_.mentions("very-secret-path"));
}

struct Wrong {
  const char* option;
  const char* value;
  const char* says;
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) {
  return out << wrong.option << wrong.value;
}
class WrongOption : public WebhookTest, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WrongOption, IsRefusedByItsName) {
  set(GetParam().option, GetParam().value);
  EXPECT_THAT(start(), StartsWith(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongOption,
    ::testing::Values(Wrong{"webhook.method", "GET", "webhook.method must be"},
                      Wrong{"webhook.method", "post", "webhook.method must be"},
                      Wrong{"webhook.content_type", "json", "webhook.content_type must be"},
                      Wrong{"webhook.content_type", "a/b\r\nX: y", "webhook.content_type must be"},
                      Wrong{"webhook.timeout", "10", "webhook.timeout must be from 1s"},
                      Wrong{"webhook.timeout", "600000", "webhook.timeout must be from 1s"},
                      Wrong{"webhook.interval", "-1", "webhook.interval must be from 0s"},
                      Wrong{"webhook.format", "teams", "webhook.format must be"},
                      Wrong{"webhook.markup", "html", "webhook.markup must be"},
                      Wrong{"webhook.fallback", "ops",
                            "webhook.fallback names a place, so there must be some"},
                      Wrong{"webhook.body", "{{request.usr}}",
                            "webhook.body, line 1, column 1: no event has \"request.usr\""},
                      Wrong{"webhook.body", "{\n  \"text\": \"{{title}\"\n}",
                            "webhook.body, line 2, column 12: no }} follows"},
                      Wrong{"webhook.body", "{\"text\": {{title}}}",
                            "webhook.body makes no JSON for the event"}));

TEST_F(WebhookConfig, SaysAllThatIsWrongAtOnce) {
  set("webhook.url", "example.com");
  set("webhook.method", "GET");
  set("webhook.body", "{{nothing}}");
  EXPECT_THAT(start(), StartsWith("webhook.body, line 1"));
  ASSERT_EQ(fake_.logs.size(), 3U);
  EXPECT_THAT(fake_.logs[0].line, StartsWith("webhook.url must be"));
  EXPECT_THAT(fake_.logs[1].line, StartsWith("webhook.method must be"));
}

TEST_F(WebhookConfig, HasABodyOrAFormat) {
  set("webhook.body", "{}");
  set("webhook.format", "slack");
  EXPECT_THAT(start(), StartsWith("webhook.body and webhook.format are both there"));
}

// Right for the announcement, and for nothing that comes after it.
TEST_F(WebhookConfig, TriesABodyWithEveryEvent) {
  set("webhook.body", R"({"text":"{{#request.pending}}new"{{/request.pending}}})");
  EXPECT_THAT(start(), HasSubstr("for the event \"resolved\""));
}

TEST_F(WebhookConfig, TriesABodyWithAnEventThatKnowsLittle) {
  set("webhook.body", R"({"n":{{#request.reviews}}1{{/request.reviews}}})");
  EXPECT_THAT(start(), HasSubstr("webhook.body makes no JSON"));
}

TEST_F(WebhookConfig, TakesABodyThatIsNoJsonWhereNoneIsPromised) {
  set("webhook.content_type", "text/plain; charset=utf-8");
  set("webhook.body", "{{title}}");
  EXPECT_EQ(start(), "");
}

TEST_F(WebhookConfig, NamesTheRoleThatNamesNoEndpoint) {
  several_places();
  fake_.config.tables["role_to_recipients"]["editor"] = {"dev", "nowhere"};
  EXPECT_THAT(start(), StartsWith("role_to_recipients.\"editor\" names \"nowhere\""));
}

TEST_F(WebhookConfig, NamesTheEndpointThatIsNoAddress) {
  several_places();
  fake_.config.tables["endpoints"]["bad"] = {"example.com"};
  EXPECT_THAT(start(), StartsWith("endpoints.\"bad\" must be one address"));
}

TEST_F(WebhookConfig, TakesNoHeaderThatIsSetElsewhereOrThatIsNone) {
  for (const char* name : {"Host", "content-TYPE", "Authorization", "X-Notify-Signature"}) {
    fake_.config.tables["webhook.headers"] = {{name, {"x"}}};
    EXPECT_THAT(start(), HasSubstr("can't be set here")) << name;
  }
  for (const char* name : {"", "X Y", "X:Y", "X\r\nY"}) {
    fake_.config.tables["webhook.headers"] = {{name, {"x"}}};
    EXPECT_THAT(start(), HasSubstr("is not a name that a header can have")) << name;
  }
  fake_.config.tables["webhook.headers"] = {{"X-Team", {"a\r\nX-Other: b"}}};
  EXPECT_THAT(start(), HasSubstr("must be one text of one line"));
}

TEST(IsUrl, WantsAWholeAddressWithoutAPassword) {
  using webhook::is_url;
  EXPECT_TRUE(is_url("https://example.com"));
  EXPECT_TRUE(is_url("https://example.com:8443/a?b=c"));
  EXPECT_TRUE(is_url("http://127.0.0.1:8080/"));
  for (const char* bad : {"", "example.com", "https://", "https:///a", "HTTPS://a", "ftp://a",
                          "https://a b", "https://user:password@a/", "https://a/#b", "https://a\n",
                          "https://?a", "https://\xC3\xA9.com/"}) {
    EXPECT_FALSE(is_url(bad)) << bad;
  }
  EXPECT_TRUE(is_url("https://example.com/@channel"));
}

}  // namespace
}  // namespace webhook_test
