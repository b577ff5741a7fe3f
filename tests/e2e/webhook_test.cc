// The real daemon and the webhook module, beside Slack's, with a receiver on the loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "notify/hmac.hpp"
#include "support/raw_http_server.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

using nlohmann::json;

constexpr const char* kSecret = "not-a-real-signing-secret";

std::string header(const std::string& request, const std::string& name) {
  const std::size_t at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

class WebhookE2e : public testing::Test {
 protected:
  void start(const std::string& more = "") {
    world_.dir().write("secret", std::string(kSecret) + "\n");
    world_.dir().write("conf.d/webhook.toml", "[webhook]\nurl = \"" + receiver_.url("/hook") +
                                                  "\"\nsecret = \"" + world_.path("secret") +
                                                  "\"\n" + more);
    world_.start();
  }
  // The posts, once there are so many.
  std::vector<std::string> posts(std::size_t n) {
    EXPECT_TRUE(wait_until([&] { return receiver_.requests().size() >= n; }))
        << receiver_.requests().size() << " of " << n;
    return receiver_.requests();
  }

  World world_;
  std::atomic<int> answer_{200};
  RawHttpServer receiver_{[this](RawConnection& connection, int) {
    while (!connection.read_request().empty()) connection.write(http_answer(answer_, "ok"));
  }};
};

TEST_F(WebhookE2e, PostsARequestAndItsEndSigned) {
  start();
  const std::string id = world_.request();
  const std::string pending = posts(1).at(0);
  world_.resolve(id, true, "okay");
  const auto all = posts(2);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(json::parse(body_of(all[0]))["event"], "pending");
  const json end = json::parse(body_of(all[1]));
  EXPECT_EQ(end["event"], "resolved");
  EXPECT_EQ(end["request"]["id"], id);
  EXPECT_EQ(end["request"]["state"], "approved");
  EXPECT_EQ(end["request"]["resolve_reason"], "okay");

  const std::string signature = header(pending, "X-Notify-Signature");
  const std::string time = signature.substr(2, signature.find(',') - 2);
  EXPECT_EQ(signature,
            "t=" + time + ",v1=" +
                notify::to_hex(notify::hmac_sha256(kSecret, time + "." + body_of(pending))));
}

// What may have arrived is sent again, and by its key the receiver knows it.
TEST_F(WebhookE2e, SendsAnAnnouncementAgainWithTheSameKey) {
  start();
  answer_ = 502;
  world_.request();
  posts(1);
  answer_ = 200;
  const auto all = posts(2);
  EXPECT_NE(header(all[0], "Idempotency-Key"), "");
  EXPECT_EQ(header(all[0], "Idempotency-Key"), header(all[1], "Idempotency-Key"));
  EXPECT_EQ(body_of(all[0]), body_of(all[1]));
}

TEST_F(WebhookE2e, PostsABodyOfItsOwn) {
  start("body = '{\"summary\": \"{{title}}\", \"roles\": {{{request.roles}}}}'\n");
  world_.request();
  const json body = json::parse(body_of(posts(1).at(0)));
  EXPECT_EQ(body["summary"], "alice@example.com asks for access as editor");
  EXPECT_EQ(body["roles"], json::array({"editor"}));
}

}  // namespace
}  // namespace notifyd::test
