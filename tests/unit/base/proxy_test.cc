#include "base/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

namespace notifyd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Of the environment, which the other tests get back without proxies.
class ProxyOfTheEnvironment : public testing::Test {
 protected:
  ProxyOfTheEnvironment() { unset(); }
  ~ProxyOfTheEnvironment() override { unset(); }

  static void unset() {
    for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy",
                             "ALL_PROXY", "grpc_proxy", "GRPC_PROXY", "no_proxy", "NO_PROXY"}) {
      unsetenv(name);
    }
  }
  static Proxy proxy(const std::string& written) {
    setenv("HTTPS_PROXY", written.c_str(), 1);
    return proxy_of({"https_proxy", "HTTPS_PROXY"});
  }
};

TEST_F(ProxyOfTheEnvironment, IsTakenInItsUsualForms) {
  for (const char* written :
       {"http://proxy.example:3128", "http://proxy.example:3128/", "proxy.example:3128",
        "proxy.example", "https://proxy.example:443", "socks5h://127.0.0.1:1080",
        "socks5://proxy.example", "socks4a://proxy.example:1080", "HTTP://PROXY.EXAMPLE:3128",
        "http://user@proxy.example:3128", "http://user:hunter2hunter2@proxy.example:3128",
        "user:hunter2hunter2@proxy.example:3128", "http://user:p%40ss%2Fword@proxy.example:3128",
        "http://user:pa:ss@proxy.example:3128", "http://[2001:db8::1]:3128", "[::1]",
        "http://user:hunter2hunter2@[::1]:3128/"}) {
    EXPECT_EQ(proxy(written).fault, "") << written;
    EXPECT_EQ(proxy(written).url, written);
  }
}

TEST_F(ProxyOfTheEnvironment, ThatIsNoneIsRefusedWithoutAnyPartOfIt) {
  struct {
    const char *written, *why;
  } const malformed[] = {
      {"ftp://user:hunter2hunter2@proxy.example:3128", "begins with neither"},
      {"htp://user:hunter2hunter2@proxy.example", "begins with neither"},
      {"://user:hunter2hunter2@proxy.example", "begins with neither"},
      {"http:/user:hunter2hunter2@proxy.example", "more behind its host"},
      {"http//user:hunter2hunter2@proxy.example", "more behind its host"},
      {"http://user:hunter2hunter2@proxy.example:port", "its port"},
      {"http://user:hunter2hunter2@proxy.example:99999", "its port"},
      {"http://user:hunter2hunter2@proxy.example:", "its port"},
      {"http://user:hunter2hunter2@proxy.example:0", "its port"},
      {"http://user:hunter2hunter2@", "no host"},
      {"http://user:hunter2hunter2@:3128", "no host"},
      {"http://", "no host"},
      {"user:hunter2hunter2", "its port"},
      {"http://user:hunter2@hunter2@proxy.example:3128", "more than one @"},
      {"http://user:hunter2/hunter2@proxy.example:3128", "more behind its host"},
      {"http://user:hunter2#hunter2@proxy.example:3128", "more behind its host"},
      {"http://user:hunter2?hunter2@proxy.example:3128", "more behind its host"},
      {"http://user:hunter2\\hunter2@proxy.example:3128", "more behind its host"},
      {"http://user:hunter2 hunter2@proxy.example:3128", "a space"},
      {" http://user:hunter2hunter2@proxy.example:3128", "a space"},
      {"http://user:hunter2hunter2@proxy.example:3128\n", "a space"},
      {"http://user:hunter2\xc3\xa9@proxy.example:3128", "not ASCII"},
      {"http://user:hunter2%zz@proxy.example:3128", "a % of it"},
      {"http://user:hunter2%0a@proxy.example:3128", "a % of it"},
      {"http://user:hunter2hunter2@proxy%2eexample:3128", "no host has"},
      {"http://user:hunter2hunter2@[::1:3128", "no host has"},
      {"http://user:hunter2hunter2@2001:db8::1", "its port"},
  };
  for (const auto& [written, why] : malformed) {
    const std::string fault = proxy(written).fault;
    EXPECT_THAT(fault, HasSubstr(why)) << written;
    EXPECT_THAT(fault, HasSubstr("HTTPS_PROXY is no proxy")) << written;
    EXPECT_THAT(fault, Not(HasSubstr("hunter2"))) << written;
    EXPECT_THAT(fault, Not(HasSubstr("proxy.example"))) << written;
    EXPECT_THAT(hide_proxies(std::string("cannot parse '") + written + "'"),
                Not(HasSubstr("hunter2")))
        << "whoever else quotes it";
  }
}

TEST_F(ProxyOfTheEnvironment, IsHiddenWhereHalfAPasswordWasTakenForAPort) {
  setenv("http_proxy", "http://user:hunter2/hunter3@proxy.example:3128", 1);
  EXPECT_EQ(hide_proxies("DNS resolution failed for user:hunter2: no such host"),
            "DNS resolution failed for [proxy]:[proxy]: no such host");
  EXPECT_EQ(hide_proxies("nothing at /hunter3"), "nothing at /[proxy]");
}

TEST_F(ProxyOfTheEnvironment, IsHiddenInWhatOthersSayAlsoDecoded) {
  setenv("grpc_proxy", "http://bob:p%40ss%2Fword@proxy.example:3128", 1);
  for (const char* said : {"http://bob:p%40ss%2Fword@proxy.example:3128", "bob:p%40ss%2Fword",
                           "p@ss/word", "p%40ss%2Fword"}) {
    EXPECT_THAT(hide_proxies(std::string("failed: ") + said), Not(HasSubstr("word"))) << said;
  }
  EXPECT_EQ(hide_proxies("Could not resolve proxy: proxy.example"),
            "Could not resolve proxy: proxy.example");
}

TEST_F(ProxyOfTheEnvironment, IsNotForWhomNoProxyNames) {
  EXPECT_EQ(no_proxy(), "");
  setenv("NO_PROXY", "example.com,[::1], [2001:db8::7]", 1);
  EXPECT_EQ(no_proxy(), "example.com,::1, 2001:db8::7");
  setenv("no_proxy", "*", 1);
  EXPECT_EQ(no_proxy(), "*");
}

TEST_F(ProxyOfTheEnvironment, FirstVariableThatIsSetCounts) {
  setenv("https_proxy", "", 1);
  setenv("HTTPS_PROXY", "a.example:1", 1);
  setenv("ALL_PROXY", "b.example:2", 1);
  EXPECT_EQ(proxy_of({"https_proxy", "HTTPS_PROXY", "ALL_PROXY"}).url, "a.example:1");
  EXPECT_EQ(proxy_of({"http_proxy", "ALL_PROXY"}).variable, "ALL_PROXY");
  EXPECT_EQ(proxy_of({"http_proxy"}).variable, "");
}

}  // namespace
}  // namespace notifyd
