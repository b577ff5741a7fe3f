// What people write for a channel or a person, and what it is taken for.
#include "recipient.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <ostream>

#include "spelling.h"

namespace slack {

std::ostream& operator<<(std::ostream& out, Recipient::Kind kind) {
  return out << std::array{"channel id", "user id", "channel name", "e-mail"}.at(
             static_cast<std::size_t>(kind));
}

namespace {

using Kind = Recipient::Kind;
using testing::HasSubstr;
using testing::Not;

struct Spelling {
  const char* written;
  Kind kind;
  const char* value;
};
class Spellings : public testing::TestWithParam<Spelling> {};

TEST_P(Spellings, AreTakenForWhatTheyAre) {
  const auto parsed = parse_recipient(GetParam().written);
  const auto* recipient = std::get_if<Recipient>(&parsed);
  ASSERT_NE(recipient, nullptr) << GetParam().written << ": " << std::get<NoRecipient>(parsed).why;
  EXPECT_EQ(recipient->kind, GetParam().kind) << GetParam().written;
  EXPECT_EQ(recipient->value, GetParam().value) << GetParam().written;
}

INSTANTIATE_TEST_SUITE_P(
    OfAChannelsName, Spellings,
    testing::Values(
        Spelling{"dev", Kind::kChannelName, "dev"}, Spelling{"#dev", Kind::kChannelName, "dev"},
        Spelling{"##dev", Kind::kChannelName, "dev"}, Spelling{"# dev", Kind::kChannelName, "dev"},
        Spelling{" #dev\n", Kind::kChannelName, "dev"},
        Spelling{"\uFEFF#dev\u200B", Kind::kChannelName, "dev"},
        Spelling{"\u00A0dev\u00A0", Kind::kChannelName, "dev"},
        Spelling{"\u2068#dev\u2069", Kind::kChannelName, "dev"},
        Spelling{"\u200E#dev\u202C\u00AD", Kind::kChannelName, "dev"},
        Spelling{"\uFF03dev", Kind::kChannelName, "dev"},
        Spelling{"Access-Requests", Kind::kChannelName, "access-requests"},
        Spelling{"#DEV", Kind::kChannelName, "dev"}, Spelling{"DEV2", Kind::kChannelName, "dev2"},
        Spelling{"#DASHBOARD", Kind::kChannelName, "dashboard"},
        Spelling{"DEVELOPERS", Kind::kChannelName, "developers"},
        Spelling{"SECURITY", Kind::kChannelName, "security"},
        Spelling{"EMERGENCY", Kind::kChannelName, "emergency"},
        Spelling{"team_1-x", Kind::kChannelName, "team_1-x"},
        Spelling{"2024", Kind::kChannelName, "2024"},
        Spelling{"Zugänge", Kind::kChannelName, "zugänge"},
        Spelling{"ÄRGER-ŁÓDŹ", Kind::kChannelName, "ärger-łódź"},
        Spelling{"ЗАЯВКИ", Kind::kChannelName, "заявки"},
        Spelling{"ΑΙΤΗΜΑΤΑ", Kind::kChannelName, "αιτηματα"},
        Spelling{"#アクセス申請", Kind::kChannelName, "アクセス申請"},
        Spelling{"दल", Kind::kChannelName, "दल"},
        Spelling{"c0123abcd", Kind::kChannelName, "c0123abcd"},
        Spelling{"here", Kind::kChannelName, "here"},
        Spelling{"https://acme.slack.com/archives/general", Kind::kChannelName, "general"},
        Spelling{"https://acme.slack.com/messages/general/", Kind::kChannelName, "general"}));

INSTANTIATE_TEST_SUITE_P(
    OfAChannelsId, Spellings,
    testing::Values(
        Spelling{"C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"G0123ABCD", Kind::kChannelId, "G0123ABCD"},
        Spelling{"D0123ABCD", Kind::kChannelId, "D0123ABCD"},
        Spelling{"CABCDEFGH", Kind::kChannelId, "CABCDEFGH"},
        Spelling{"C08ABCDEFGH", Kind::kChannelId, "C08ABCDEFGH"},
        Spelling{"#C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"# C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"@C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"<#C0123ABCD>", Kind::kChannelId, "C0123ABCD"},
        Spelling{"<#C0123ABCD|dev>", Kind::kChannelId, "C0123ABCD"},
        Spelling{"<#C0123ABCD|>", Kind::kChannelId, "C0123ABCD"},
        Spelling{"<C0123ABCD>", Kind::kChannelId, "C0123ABCD"},
        Spelling{"https://acme.slack.com/archives/C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"https://acme.slack.com/archives/C0123ABCD/", Kind::kChannelId, "C0123ABCD"},
        Spelling{"https://acme.slack.com/archives/C0123ABCD/p1700000000000100", Kind::kChannelId,
                 "C0123ABCD"},
        Spelling{"https://acme.slack.com/archives/C0123ABCD/p1?thread_ts=1.2&cid=C0123ABCD",
                 Kind::kChannelId, "C0123ABCD"},
        Spelling{"HTTPS://Acme.Slack.com/archives/C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"acme.slack.com/archives/C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"https://acme.enterprise.slack.com/archives/G0123ABCD", Kind::kChannelId,
                 "G0123ABCD"},
        Spelling{"https://acme.slack-gov.com/archives/C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"https://app.slack.com/client/T0123ABCD/C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"https://app.slack.com/client/T0123ABCD/C0123ABCD/thread/C0123ABCD-1.2",
                 Kind::kChannelId, "C0123ABCD"},
        Spelling{"https://slack.com/app_redirect?team=T0123ABCD&channel=C0123ABCD",
                 Kind::kChannelId, "C0123ABCD"},
        Spelling{"slack://channel?team=T0123ABCD&id=C0123ABCD", Kind::kChannelId, "C0123ABCD"},
        Spelling{"<https://acme.slack.com/archives/C0123ABCD|#dev>", Kind::kChannelId, "C0123ABCD"},
        Spelling{"[#dev](https://acme.slack.com/archives/C0123ABCD)", Kind::kChannelId,
                 "C0123ABCD"},
        Spelling{"#dev (https://acme.slack.com/archives/C0123ABCD)", Kind::kChannelId,
                 "C0123ABCD"}));

INSTANTIATE_TEST_SUITE_P(
    OfAPersonsId, Spellings,
    testing::Values(Spelling{"U0123ABCD", Kind::kUserId, "U0123ABCD"},
                    Spelling{"W0123ABCD", Kind::kUserId, "W0123ABCD"},
                    Spelling{"U123", Kind::kUserId, "U123"},
                    Spelling{"@U0123ABCD", Kind::kUserId, "U0123ABCD"},
                    Spelling{"@ U0123ABCD", Kind::kUserId, "U0123ABCD"},
                    Spelling{"\uFF20U0123ABCD", Kind::kUserId, "U0123ABCD"},
                    Spelling{"#U0123ABCD", Kind::kUserId, "U0123ABCD"},
                    Spelling{"<@U0123ABCD>", Kind::kUserId, "U0123ABCD"},
                    Spelling{"<@W0123ABCD|vera>", Kind::kUserId, "W0123ABCD"},
                    Spelling{"\u200B<@U0123ABCD>\u00A0", Kind::kUserId, "U0123ABCD"},
                    Spelling{"Vera <@U0123ABCD>", Kind::kUserId, "U0123ABCD"},
                    Spelling{"https://acme.slack.com/team/U0123ABCD", Kind::kUserId, "U0123ABCD"},
                    Spelling{"https://app.slack.com/client/T0123ABCD/user_profile/U0123ABCD",
                             Kind::kUserId, "U0123ABCD"},
                    Spelling{"slack://user?team=T0123ABCD&id=U0123ABCD", Kind::kUserId,
                             "U0123ABCD"}));

INSTANTIATE_TEST_SUITE_P(
    OfAnAddress, Spellings,
    testing::Values(
        Spelling{"vera@example.com", Kind::kEmail, "vera@example.com"},
        Spelling{" Vera@Example.com ", Kind::kEmail, "vera@example.com"},
        Spelling{"vera@example.com\u200B", Kind::kEmail, "vera@example.com"},
        Spelling{"<vera@example.com>", Kind::kEmail, "vera@example.com"},
        Spelling{"Vera <vera@example.com>", Kind::kEmail, "vera@example.com"},
        Spelling{"\"Vera, of Ops\" <vera@example.com>", Kind::kEmail, "vera@example.com"},
        Spelling{"Ops, Vera <vera@example.com>", Kind::kEmail, "vera@example.com"},
        Spelling{"vera@example.com <vera@example.com>", Kind::kEmail, "vera@example.com"},
        Spelling{"\"Vera@example.com\" <vera@example.com>", Kind::kEmail, "vera@example.com"},
        Spelling{"mailto:vera@example.com", Kind::kEmail, "vera@example.com"},
        Spelling{"MailTo:vera@example.com?subject=x", Kind::kEmail, "vera@example.com"},
        Spelling{"<mailto:vera@example.com|vera@example.com>", Kind::kEmail, "vera@example.com"},
        Spelling{"<mailto:vera@example.com>", Kind::kEmail, "vera@example.com"},
        Spelling{"vera@example.com (Vera)", Kind::kEmail, "vera@example.com"},
        Spelling{"@vera@example.com", Kind::kEmail, "vera@example.com"},
        Spelling{"vera@acme.slack.com", Kind::kEmail, "vera@acme.slack.com"},
        Spelling{"o'brien+x@sub.example.com", Kind::kEmail, "o'brien+x@sub.example.com"},
        Spelling{"vera@localhost", Kind::kEmail, "vera@localhost"}));

struct Refused {
  const char* written;
  const char* says;
};
class NoRecipients : public testing::TestWithParam<Refused> {};

TEST_P(NoRecipients, AreRefusedWithWhatToWrite) {
  const auto parsed = parse_recipient(GetParam().written);
  const auto* none = std::get_if<NoRecipient>(&parsed);
  ASSERT_NE(none, nullptr) << GetParam().written;
  EXPECT_THAT(none->why, HasSubstr(GetParam().says));
  EXPECT_THAT(none->why, HasSubstr("write")) << "and says what else";
  EXPECT_THAT(none->why, Not(HasSubstr("\n")));
}

INSTANTIATE_TEST_SUITE_P(
    OfManyAtOnce, NoRecipients,
    testing::Values(Refused{"@here", "is a mention"}, Refused{"@channel", "is a mention"},
                    Refused{"@Everyone", "is a mention"}, Refused{"<!here>", "is a mention"},
                    Refused{"<!channel|channel>", "is a mention"},
                    Refused{"<!subteam^S0123ABCD>", "is a user group"},
                    Refused{"<!subteam^S0123ABCD|@sre>", "is a user group"},
                    Refused{"S0123ABCD", "is a user group"},
                    Refused{"@S0123ABCD", "is a user group"},
                    Refused{"T0123ABCD", "id of a workspace"}, Refused{"B0123ABCD", "an app"}));

INSTANTIATE_TEST_SUITE_P(
    OfNobody, NoRecipients,
    testing::Values(
        Refused{"", "is empty"}, Refused{" \u200B ", "is empty"}, Refused{"#", "is empty"},
        Refused{"@", "user name"}, Refused{"@vera", "\"@vera\" looks like a user name"},
        Refused{"@vera.k", "looks like a user name"}, Refused{"<@vera>", "looks like a user name"},
        Refused{"access requests", "has a space in it"}, Refused{"#dev,#ops", "as a list"},
        Refused{"dev; ops", "as a list"}, Refused{"a@example.com, b@example.com", "as a list"},
        Refused{"Vera <vera@example.com>, Bob <bob@example.com>", "names more than one"},
        Refused{"<@U0123ABCD> <@U0456ABCD>", "names more than one"},
        Refused{"vera@example.com <bob@example.com>", "names more than one"},
        Refused{"mailto:ve\u200Bra@example.com", "is no e-mail address"},
        Refused{"vera@", "is no e-mail address"}, Refused{"vera@exa mple.com", "no e-mail address"},
        Refused{"vera@example..com", "no e-mail address"},
        Refused{"mailto:vera", "no e-mail address"}, Refused{"example.com", "has . in it"},
        Refused{"team/dev", "has / in it"}, Refused{"slack:dev", "has : in it"},
        Refused{"${CHANNEL}", "has $ in it"}, Refused{"{{ channel }}", "has { in it"},
        Refused{"<your-channel>", "between < and >"}, Refused{"<>", "is empty"},
        Refused{"*", "has * in it"}, Refused{"'dev'", "has ' in it"}, Refused{"`dev`", "has ` in"},
        Refused{"access–requests", "has – in it"}, Refused{"de\u200Bv", "⟨U+200B⟩"},
        Refused{"vera\u200B@example.com", "is no e-mail address"}, Refused{"🚀", "has 🚀 in it"},
        Refused{"---", "neither a letter nor a digit"},
        Refused{"https://example.com/archives/C0123ABCD", "no address of a channel in Slack"},
        Refused{"https://acme.slack.com@evil.example/archives/C0123ABCD", "e-mail address"},
        Refused{"https://acme.slack.com/", "names no channel"},
        Refused{"https://acme.slack.com/admin/settings", "names no channel"},
        Refused{"https://hooks.slack.com/services/T0/B0/x", "not shown"}));

TEST(NoRecipients, LongerThanAChannelsNameCanBeAreRefused) {
  const auto named = [](const std::string& text) {
    return std::holds_alternative<Recipient>(parse_recipient(text));
  };
  EXPECT_TRUE(named(std::string(80, 'x')));
  EXPECT_FALSE(named(std::string(81, 'x')));
}

TEST(NoRecipients, AreShownInALineThatHidesNothing) {
  const auto parsed = parse_recipient("de\nv\x1b[2J\u202E" + std::string(500, 'x'));
  const std::string why = std::get<NoRecipient>(parsed).why;
  EXPECT_THAT(why, HasSubstr("de v␛[2J⟨U+202E⟩"));
  EXPECT_LT(why.size(), 1000U);
}

TEST(WrittenRecipient, KeepsWhatWasWrittenForPeople) {
  const auto parsed = parse_recipient(" Vera <Vera@example.com> ");
  EXPECT_EQ(std::get<Recipient>(parsed).written, "Vera <Vera@example.com>");
}

struct EmailCase {
  const char* text;
  bool is;
};
class Email : public testing::TestWithParam<EmailCase> {};

TEST_P(Email, IsWhatGoTakesForAnAddressThatIsTheWholeText) {
  EXPECT_EQ(is_email(GetParam().text), GetParam().is) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, Email,
    testing::Values(EmailCase{"alice@example.com", true}, EmailCase{"a.b+c@sub.example.com", true},
                    EmailCase{"alice@localhost", true}, EmailCase{"o'brien@example.com", true},
                    EmailCase{"alice@my_host.example.com", true},
                    EmailCase{"alice@-example.com", true}, EmailCase{"ärger@example.com", true},
                    EmailCase{"alice", false}, EmailCase{"@example.com", false},
                    EmailCase{"alice@", false}, EmailCase{"", false},
                    EmailCase{"Alice <alice@example.com>", false},
                    EmailCase{"<alice@example.com>", false},
                    EmailCase{"\"a b\"@example.com", false}, EmailCase{"alice@[10.0.0.1]", false},
                    EmailCase{"alice@exa mple.com", false}, EmailCase{"a@b@example.com", false},
                    EmailCase{".alice@example.com", false}, EmailCase{"alice.@example.com", false},
                    EmailCase{"al..ice@example.com", false}, EmailCase{"alice@example.com.", false},
                    EmailCase{"alice@example..com", false}));

TEST(RecipientOfUserName, IsAnAddressAndNothingElse) {
  EXPECT_EQ(recipient_of_user_name(" Vera@example.com")->value, "vera@example.com");
  for (const char* name : {"vera", "U0123ABCD", "#dev", "<@U0123ABCD>", "V <v@example.com>",
                           "mailto:v@example.com", ""}) {
    EXPECT_FALSE(recipient_of_user_name(name)) << name;
  }
}

TEST(RecipientOfId, IsWhatRecordsOfEveryVersionSay) {
  const auto read = [](const char* id) { return Recipient::of_id(id); };
  EXPECT_EQ(read("#access-requests").kind, Kind::kChannelName);
  EXPECT_EQ(read("#access-requests").value, "access-requests");
  EXPECT_EQ(read("U123").kind, Kind::kUserId);
  EXPECT_EQ(read("C0DEV00001").kind, Kind::kChannelId);
  EXPECT_EQ(read("bob@example.com").kind, Kind::kEmail);
  for (const char* id : {"#access-requests", "#@u0123abcd", "U123", "C1", "bob@example.com", "",
                         "C0DEV00001/1700000000.000100"}) {
    EXPECT_EQ(read(id).id(), id);
  }
}

}  // namespace
}  // namespace slack
