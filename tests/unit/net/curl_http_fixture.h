#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "net/http.h"
#include "support/raw_http_server.h"
#include "support/temp_dir.h"

namespace notifyd::net {

using Outcome = HttpResponse::Outcome;

inline constexpr std::chrono::seconds kDeadline{30};

// What a test sends, and a way to wait for what became of it.
class CurlHttp : public ::testing::Test {
 protected:
  CurlHttp() {
    for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy",
                             "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
      unsetenv(name);
    }
    start({});
  }

  void start(HttpOptions options) { http_ = make_curl_http(std::move(options), Log()); }

  std::future<HttpResponse> send(HttpRequest request) {
    auto promise = std::make_shared<std::promise<HttpResponse>>();
    last_id_ = http_->send(std::move(request),
                           [promise](HttpResponse r) { promise->set_value(std::move(r)); });
    return promise->get_future();
  }

  static HttpResponse wait(std::future<HttpResponse> response) {
    if (response.wait_for(kDeadline) != std::future_status::ready) {
      ADD_FAILURE() << "the handler was not called";
      return {};
    }
    return response.get();
  }

  HttpResponse call(HttpRequest request) { return wait(send(std::move(request))); }

  HttpOptions trusting(const test::ServerCertificate& certificate) const {
    HttpOptions options;
    options.ca_file = folder_.path("ca.pem");
    std::ofstream(options.ca_file) << certificate.certificate_pem;
    return options;
  }

  static HttpRequest post(std::string url, std::string body = "{\"text\":\"hello\"}") {
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.body = std::move(body);
    request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer not-real"}};
    return request;
  }
  static HttpRequest get(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    return request;
  }

  const test::TempDir folder_;
  std::unique_ptr<Http> http_;
  std::uint64_t last_id_ = 0;
};

inline void answer_all(test::RawConnection& connection, int) {
  while (!connection.read_request().empty()) connection.write(test::http_answer(200, "ok"));
}

}  // namespace notifyd::net
