// A resolver that does not answer. This program's getaddrinfo() stands in front of the C library's.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <future>
#include <string_view>

#include "net/http.h"
#include "support/raw_http_server.h"

namespace notifyd::net {
namespace {

constexpr char kSlowHost[] = "slow.invalid";
// Nothing that is taken down at exit: libcurl leaves the thread that waits for it alone.
std::atomic<bool> answers = false;

}  // namespace
}  // namespace notifyd::net

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto the_real_one = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || std::string_view(node) != notifyd::net::kSlowHost) {
    return the_real_one(node, service, hints, found);
  }
  notifyd::net::answers.wait(false);
  return EAI_AGAIN;
}

namespace notifyd::net {
namespace {

std::future<HttpResponse> send(Http& http, const std::string& url, std::uint32_t timeout_ms) {
  auto promise = std::make_shared<std::promise<HttpResponse>>();
  HttpRequest request;
  request.url = url;
  request.timeout_ms = timeout_ms;
  http.send(std::move(request), [promise](HttpResponse r) { promise->set_value(std::move(r)); });
  return promise->get_future();
}

TEST(SlowResolver, HoldsUpNobodyElse) {
  const auto http = make_curl_http({}, Log());
  test::RawHttpServer server([](test::RawConnection& c, int) {
    c.read_request();
    c.write(test::http_answer(200, "ok"));
  });
  auto slow = send(*http, std::string("http://") + kSlowHost + "/", 50);
  const bool given_up = slow.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  auto quick = send(*http, server.url("/"), 10'000);
  const bool served = quick.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  answers = true;
  answers.notify_all();
  ASSERT_TRUE(given_up && served);
  EXPECT_EQ(slow.get().outcome, HttpResponse::Outcome::kNotSent);
  EXPECT_EQ(quick.get().status, 200U);
}

}  // namespace
}  // namespace notifyd::net
