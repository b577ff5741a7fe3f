#include "errors.h"

#include <gtest/gtest.h>

namespace slack {
namespace {

struct Case {
  const char* code;
  notify_rc for_post, for_other;
};
class ErrorCode : public testing::TestWithParam<Case> {};

TEST_P(ErrorCode, SteersTheHost) {
  EXPECT_EQ(refused("m", GetParam().code, true, "", "").rc, GetParam().for_post);
  EXPECT_EQ(refused("m", GetParam().code, false, "", "").rc, GetParam().for_other);
}

INSTANTIATE_TEST_SUITE_P(
    ByClass, ErrorCode,
    testing::Values(Case{"internal_error", NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
                    Case{"fatal_error", NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
                    Case{"service_unavailable", NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
                    Case{"request_timeout", NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
                    Case{"never_heard_of_it", NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
                    Case{"", NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
                    Case{"ratelimited", NOTIFY_RETRY_LIMITED, NOTIFY_RETRY_LIMITED},
                    Case{"rate_limited", NOTIFY_RETRY_LIMITED, NOTIFY_RETRY_LIMITED},
                    Case{"org_login_required", NOTIFY_RETRY, NOTIFY_RETRY},
                    Case{"messages_tab_disabled", NOTIFY_RETRY, NOTIFY_RETRY},
                    Case{"message_limit_exceeded", NOTIFY_RETRY, NOTIFY_RETRY},
                    Case{"no_permission", NOTIFY_RETRY, NOTIFY_RETRY},
                    Case{"enterprise_is_restricted", NOTIFY_RETRY, NOTIFY_RETRY},
                    Case{"unknown_method", NOTIFY_RETRY, NOTIFY_RETRY},
                    Case{"invalid_json", NOTIFY_RETRY, NOTIFY_RETRY},
                    Case{"invalid_auth", NOTIFY_BROKEN_AUTH, NOTIFY_BROKEN_AUTH},
                    Case{"token_revoked", NOTIFY_BROKEN_AUTH, NOTIFY_BROKEN_AUTH},
                    Case{"token_expired", NOTIFY_BROKEN_AUTH, NOTIFY_BROKEN_AUTH},
                    Case{"account_inactive", NOTIFY_BROKEN_AUTH, NOTIFY_BROKEN_AUTH},
                    Case{"missing_scope", NOTIFY_BROKEN_AUTH, NOTIFY_BROKEN_AUTH},
                    Case{"channel_not_found", NOTIFY_DROP_RECIPIENT, NOTIFY_DROP_RECIPIENT},
                    Case{"not_in_channel", NOTIFY_DROP_RECIPIENT, NOTIFY_DROP_RECIPIENT},
                    Case{"is_archived", NOTIFY_DROP_RECIPIENT, NOTIFY_DROP_RECIPIENT},
                    Case{"restricted_action", NOTIFY_DROP_RECIPIENT, NOTIFY_DROP_RECIPIENT},
                    Case{"users_not_found", NOTIFY_DROP_RECIPIENT, NOTIFY_DROP_RECIPIENT},
                    Case{"invalid_blocks", NOTIFY_DROP_PAYLOAD, NOTIFY_DROP_PAYLOAD},
                    Case{"msg_too_long", NOTIFY_DROP_PAYLOAD, NOTIFY_DROP_PAYLOAD},
                    Case{"metadata_too_large", NOTIFY_DROP_PAYLOAD, NOTIFY_DROP_PAYLOAD},
                    Case{"message_not_found", NOTIFY_DROP, NOTIFY_DROP},
                    Case{"already_reacted", NOTIFY_OK, NOTIFY_OK}));

TEST(Errors, NameTheCodeTheScopeAndWhatToMend) {
  const Outcome missing = refused("reactions.add", "missing_scope", false, "reactions:write", "");
  EXPECT_NE(missing.detail.find("reactions.add: missing_scope (reactions:write)"),
            std::string::npos);
  EXPECT_NE(missing.detail.find("reinstall"), std::string::npos);
  EXPECT_NE(refused("m", "invalid_auth", true, "", "").detail.find("slack.token"),
            std::string::npos);
  EXPECT_NE(refused("m", "not_in_channel", true, "", "").detail.find("invite the app"),
            std::string::npos);
}

TEST(Errors, OnlyAuthenticationStopsTheWholeInstance) {
  EXPECT_TRUE(refused("m", "invalid_auth", true, "", "").whole_instance);
  EXPECT_FALSE(refused("m", "channel_not_found", true, "", "").whole_instance);
  EXPECT_FALSE(refused("m", "messages_tab_disabled", true, "", "").whole_instance);
  EXPECT_FALSE(refused("m", "no_permission", true, "", "").whole_instance);
}

TEST(Errors, AUsedUpPlanWaitsTenMinutes) {
  EXPECT_EQ(refused("m", "message_limit_exceeded", true, "", "").retry_after_ms, 600'000U);
}

TEST(Errors, KeepAStrangeAnswerShortAndOnOneLine) {
  const Outcome strange = refused("m", std::string(5000, 'x') + "\n", true, "", "a\nb");
  EXPECT_LT(strange.detail.size(), 600U);
  EXPECT_EQ(strange.detail.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace slack
