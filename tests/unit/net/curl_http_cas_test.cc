// CAs of one request beside those of all: what they are trusted for, and what they are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "curl_http_fixture.h"

namespace notifyd::net {
namespace {

using test::RawHttpServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CurlHttpCas : public CurlHttp {
 protected:
  HttpRequest trusting_too(const RawHttpServer& server,
                           const test::ServerCertificate& certificate) const {
    HttpRequest request = post(server.url());
    request.extra_cas = *read_ca_text(certificate.certificate_pem);
    return request;
  }

  const test::ServerCertificate private_ = test::self_signed_certificate();
  const test::ServerCertificate other_ = test::self_signed_certificate();
  RawHttpServer server_{answer_all, &private_};
};

TEST_F(CurlHttpCas, ServerOfAPrivateCaIsTrustedByTheRequestThatNamesIt) {
  EXPECT_EQ(call(trusting_too(server_, private_)).outcome, Outcome::kAnswered);
}

TEST_F(CurlHttpCas, ServerOfAnotherCaIsNotTrusted) {
  const HttpResponse response = call(trusting_too(server_, other_));
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_TRUE(response.untrusted);
}

TEST_F(CurlHttpCas, ThoseOfAllRequestsAreTrustedBesideTheExtraOnes) {
  start(trusting(private_));
  EXPECT_EQ(call(trusting_too(server_, other_)).outcome, Outcome::kAnswered);
}

TEST_F(CurlHttpCas, ExtraOnesAreEnoughWhereThereAreNoOthers) {
  HttpOptions options;
  options.ca_file = folder_.path("nowhere.pem");
  start(options);
  EXPECT_EQ(call(trusting_too(server_, private_)).outcome, Outcome::kAnswered);
}

TEST_F(CurlHttpCas, ConnectionIsNotTakenAgainByARequestWithoutItsCas) {
  ASSERT_EQ(call(trusting_too(server_, private_)).outcome, Outcome::kAnswered);
  EXPECT_EQ(call(post(server_.url())).outcome, Outcome::kNotSent);
  EXPECT_EQ(call(trusting_too(server_, other_)).outcome, Outcome::kNotSent);
  ASSERT_EQ(server_.connections(), 3);
  ASSERT_EQ(call(trusting_too(server_, private_)).outcome, Outcome::kAnswered);
  EXPECT_EQ(server_.connections(), 3) << "and by one with the same it is";
}

TEST_F(CurlHttpCas, ConnectionOfARequestWithoutExtraCasIsNotTakenByOneWithThem) {
  start(trusting(private_));
  ASSERT_EQ(call(post(server_.url())).outcome, Outcome::kAnswered);
  ASSERT_EQ(call(trusting_too(server_, other_)).outcome, Outcome::kAnswered);
  EXPECT_EQ(server_.connections(), 2);
}

// A proxy that inspects TLS is often spoken to over TLS itself.
TEST_F(CurlHttpCas, ProxyThatIsSpokenToOverTlsIsTrustedByThemToo) {
  RawHttpServer proxy(
      [](test::RawConnection& connection, int) {
        connection.read_request();
        connection.write(test::http_answer(403, "not there"));
      },
      &private_);
  setenv("HTTPS_PROXY", proxy.url("").c_str(), 1);
  start({});
  HttpRequest request = post("https://chat.invalid/api");
  request.extra_cas = *read_ca_text(private_.certificate_pem);
  const HttpResponse response = call(std::move(request));
  unsetenv("HTTPS_PROXY");
  EXPECT_THAT(proxy.requests(), ElementsAre(HasSubstr("CONNECT chat.invalid:443")))
      << response.error;
}

}  // namespace
}  // namespace notifyd::net
