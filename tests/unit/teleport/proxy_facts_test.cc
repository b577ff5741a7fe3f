#include "teleport/proxy_facts.h"

#include <gmock/gmock.h>

namespace notifyd::teleport {
namespace {

using ::testing::HasSubstr;

constexpr char kAddress[] = "teleport.example.com:443";

std::string error_of(std::uint32_t status, const std::string& body) {
  const auto facts = parse_find(kAddress, status, body);
  return facts ? "" : facts.error().message;
}

TEST(ProxyFacts, AreTheNameTheVersionAndWhetherThereIsTlsRouting) {
  const auto facts = parse_find(
      kAddress, 200,
      R"({"server_version":"17.4.2","min_client_version":"15.0.0","cluster_name":"example.com",
          "proxy":{"tls_routing_enabled":true,"ssh":{"listen_addr":"0.0.0.0:3023"}},"fips":0})");
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->cluster, "example.com");
  EXPECT_EQ(facts->version, "17.4.2");
  EXPECT_TRUE(facts->tls_routing);
}

TEST(ProxyFacts, AnOldProxySaysNeitherItsNameNorThatItHasNoTlsRouting) {
  const auto facts = parse_find(kAddress, 200, R"({"server_version":"9.0.0","proxy":{"ssh":{}}})");
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->cluster, "");
  EXPECT_FALSE(facts->tls_routing);
}

TEST(ProxyFacts, WhatIsOfAnotherTypeCountsAsNotSaid) {
  const auto facts =
      parse_find(kAddress, 200,
                 R"({"cluster_name":7,"server_version":[],"proxy":{"tls_routing_enabled":"yes"}})");
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->cluster, "");
  EXPECT_FALSE(facts->tls_routing);
}

TEST(ProxyFacts, NamesStayOneLineAndShort) {
  const auto facts = parse_find(
      kAddress, 200, "{\"cluster_name\":\"a\\nb" + std::string(5000, 'x') + "\",\"proxy\":{}}");
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_LT(facts->cluster.size(), 300U);
  EXPECT_EQ(facts->cluster.find('\n'), std::string::npos);
}

TEST(ProxyFacts, WhatIsNoProxySaysWhatItIs) {
  EXPECT_EQ(
      error_of(200, " <!doctype html><title>Sign in</title>"),
      "teleport.example.com:443 is no Teleport proxy: it answers /webapi/find with a web page; "
      "check teleport.addr, and what stands between");
  EXPECT_THAT(error_of(302, ""), HasSubstr("HTTP 302, a redirection, as the sign-in page"));
  EXPECT_THAT(error_of(404, "{}"), HasSubstr("with HTTP 404;"));
  for (const char* body : {"", "{", "[]", "null", "7", "{}", R"({"proxy":1})", "\xff\xfe",
                           R"({"proxy":null,"cluster_name":"a"})"}) {
    EXPECT_THAT(error_of(200, body), HasSubstr("no JSON object that tells of a proxy")) << body;
  }
}

}  // namespace
}  // namespace notifyd::teleport
