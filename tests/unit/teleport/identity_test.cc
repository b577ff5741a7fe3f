#include "teleport/identity.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <memory>

#include "sim/teleport/pki.h"
#include "support/temp_dir.h"

namespace notifyd::teleport {
namespace {

using std::chrono::hours;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// ---- Keys in the forms that there are, each with a certificate of its own ----

template <class T>
using Owned = std::shared_ptr<T>;

Owned<EVP_PKEY> own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

template <class Write>
std::string pem(Write write) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()), BIO_free);
  write(bio.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string pkcs8(EVP_PKEY* key) {
  return pem([&](BIO* out) {
    PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

// PKCS#1 for RSA, SEC1 for elliptic curves.
std::string traditional(EVP_PKEY* key) {
  return pem([&](BIO* out) {
    PEM_write_bio_PrivateKey_traditional(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string encrypted(EVP_PKEY* key) {
  return pem([&](BIO* out) {
    PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_128_cbc(), "secret", 6, nullptr, nullptr);
  });
}

std::string self_signed(EVP_PKEY* key) {
  const Owned<X509> cert(X509_new(), X509_free);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
  X509_set_pubkey(cert.get(), key);
  const bool no_digest = EVP_PKEY_get_id(key) == EVP_PKEY_ED25519;
  X509_sign(cert.get(), key, no_digest ? nullptr : EVP_sha256());
  return pem([&](BIO* out) { PEM_write_bio_X509(out, cert.get()); });
}

class IdentityTest : public ::testing::Test {
 protected:
  CredentialPaths file(const std::string& text) {
    return {dir_.write("identity", text), "", "", ""};
  }
  CredentialPaths issued(WallTime from, WallTime until) {
    return file(pki_.identity_file(pki_.issue_client("bot-slack", {"access-plugin"}, from, until)));
  }
  std::string error_of(const CredentialPaths& paths) {
    const auto loaded = load_identity(paths, now_);
    return loaded ? "" : loaded.error().message;
  }

  const WallTime now_ = std::chrono::system_clock::now();
  test::TempDir dir_;
  sim::Pki pki_{"example.com"};
};

TEST_F(IdentityTest, ReadsAnIdentityFile) {
  const auto client = pki_.issue_client("bot-slack");
  const auto identity = load_identity(file(pki_.identity_file(client)), now_);
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->key_pem, client.key_pem);
  EXPECT_EQ(identity->chain_pem, client.cert_pem);
  EXPECT_EQ(identity->ca_pem, client.ca_pem);
}

// As tbot leaves it that runs as a user of its own.
TEST_F(IdentityTest, MayBelongToTheUserThatIsNamedAsItsOwner) {
  CredentialPaths paths = file(pki_.identity_file(pki_.issue_client("bot-slack")));
  if (::chown(paths.identity.c_str(), 4321, 4321) != 0) GTEST_SKIP() << "needs root";
  const std::string refusal = error_of(paths);
  EXPECT_THAT(refusal, HasSubstr("write [teleport] identity_owner = \"4321\""));
  EXPECT_THAT(refusal, Not(HasSubstr("chown")));
  paths.owner = 4321;
  EXPECT_EQ(error_of(paths), "");
}

TEST_F(IdentityTest, KnowsWhoseItIsAndUntilWhen) {
  const WallTime until = std::chrono::floor<std::chrono::seconds>(now_ + hours(1));
  const auto identity = load_identity(issued(now_ - hours(1), until), now_);
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->facts.user, "bot-slack");
  EXPECT_EQ(identity->facts.cluster, "example.com");
  EXPECT_EQ(identity->facts.valid_until_ms, unix_ms(until));
  EXPECT_LT(identity->facts.valid_from_ms, unix_ms(now_));
  EXPECT_EQ(identity->facts.renew,
            "tctl auth sign --format=file --user=bot-slack --out=" + dir_.path("identity"));
}

TEST_F(IdentityTest, ReadsAKeyTriple) {
  const auto client = pki_.issue_client("bot-slack");
  const auto triple = sim::write_key_triple(dir_.path(), client);
  const auto identity =
      load_identity({"", triple.key_path, triple.cert_path, triple.ca_path}, now_);
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->facts.user, "bot-slack");
  EXPECT_EQ(identity->ca_pem, client.ca_pem);
}

TEST_F(IdentityTest, ReadsKeysInEveryFormThatTeleportEverWrote) {
  const auto rsa = own(EVP_RSA_gen(2048));
  const auto ec = own(EVP_EC_gen("P-256"));
  const auto ed = own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const std::pair<EVP_PKEY*, std::string> forms[] = {{rsa.get(), pkcs8(rsa.get())},
                                                     {rsa.get(), traditional(rsa.get())},
                                                     {ec.get(), pkcs8(ec.get())},
                                                     {ec.get(), traditional(ec.get())},
                                                     {ed.get(), pkcs8(ed.get())}};
  for (const auto& [key, text] : forms) {
    const std::string cert = self_signed(key);
    EXPECT_EQ(error_of(file(text + cert + cert)), "") << text.substr(0, text.find('\n'));
  }
}

TEST_F(IdentityTest, RefusesAnExpiredCertificateAndSaysWhenAndWhatToRun) {
  const auto paths = issued(WallTime(hours(24 * 365 * 50)), WallTime(hours(24 * 365 * 51)));
  EXPECT_EQ(error_of(paths),
            paths.identity +
                ": the certificate of bot-slack expired on 2020-12-19 00:00:00 UTC; "
                "issue a new one with `tctl auth sign --format=file "
                "--user=bot-slack --out=" +
                paths.identity + "`, or check that the tbot which renews this file is running");
}

TEST_F(IdentityTest, RefusesACertificateThatIsNotValidYetAndSuspectsTheClock) {
  EXPECT_THAT(error_of(issued(now_ + hours(1), now_ + hours(2))),
              AllOf(HasSubstr("is not valid before"), HasSubstr("check the clock")));
}

TEST_F(IdentityTest, RefusesAKeyOfAnotherCertificate) {
  const auto mine = pki_.issue_client("bot-slack");
  auto mixed = pki_.issue_client("bot-slack");
  mixed.key_pem = mine.key_pem;
  EXPECT_THAT(error_of(file(pki_.identity_file(mixed))),
              HasSubstr("the private key does not belong to the certificate; issue both together"));
}

TEST_F(IdentityTest, WithACaBeforeItsCertificateNamesTheUserAllTheSame) {
  const auto client = pki_.issue_client("bot-slack");
  const std::string message = error_of(file(client.key_pem + client.ca_pem + client.cert_pem));
  EXPECT_THAT(message,
              AllOf(HasSubstr("does not belong to the first certificate; the one that it "
                              "belongs to comes later: put it before all others, or issue"),
                    HasSubstr("--user=bot-slack ")));
}

TEST_F(IdentityTest, WhoseOnlyCertificatesAreCasNamesNoUser) {
  const auto client = pki_.issue_client("bot-slack");
  EXPECT_THAT(error_of(file(client.key_pem + client.ca_pem + client.ca_pem)),
              HasSubstr("--user=USER "));
}

TEST_F(IdentityTest, IsReadWhereATemplateIndentedIt) {
  const auto client = pki_.issue_client("bot-slack");
  std::string text = "    ";
  for (const char c : pki_.identity_file(client))
    text += c == '\n' ? "\r\n    " : std::string(1, c);
  const auto identity = load_identity(file(text), now_);
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->key_pem, client.key_pem);
  EXPECT_EQ(identity->ca_pem, client.ca_pem);
}

TEST_F(IdentityTest, KeyTripleIsHandedOnWithoutItsIndentation) {
  auto client = pki_.issue_client("bot-slack");
  const auto plain = client;
  for (std::string* text : {&client.key_pem, &client.cert_pem, &client.ca_pem}) {
    std::string indented = "  ";
    for (const char c : *text) indented += c == '\n' ? "\n  " : std::string(1, c);
    *text = indented;
  }
  const auto triple = sim::write_key_triple(dir_.path(), client);
  const auto identity =
      load_identity({"", triple.key_path, triple.cert_path, triple.ca_path}, now_);
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->key_pem, plain.key_pem);
  EXPECT_EQ(identity->chain_pem, plain.cert_pem);
  EXPECT_EQ(identity->ca_pem, plain.ca_pem);
}

TEST_F(IdentityTest, NamesBothFilesWhenKeyAndCertificateDoNotMatch) {
  auto mixed = pki_.issue_client("bot-slack");
  mixed.key_pem = pki_.issue_client("bot-slack").key_pem;
  const auto triple = sim::write_key_triple(dir_.path(), mixed);
  EXPECT_THAT(error_of({"", triple.key_path, triple.cert_path, triple.ca_path}),
              AllOf(StartsWith(triple.key_path), HasSubstr("in " + triple.cert_path)));
}

TEST_F(IdentityTest, NamesTheFileThatCannotBeRead) {
  const std::string none = dir_.path("none");
  EXPECT_EQ(error_of({none, "", "", ""}),
            none +
                ": cannot be read (No such file or directory); check the path, and that the "
                "user of this program may read the file; or issue it with `tctl auth sign "
                "--format=file --user=USER --out=" +
                none + "`");
  const auto triple = sim::write_key_triple(dir_.path(), pki_.issue_client("bot-slack"));
  EXPECT_THAT(error_of({"", triple.key_path, none, triple.ca_path}),
              StartsWith(none + ": cannot be read (No such file or directory); check the path"));
  EXPECT_THAT(error_of({dir_.path(), "", "", ""}),
              StartsWith(dir_.path() + ": cannot be read (Is a directory); check the path"));
}

TEST_F(IdentityTest, RefusesFilesThatAreTooLargeToBeCredentials) {
  EXPECT_THAT(error_of(file(std::string((1U << 20U) + 1, 'x'))),
              HasSubstr("is larger than 1048576 bytes"));
}

TEST_F(IdentityTest, SaysHowToConvertAKeyOfOpenSsh) {
  const auto client = pki_.issue_client("bot-slack");
  EXPECT_THAT(error_of(file("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
                            "-----END OPENSSH PRIVATE KEY-----\n" +
                            client.cert_pem + client.ca_pem)),
              AllOf(HasSubstr("OpenSSH's own format"), HasSubstr("ssh-keygen -p -N '' -m PKCS8")));
}

TEST_F(IdentityTest, RefusesAnEncryptedKeyInsteadOfAskingForItsPassphrase) {
  const auto key = own(EVP_EC_gen("P-256"));
  const std::string cert = self_signed(key.get());
  EXPECT_THAT(error_of(file(encrypted(key.get()) + cert + cert)), HasSubstr("has a passphrase"));
}

TEST_F(IdentityTest, RefusesDamagedPartsWithoutShowingThem) {
  const auto client = pki_.issue_client("bot-slack");
  const std::string bad_key = "-----BEGIN PRIVATE KEY-----\nTOPSECRET\n-----END PRIVATE KEY-----\n";
  const std::string bad_cert = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_THAT(error_of(file(bad_key + client.cert_pem + client.ca_pem)),
              AllOf(HasSubstr("the private key cannot be decoded"), Not(HasSubstr("TOPSECRET"))));
  EXPECT_THAT(error_of(file(client.key_pem + bad_cert + client.ca_pem)),
              HasSubstr("is not a certificate that can be decoded"));
  EXPECT_THAT(error_of(file(client.key_pem + client.cert_pem + bad_cert)),
              HasSubstr("is not a certificate that can be decoded"));
}

TEST_F(IdentityTest, NamesTheFileAndTheLineOfABlockThatIsCutOff) {
  const auto paths = file("-----BEGIN PRIVATE KEY-----\nAAAA\n");
  EXPECT_THAT(error_of(paths), AllOf(StartsWith(paths.identity), HasSubstr("line 1 has no END")));
}

TEST_F(IdentityTest, NeedsAtLeastOneCa) {
  auto client = pki_.issue_client("bot-slack");
  client.ca_pem = "nothing here\n";
  const auto triple = sim::write_key_triple(dir_.path(), client);
  EXPECT_THAT(error_of({"", triple.key_path, triple.cert_path, triple.ca_path}),
              AllOf(StartsWith(triple.ca_path), HasSubstr("no CA certificate")));
}

TEST_F(IdentityTest, SaysWhatToSetWhenThereAreNoCredentials) {
  EXPECT_THAT(error_of({}), HasSubstr("set teleport.identity"));
}

TEST_F(IdentityTest, DigestChangesWithAnyFile) {
  const auto triple = sim::write_key_triple(dir_.path(), pki_.issue_client("bot-slack"));
  const CredentialPaths paths{"", triple.key_path, triple.cert_path, triple.ca_path};
  const std::string before = credentials_digest(paths);
  EXPECT_EQ(credentials_digest(paths), before);
  dir_.write("ca.crt", pki_.ca_pem() + "\n");
  const std::string after = credentials_digest(paths);
  EXPECT_NE(after, before);
  ::unlink(triple.ca_path.c_str());
  EXPECT_NE(credentials_digest(paths), after);
}

TEST(RenewCommand, WritesATripleBesideItsCertificate) {
  EXPECT_EQ(renew_command({"", "/etc/t/bot.key", "/etc/t/bot.crt", "/etc/t/bot.cas"}, "bot"),
            "tctl auth sign --format=tls --user=bot --out=/etc/t/bot");
}

}  // namespace
}  // namespace notifyd::teleport
