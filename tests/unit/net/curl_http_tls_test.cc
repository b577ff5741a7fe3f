// What TLS must be, to the far side and to a proxy, under an openssl.cnf that allows anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/conf.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "curl_http_fixture.h"

namespace notifyd::net {
namespace {

using test::RawConnection;
using test::RawHttpServer;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class CurlHttpTls : public CurlHttp {
 protected:
  // What OPENSSL_CONF does at the start of a process.
  void allow_anything() {
    const std::string file = folder_.path("openssl.cnf");
    std::ofstream(file) << "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\n"
                           "system_default = weak\n[weak]\nMinProtocol = TLSv1\n"
                           "CipherString = ALL:@SECLEVEL=0\n";
    ASSERT_EQ(OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr), 1);
    ASSERT_GT(CONF_modules_load_file(file.c_str(), nullptr, 0), 0);
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                               &SSL_CTX_free);
    ASSERT_EQ(SSL_CTX_get_min_proto_version(context.get()), TLS1_VERSION) << "it must be weak";
    ASSERT_EQ(SSL_CTX_get_security_level(context.get()), 0) << "it must be weak";
  }
};

TEST_F(CurlHttpTls, BelowOnePointTwoIsNotSpokenWhateverOpenSslIsToldToAllow) {
  allow_anything();
  auto certificate = test::self_signed_certificate();
  certificate.old_tls = true;
  RawHttpServer server(answer_all, &certificate);
  start(trusting(certificate));
  const HttpResponse response = call(post(server.url()));
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error, HasSubstr("protocol version"));
  EXPECT_THAT(server.requests(), SizeIs(0));
}

TEST_F(CurlHttpTls, BelowOnePointTwoIsNotSpokenToAProxyEither) {
  allow_anything();
  auto certificate = test::self_signed_certificate();
  certificate.old_tls = true;
  RawHttpServer proxy(answer_all, &certificate);
  setenv("HTTPS_PROXY", proxy.url("").c_str(), 1);
  start(trusting(certificate));
  const HttpResponse response = call(post("https://chat.invalid/api"));
  unsetenv("HTTPS_PROXY");
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_EQ(proxy.connections(), 1);
  EXPECT_THAT(proxy.requests(), SizeIs(0));
}

TEST_F(CurlHttpTls, CertificateThatNamesItsHostInTheSubjectOnlyIsRefused) {
  const auto certificate = test::self_signed_certificate("");
  RawHttpServer server(answer_all, &certificate);
  start(trusting(certificate));
  const HttpResponse response =
      call(post("https://localhost:" + std::to_string(server.port()) + "/"));
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error, HasSubstr("mismatch"));
  EXPECT_THAT(server.requests(), SizeIs(0));
}

TEST_F(CurlHttpTls, AlternativeNamesThatAreNoHostsAreNoneEither) {
  const auto certificate = test::self_signed_certificate("email:ops@example.com");
  RawHttpServer server(answer_all, &certificate);
  start(trusting(certificate));
  EXPECT_EQ(call(post("https://localhost:" + std::to_string(server.port()) + "/")).outcome,
            Outcome::kNotSent);
}

TEST_F(CurlHttpTls, CertificateOfAnotherHostIsRefused) {
  const auto certificate = test::self_signed_certificate("DNS:other.example");
  RawHttpServer server(answer_all, &certificate);
  start(trusting(certificate));
  EXPECT_EQ(call(post("https://localhost:" + std::to_string(server.port()) + "/")).outcome,
            Outcome::kNotSent);
}

}  // namespace
}  // namespace notifyd::net
