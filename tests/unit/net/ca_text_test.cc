#include "net/ca_text.h"

#include <gmock/gmock.h>

#include "support/raw_http_server.h"

namespace notifyd::net {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::string& pem) {
  const auto read = read_ca_text(pem);
  return read ? "accepted" : read.error().message;
}

class CaTextTest : public ::testing::Test {
 protected:
  const test::ServerCertificate one_ = test::self_signed_certificate();
  const test::ServerCertificate other_ = test::self_signed_certificate();
};

TEST_F(CaTextTest, HasAllCertificatesInTheirOrder) {
  const auto read =
      read_ca_text("# ours\n" + one_.certificate_pem + "and\n" + other_.certificate_pem);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(**read, one_.certificate_pem + other_.certificate_pem);
}

TEST_F(CaTextTest, HasNoKeyThatStandsBesideThem) {
  const auto read = read_ca_text(one_.key_pem + one_.certificate_pem + other_.key_pem);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(**read, one_.certificate_pem);
}

TEST_F(CaTextTest, WithoutACertificateSaysWhatItMustHave) {
  for (const std::string& text : {std::string(), std::string("\x30\x82\x01"), one_.key_pem}) {
    EXPECT_EQ(refusal(text),
              "holds no certificate; it must have the CA's as a PEM block, which begins with "
              "-----BEGIN CERTIFICATE-----");
  }
}

TEST_F(CaTextTest, ACertificateThatIsDamagedIsSaidAndNotLeftOut) {
  std::string damaged = other_.certificate_pem;
  damaged.erase(damaged.size() / 2, 8);
  EXPECT_THAT(refusal(one_.certificate_pem + damaged),
              HasSubstr("has a certificate that cannot be read, number 2; copy"));
  std::string cut = one_.certificate_pem;
  cut.resize(cut.size() / 2);
  EXPECT_THAT(refusal(cut), HasSubstr("that cannot be read, number 1; copy"));
}

TEST_F(CaTextTest, TextsAreTheSameByTheirCertificates) {
  const auto of = [](const std::string& pem) { return *read_ca_text(pem); };
  EXPECT_TRUE(same_cas(of(one_.certificate_pem), of("# renewed\n" + one_.certificate_pem)));
  EXPECT_FALSE(same_cas(of(one_.certificate_pem), of(other_.certificate_pem)));
  EXPECT_FALSE(same_cas(of(one_.certificate_pem), nullptr));
  EXPECT_TRUE(same_cas(nullptr, nullptr));
}

}  // namespace
}  // namespace notifyd::net
