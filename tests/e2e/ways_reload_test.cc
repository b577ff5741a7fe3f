// What a reload makes of [teleport] ca_file and insecure: whom the daemon takes for the proxy.

#include <gmock/gmock.h>

#include "e2e/ways_fixture.h"

namespace notifyd::test {
namespace {

using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Behind a load balancer that ends TLS, each connection shows the proxy's certificate.
class TrustAtAReload : public WaysTest {
 protected:
  TrustAtAReload() { show(sim::WebCertificate::kProper); }

  void show(sim::WebCertificate certificate) {
    world.proxy->set_quirks({.alpn = sim::ProxyAlpn::kStripped, .certificate = certificate});
  }
  Finished reload_with(const std::string& lines) {
    world.reach_by("addr = \"" + world.proxy->address() + "\"\n" + lines);
    return World::command({"reload", "--config", world.path("notifyd.toml")});
  }
  std::string ca_file(const std::string& name) const {
    return "ca_file = \"" + world.path(name) + "\"\n";
  }
  // Where the value of `lines` begins in what World writes.
  std::string place(int column) const {
    return world.path("notifyd.toml") + ":6:" + std::to_string(column) + ": ";
  }
  // Nothing is read anew, nothing is connected anew, and what comes is announced.
  void expect_unchanged(const Finished& done, const std::string& place_and_reason,
                        const std::string& what_to_do) {
    EXPECT_EQ(done.exit_code, 1);
    EXPECT_THAT(done.err, AllOf(HasSubstr(place_and_reason), HasSubstr(what_to_do),
                                HasSubstr("everything goes on as before")));
    EXPECT_EQ(world.auth.open_streams(), 1U);
    request_many(1);
    expect_each_announced_once();
  }
  void expect_taken(const Finished& done) {
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("connects to Teleport at " + world.proxy->address()));
    request_many(1);
    expect_each_announced_once();
  }
};

TEST_F(TrustAtAReload, OfACaFileThatIsNotThereKeepsTheConnection) {
  world.start();
  expect_unchanged(
      reload_with(ca_file("no-such.pem")),
      place(11) + "teleport.ca_file: " + world.path("no-such.pem") + ": cannot be read",
      "put the CA's certificate there, as a PEM block");
}

TEST_F(TrustAtAReload, OfACaFileWithoutACaKeepsTheConnection) {
  world.start();
  world.dir().write("notes.txt", "the CA is on the other machine\n");
  expect_unchanged(reload_with(ca_file("notes.txt")),
                   place(11) + "teleport.ca_file: " + world.path("notes.txt"),
                   "it must have the CA's as a PEM block");
}

TEST_F(TrustAtAReload, OfACaThatTheProxyIsNotFromKeepsTheConnection) {
  world.start();
  world.dir().write("host_ca.pem", world.pki.ca_pem());
  expect_unchanged(reload_with(ca_file("host_ca.pem")), world.path("notifyd.toml") + ":5:",
                   "set teleport.ca_file to a file with the CA that its certificate is from");
}

TEST_F(TrustAtAReload, OfAWordForInsecureKeepsTheConnection) {
  world.start();
  expect_unchanged(reload_with("insecure = \"yes\"\n"), place(12), "true or false");
}

TEST_F(TrustAtAReload, OfInsecureTakesWhoeverAnswersAndSaysSo) {
  world.start();
  show(sim::WebCertificate::kSelfSigned);
  expect_taken(reload_with("insecure = true\n"));
  EXPECT_TRUE(log_says("WARN  teleport.insecure is set: anybody may pass for the proxy"));
}

TEST_F(TrustAtAReload, OfACaFileEndsInsecure) {
  world.reach_by("addr = \"" + world.proxy->address() + "\"\ninsecure = true\n");
  world.start();
  expect_taken(reload_with(ca_file("web_ca.pem")));
  show(sim::WebCertificate::kSelfSigned);
  world.proxy->cut_connections();
  request_many(1);
  EXPECT_TRUE(wait_until([this] { return log_says("self-signed certificate"); }, minutes(1)));
  EXPECT_EQ(lost(), 1U);
  show(sim::WebCertificate::kProper);
  expect_each_announced_once();
}

}  // namespace
}  // namespace notifyd::test
