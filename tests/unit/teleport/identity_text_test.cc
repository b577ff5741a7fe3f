#include "teleport/identity_text.h"

#include <gmock/gmock.h>

namespace notifyd::teleport {
namespace {

using ::testing::HasSubstr;

std::string block(const std::string& label, const std::string& body) {
  return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
}

const std::string kKey = block("RSA PRIVATE KEY", "key");
const std::string kCert = block("CERTIFICATE", "cert");
const std::string kCa = block("CERTIFICATE", "ca");
const std::string kSshCert = "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAAssh\n";
const std::string kKnownHost = "@cert-authority *.example.com ssh-rsa AAAAhost type=host\n";

std::string error_of(const std::string& text) {
  const auto result = parse_identity_text(text);
  return result ? "" : result.error().message;
}

TEST(IdentityText, TellsThePartsByTheirOrder) {
  const auto parsed = parse_identity_text(kKey + kSshCert + kCert + kKnownHost + kCa + kCa);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->key_pem, kKey);
  EXPECT_EQ(parsed->certificate_pem, kCert);
  EXPECT_EQ(parsed->ca_pem, kCa + kCa);
  EXPECT_EQ(parsed->ssh_cert_line, "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAAssh");
}

TEST(IdentityText, NeedsNoSshCertificate) {
  const auto parsed = parse_identity_text(kKey + kCert + kCa);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->ssh_cert_line, "");
}

TEST(IdentityText, TakesTheLastSshCertificate) {
  const auto parsed = parse_identity_text(
      kKey + kSshCert + "ssh-ed25519-cert-v01@openssh.com AAAAlast\n" + kCert + kCa);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->ssh_cert_line, "ssh-ed25519-cert-v01@openssh.com AAAAlast");
}

TEST(IdentityText, SkipsLinesItDoesNotKnow) {
  const auto parsed =
      parse_identity_text("# comment\n\n" + kKey + "@new-thing x\n" + kCert + "\n\n" + kCa + "end");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->ca_pem, kCa);
}

TEST(IdentityText, ReadsLinesThatEndInCrLf) {
  std::string text = kKey + kCert + kCa;
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
    text.replace(at, 1, "\r\n");
  }
  const auto parsed = parse_identity_text(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->key_pem, kKey);
}

// As a template leaves it that puts it into another file, or an editor of another system.
TEST(IdentityText, ReadsLinesWithWhiteSpaceAroundThem) {
  const std::string whole = kKey + kSshCert + kCert + kKnownHost + kCa + kCa;
  for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
           {"    ", ""}, {"\t", ""}, {" \t ", " \t\r"}, {"", "  "}, {"", "\r"}}) {
    std::string text = "\xEF\xBB\xBF" + before;
    for (const char c : whole) text += c == '\n' ? after + "\n" + before : std::string(1, c);
    const auto parsed = parse_identity_text(text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->key_pem, kKey);
    EXPECT_EQ(parsed->certificate_pem, kCert);
    EXPECT_EQ(parsed->ca_pem, kCa + kCa);
    EXPECT_EQ(parsed->ssh_cert_line, "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAAssh");
  }
}

TEST(IdentityText, SaysWhatItIsWrappedIn) {
  EXPECT_THAT(error_of("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo="), HasSubstr("base64 -d"));
  EXPECT_THAT(error_of("-----BEGIN RSA PRIVATE KEY-----\\nkey\\n-----END RSA PRIVATE KEY-----\\n"),
              HasSubstr("line 1 has \\n as two characters"));
  EXPECT_THAT(error_of(std::string("\xFF\xFE-\0-\0", 6)), HasSubstr("UTF-16"));
}

TEST(IdentityText, RefusesABlockWithoutEndAndNamesItsLine) {
  EXPECT_EQ(
      error_of(kKey + kCert + "-----BEGIN CERTIFICATE-----\nca\n"),
      "the PEM block \"CERTIFICATE\" that begins on line 7 has no END: the file is cut off or "
      "damaged");
  EXPECT_THAT(error_of("-----BEGIN RSA PRIVATE KEY-----\nkey\n" + kCert + kCa),
              HasSubstr("begins on line 1 has no END"));
}

TEST(IdentityText, SaysWhichPartIsMissing) {
  EXPECT_THAT(error_of(""), HasSubstr("holds no PEM block"));
  EXPECT_THAT(error_of(kKey), HasSubstr("no TLS certificate"));
  EXPECT_THAT(error_of(kKey + kCert), HasSubstr("no CA certificate"));
  EXPECT_THAT(error_of(kCert + kKey + kCa), HasSubstr("line 1 begins \"CERTIFICATE\" where"));
}

}  // namespace
}  // namespace notifyd::teleport
