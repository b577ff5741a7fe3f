#include "sim/teleport/pki.h"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/temp_dir.h"

namespace notifyd::sim {
namespace {

using std::chrono::hours;
using testing::ElementsAre;

using Cert = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Bio reading(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all};
}

Cert cert_of(const std::string& pem) {
  return {PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr), X509_free};
}

Key key_of(const std::string& pem) {
  return {PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
}

bool issued_by(const Credentials& credentials, const std::string& ca_pem) {
  return X509_verify(cert_of(credentials.cert_pem).get(),
                     X509_get0_pubkey(cert_of(ca_pem).get())) == 1;
}

std::string user_ca(const Pki& pki) { return pki.client_ca_pem(); }  // the first of them
std::string host_ca(const Pki& pki) { return pki.ca_pem(); }

std::string subject_of(const Credentials& credentials) {
  const Bio out(BIO_new(BIO_s_mem()), BIO_free_all);
  X509_NAME_print_ex(out.get(), X509_get_subject_name(cert_of(credentials.cert_pem).get()), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The first words of the lines that begin something.
std::vector<std::string> beginnings(const std::string& identity) {
  std::vector<std::string> found;
  std::istringstream lines(identity);
  for (std::string line; std::getline(lines, line);) {
    const bool ssh = line.find(' ') != std::string::npos && !line.starts_with("-----");
    if (ssh) found.push_back(line.substr(0, line.find(' ')));
    if (line.starts_with("-----BEGIN")) found.push_back(line);
  }
  return found;
}

class PkiTest : public testing::Test {
 protected:
  const Pki pki_{"sim.example.com"};
  const Credentials client_ = pki_.issue_client("alice@example.com", {"access-plugin", "auditor"});
};

TEST_F(PkiTest, AClientsSubjectIsWrittenAsTeleportWritesIt) {
  EXPECT_EQ(subject_of(client_),
            "O = auditor + O = access-plugin, L = -teleport-internal-join + L = "
            "-teleport-nologin-5ea2b0a4-3f6c-4d0f-9b3e-1c7d8e9f0a11, street = sim.example.com, "
            "postalCode = {\\\"logins\\\":null}, CN = alice@example.com, 1.3.9999.1.7 = "
            "sim.example.com, 1.3.9999.1.15 = none");
}

TEST_F(PkiTest, KeysFitTheirCertificates) {
  EXPECT_EQ(X509_check_private_key(cert_of(client_.cert_pem).get(), key_of(client_.key_pem).get()),
            1);
}

// Serial numbers are random: one that is not encoded canonically would show now and then.
TEST_F(PkiTest, EveryCertificateIsReadable) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_NE(cert_of(pki_.issue_client("alice@example.com").cert_pem), nullptr) << i;
  }
}

TEST_F(PkiTest, ForeignCertificatesAreNotIssuedByThisCa) {
  const Pki foreign("sim.example.com");
  EXPECT_TRUE(issued_by(client_, user_ca(pki_)));
  EXPECT_FALSE(issued_by(foreign.issue_client("alice@example.com"), user_ca(pki_)));
}

TEST_F(PkiTest, UsersAndServersHaveCasOfTheirOwn) {
  const WallTime now = std::chrono::system_clock::now();
  const Credentials server = pki_.issue_server(now - hours(1), now + hours(1));
  EXPECT_TRUE(issued_by(server, host_ca(pki_)));
  EXPECT_FALSE(issued_by(server, user_ca(pki_)));
  EXPECT_FALSE(issued_by(client_, host_ca(pki_)));
  EXPECT_EQ(client_.ca_pem, host_ca(pki_)) << "whom a client trusts";
}

TEST_F(PkiTest, TheServerAnswersToTheClustersLocalNames) {
  const WallTime now = std::chrono::system_clock::now();
  const Cert server = cert_of(pki_.issue_server(now - hours(1), now + hours(1)).cert_pem);
  for (const char* name : {"teleport.cluster.local", "73696d.teleport.cluster.local"}) {
    EXPECT_EQ(X509_check_host(server.get(), name, 0, 0, nullptr), 1) << name;
  }
  EXPECT_EQ(X509_check_host(server.get(), "example.com", 0, 0, nullptr), 0);
}

TEST_F(PkiTest, ValidityIsWhatWasAskedFor) {
  const WallTime from(std::chrono::seconds(1'600'000'000));
  const Cert cert = cert_of(pki_.issue_client("alice", {}, from, from + hours(2)).cert_pem);
  const std::time_t start = std::chrono::system_clock::to_time_t(from);
  EXPECT_EQ(ASN1_TIME_cmp_time_t(X509_get0_notBefore(cert.get()), start), 0);
  EXPECT_EQ(ASN1_TIME_cmp_time_t(X509_get0_notAfter(cert.get()), start + 7200), 0);
}

TEST_F(PkiTest, AnIdentityFileHasUpstreamsOrder) {
  EXPECT_THAT(
      beginnings(pki_.identity_file(client_)),
      ElementsAre("-----BEGIN PRIVATE KEY-----", "ecdsa-sha2-nistp256-cert-v01@openssh.com",
                  "-----BEGIN CERTIFICATE-----", "@cert-authority", "-----BEGIN CERTIFICATE-----"));
}

TEST_F(PkiTest, SshLinesAreBase64OfSshStrings) {
  const std::string identity = pki_.identity_file(client_);
  // The first string is the key type: its length of 40 or 19, then its name.
  EXPECT_NE(identity.find(" AAAAKGVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC12MDFAb3BlbnNzaC5jb20AAAAg"),
            std::string::npos);
  EXPECT_NE(identity.find("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY"),
            std::string::npos);
}

TEST_F(PkiTest, PrivateFilesAreForTheirOwnerOnlyAndAreReplacedWhole) {
  const test::TempDir dir;
  const std::string path = dir.path("identity");
  write_private_file(path, "old and longer");
  write_private_file(path, "new");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(read(path), "new");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(PkiTest, TheKeyTripleIsThreeFiles) {
  const test::TempDir dir;
  const KeyTriple triple = write_key_triple(dir.path(), client_);
  EXPECT_EQ(read(triple.key_path), client_.key_pem);
  EXPECT_EQ(read(triple.cert_path), client_.cert_pem);
  EXPECT_EQ(read(triple.ca_path), pki_.ca_pem());
}

}  // namespace
}  // namespace notifyd::sim
