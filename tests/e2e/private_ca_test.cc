// A chat service whose certificate is from a CA that only its notifier is told of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/raw_http_server.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class PrivateCa : public testing::Test {
 protected:
  void write_ca(const ServerCertificate& certificate) {
    world_.dir().write("ca.pem", certificate.certificate_pem);
  }
  void write_webhook() {
    world_.dir().write("conf.d/webhook.toml", "[webhook]\nurl = \"" + receiver_.url("/hook") +
                                                  "\"\nca_file = \"" + world_.path("ca.pem") +
                                                  "\"\n");
  }
  Finished command(const std::string& name) const {
    return World::command({name, "--config", world_.path("notifyd.toml")});
  }

  const ServerCertificate certificate_ = self_signed_certificate();
  RawHttpServer receiver_{[](RawConnection& connection, int) {
                            while (!connection.read_request().empty()) {
                              connection.write(http_answer(200, "ok"));
                            }
                          },
                          &certificate_};
  World world_;
};

TEST_F(PrivateCa, TheNotifierThatNamesItReachesItsService) {
  write_ca(certificate_);
  write_webhook();
  world_.start();
  const std::string id = world_.request();
  ASSERT_TRUE(wait_until([&] { return receiver_.requests().size() == 1; }));
  EXPECT_THAT(receiver_.requests().at(0), HasSubstr(id));
}

// By its content, as a token is: the name of the file stays the same where a CA is renewed.
TEST_F(PrivateCa, AnotherOneInItsFileIsTakenAtAReload) {
  write_ca(self_signed_certificate());
  write_webhook();
  Process& daemon = world_.start();
  const std::string id = world_.request();
  ASSERT_TRUE(wait_until([&] { return daemon.err().find("certificate") != std::string::npos; }));
  ASSERT_THAT(receiver_.requests(), SizeIs(0));
  write_ca(certificate_);
  EXPECT_EQ(command("reload").exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return receiver_.requests().size() == 1; }));
  EXPECT_THAT(receiver_.requests().at(0), HasSubstr(id));
}

TEST_F(PrivateCa, AFileThatHoldsNoneIsNamedByCheckAndRefusedAtAReload) {
  write_ca(certificate_);
  write_webhook();
  world_.start();
  world_.dir().write("ca.pem", "");
  const auto named = AllOf(HasSubstr("conf.d/webhook.toml:3:11: webhook.ca_file: "),
                           HasSubstr("ca.pem holds no certificate; it must have"));
  const Finished checked = command("check");
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.out + checked.err, named);
  const Finished reloaded = command("reload");
  EXPECT_EQ(reloaded.exit_code, 1);
  EXPECT_THAT(reloaded.out + reloaded.err, named);
  world_.request();
  EXPECT_TRUE(wait_until([&] { return receiver_.requests().size() == 1; })) << "it goes on";
}

}  // namespace
}  // namespace notifyd::test
