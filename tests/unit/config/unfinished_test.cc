#include "config/unfinished.h"

#include <gmock/gmock.h>

namespace notifyd::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Unfinished, VariablesThatNobodyLooksUp) {
  for (const char* text :
       {"${SLACK_TOKEN}", "/etc/${NAME}/id", "${HOST:-auth}:3025", "$SLACK_TOKEN", "$HOME/identity",
        "$HOST:3025", "$slack_token", "$token", "env:SLACK_TOKEN", "env://SLACK_TOKEN", "ENV:x",
        "$env:TOKEN", "env.SLACK_TOKEN", "%TOKEN%", "%APPDATA%/identity", "  ${X}  "}) {
    EXPECT_THAT(unfinished(text), HasSubstr("environment variable")) << text;
  }
}

TEST(Unfinished, TemplatesThatNobodyFilledIn) {
  for (const char* text :
       {"{token}", "{host}:3025", "{{ .Values.slack.token }}", "{{token}}", "/run/{{ x }}/id",
        "{% token %}", "<%= token %>", "#{Slack.Token}", "%{token}", "((slack-token))", "[[TOKEN]]",
        "%(token)s", "@SLACK_TOKEN@", "__SLACK_TOKEN__", "!vault secret/slack"}) {
    EXPECT_THAT(unfinished(text), HasSubstr("template")) << text;
  }
}

TEST(Unfinished, PlaceholdersThatWerePasted) {
  for (const char* text :
       {"<token>", "<your token>", "xoxb-<token>", "auth.<cluster>.example.com:3025", "[TOKEN]",
        "YOUR-TOKEN-HERE", "YOUR_CHANNEL", "your-token-here", "your_channel_here", "CHANGEME",
        "changeme", "change-me", "REPLACE_ME", "TODO", "XXXX", "...", "\u2026",
        "insert-token-here"}) {
    EXPECT_THAT(unfinished(text), HasSubstr("placeholder")) << text;
  }
}

TEST(Unfinished, WhatAShellOrSystemdOrAStoreWouldKnow) {
  EXPECT_THAT(unfinished("$(cat /run/token)"), HasSubstr("command for a shell"));
  EXPECT_THAT(unfinished("`cat /run/token`"), HasSubstr("command for a shell"));
  EXPECT_THAT(unfinished("~/identity"), HasSubstr("whole path"));
  EXPECT_THAT(unfinished("~teleport/identity"), HasSubstr("whole path"));
  EXPECT_THAT(unfinished("%d/slack-token"), HasSubstr("unit files"));
  EXPECT_THAT(unfinished("vault:secret/slack#token"), HasSubstr("secret store"));
  EXPECT_THAT(unfinished("op://vault/slack/token"), HasSubstr("secret store"));
  EXPECT_THAT(unfinished("arn:aws:secretsmanager:eu-west-1:1:secret:x"), HasSubstr("secret store"));
  EXPECT_THAT(unfinished("ENC[AES256_GCM,data:x]"), HasSubstr("secret store"));
  EXPECT_THAT(unfinished("file:///run/token"), HasSubstr("the path alone"));
}

TEST(Unfinished, IsNothingThatMayBeMeant) {
  for (const char* text : {"",
                           "/var/lib/teleport-notifyd/identity",
                           "/srv/a$b/c",
                           "/srv/$x",
                           "/srv/{a}/b",
                           "$",
                           "$5",
                           "/srv/100%/x",
                           "/srv/<x",
                           "auth.example.com:3025",
                           "[::1]:3025",
                           "::1",
                           "stderr",
                           "2",
                           "1",
                           "access-requests",
                           "#access-requests",
                           "C0123ABCD",
                           "<@U0123ABCD>",
                           "<#C0123ABCD|ops>",
                           "<mailto:alice@example.com|alice@example.com>",
                           "Alice Smith <alice@example.com>",
                           "<!subteam^S0123ABCD>",
                           "alice@example.com",
                           "@alice",
                           "env-alerts",
                           "env",
                           "your-team",
                           "your-ideas-here",
                           "todo",
                           "my-channel",
                           "xx",
                           "team~ops",
                           "change-requests",
                           "replace-hardware",
                           "https://slack.com/api/",
                           "http://127.0.0.1:8080/",
                           "vault-admins",
                           "xxx",
                           "MY Company <ops@example.com>",
                           "xoxb-0123456789-abc",
                           "a=b",
                           "1m30s",
                           "__init__",
                           "--x--",
                           "gr\u00f6\u00dfe"}) {
    EXPECT_THAT(unfinished(text), IsEmpty()) << text;
  }
}

TEST(Unfinished, IsNotLookedForInWhatIsLong) {
  EXPECT_THAT(unfinished("{{" + std::string(100'000, 'x') + "}}"), IsEmpty());
}

}  // namespace
}  // namespace notifyd::config
