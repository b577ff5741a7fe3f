#include <nlohmann/json.hpp>

#include "proxy_fixture.h"

namespace notifyd::sim {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class ProxyFindTest : public ProxyTest {
 protected:
  // The whole answer to one request on a connection of its own.
  std::string answer(const std::string& path = "/webapi/find") const {
    const auto tcp = dial(proxy_.port());
    TlsPipe tls(*tcp, web_offer());
    return tls.open() ? get(tls, path) : tls.error();
  }
  Json json(const std::string& path) const {
    const std::string text = answer(path);
    return Json::parse(text.substr(text.find("\r\n\r\n") + 4));
  }
  std::string answer_to(FindAnswer how) {
    proxy_.set_quirks({.find = how});
    return answer();
  }
};

TEST_F(ProxyFindTest, SaysWhichClusterItIsAndHowToReachIt) {
  const Json found = json("/webapi/find");
  EXPECT_EQ(found["cluster_name"], "sim.example.com");
  EXPECT_EQ(found["server_version"], "18.0.0");
  EXPECT_EQ(found["min_client_version"], "17.0.0-aa");
  EXPECT_EQ(found["edition"], "community");
  EXPECT_EQ(found["proxy"]["tls_routing_enabled"], true);
  EXPECT_EQ(found["proxy"]["ssh"]["public_addr"], proxy_.address());
  EXPECT_EQ(found["proxy"]["ssh"]["web_listen_addr"], "0.0.0.0:" + std::to_string(proxy_.port()));
  EXPECT_EQ(found["proxy"]["ssh"]["tunnel_listen_addr"], "0.0.0.0:3024");
  EXPECT_EQ(proxy_.count(ProxyEvent::kFind), 1U);
}

TEST_F(ProxyFindTest, PingSaysMoreOfLogins) {
  const Json pong = json("/webapi/ping");
  EXPECT_EQ(pong["cluster_name"], "sim.example.com");
  EXPECT_EQ(pong["auth"]["type"], "local");
  EXPECT_EQ(proxy_.count(ProxyEvent::kPing), 1U);
}

TEST_F(ProxyFindTest, SeveralRequestsMayShareAConnection) {
  const auto tcp = dial(proxy_.port());
  TlsPipe tls(*tcp, web_offer());
  EXPECT_THAT(get(tls, "/webapi/find?group=a"), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(get(tls, "/web"), StartsWith("HTTP/1.1 404 Not Found"));
  EXPECT_THAT(get(tls, "/webapi/ping"), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_EQ(proxy_.count(ProxyEvent::kAccepted), 1U);
}

TEST_F(ProxyFindTest, TlsRoutingMayBeOff) {
  proxy_.set_quirks({.tls_routing = false});
  EXPECT_EQ(json("/webapi/find")["proxy"]["tls_routing_enabled"], false);
}

TEST_F(ProxyFindTest, MayBeTheProxyOfAnotherCluster) {
  proxy_.set_quirks({.cluster = "other.example.com"});
  EXPECT_EQ(json("/webapi/find")["cluster_name"], "other.example.com");
}

TEST_F(ProxyFindTest, MayBeNoTeleport) {
  EXPECT_THAT(answer_to(FindAnswer::kNotFound), StartsWith("HTTP/1.1 404 Not Found"));
  EXPECT_THAT(answer_to(FindAnswer::kHtml), HasSubstr("text/html"));
  EXPECT_THAT(answer_to(FindAnswer::kRedirect), HasSubstr("Location: https://login.portal"));
}

TEST_F(ProxyFindTest, MayBeBroken) {
  const std::string broken = answer_to(FindAnswer::kBrokenJson);
  EXPECT_THAT(broken, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_FALSE(Json::accept(broken.substr(broken.find("\r\n\r\n") + 4)));
}

TEST_F(ProxyFindTest, MayBeHuge) {
  EXPECT_GT(answer_to(FindAnswer::kHuge).size(), std::size_t{16} << 20U);
}

TEST_F(ProxyFindTest, MayComeByteByByte) {
  proxy_.set_quirks({.find = FindAnswer::kDribble});
  const auto tcp = dial(proxy_.port());
  TlsPipe tls(*tcp, web_offer());
  tls.write("GET /webapi/find HTTP/1.1\r\n\r\n");
  EXPECT_EQ(tls.read(), "H");
  EXPECT_EQ(tls.read(), "T");
}

TEST_F(ProxyFindTest, MayNeverCome) {
  proxy_.set_quirks({.find = FindAnswer::kSilent});
  const auto tcp = dial(proxy_.port());
  TlsPipe tls(*tcp, web_offer());
  tls.write("GET /webapi/find HTTP/1.1\r\n\r\nGET /webapi/ping HTTP/1.1\r\n\r\n");
  const std::string first = tls.read_until("preferred_local_mfa");
  EXPECT_THAT(first, HasSubstr("preferred_local_mfa")) << "the second request's";
}

}  // namespace
}  // namespace notifyd::sim
