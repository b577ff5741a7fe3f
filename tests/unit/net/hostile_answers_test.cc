// What answers cost that are made to cost much: through the real HTTP side and the Slack module's
// reading of them, over a raw server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "api.h"
#include "curl_http_fixture.h"

namespace notifyd::net {
namespace {

using test::http_answer;
using test::RawConnection;
using test::RawHttpServer;

constexpr std::size_t kMebibyte = 1U << 20U;
constexpr std::size_t kCeiling = 40 * kMebibyte;  // of all 32 together
constexpr int kCalls = 32;

bool sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

// VmHWM since the last reset_peak(), in bytes.
std::size_t peak() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) * 1024;
  }
  return 0;
}
void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::string repeated(std::string_view what, std::size_t size) {
  std::string out;
  out.reserve(size + what.size());
  while (out.size() < size) out += what;
  return out;
}

std::string inside(const std::string& begin, std::string_view what, const std::string& end) {
  return begin + repeated(what, kMebibyte - begin.size() - end.size() - 2 * what.size()) + end;
}

struct Hostile {
  const char* name;
  std::string body;
};

std::vector<Hostile> hostile_answers() {
  const std::string ok = R"({"ok":true,"x":[)";
  // As much as is still read; "ok" is wrong, so that it counts as no answer.
  const std::string most = R"({"ok":1,"x":[)" + repeated("{\"\":{}},", 49'000 * 8) + "0]}";
  return {
      {"8 MiB of [", repeated("[", 8 * kMebibyte)},
      {"1 MiB of [", repeated("[", kMebibyte)},
      {"1 MiB of {\"\":", repeated("{\"\":", kMebibyte - 8)},
      {"1 MiB of empty lists", inside(ok, "[],", "[]]}")},
      {"1 MiB of empty objects", inside(ok, "{},", "{}]}")},
      {"1 MiB of one-member objects", inside(ok, "{\"\":{}},", "0]}")},
      {"1 MiB of empty texts", inside(ok, "\"\",", "\"\"]}")},
      {"98,000 objects", most},
      {"1 MiB of digits", inside(ok, "1,", "1]}")},
  };
}

class HostileAnswers : public CurlHttp {
 protected:
  // Each answer is read when all are there, as in a module that was busy meanwhile.
  std::deque<slack::Outcome> outcomes_of(const std::string& url) {
    std::vector<std::future<HttpResponse>> all;
    all.reserve(kCalls);
    for (int i = 0; i < kCalls; ++i) all.push_back(send(post(url)));
    std::deque<HttpResponse> responses;
    for (auto& response : all) responses.push_back(wait(std::move(response)));
    std::deque<slack::Outcome> outcomes;
    for (HttpResponse& response : responses) outcomes.push_back(read(std::move(response)));
    return outcomes;
  }

  static slack::Outcome read(HttpResponse response) {
    slack::ApiCall call;
    call.method = "chat.postMessage";
    call.posts = true;
    notify::HttpResponse raw;
    raw.outcome =
        response.outcome == Outcome::kAnswered ? NOTIFY_HTTP_ANSWERED : NOTIFY_HTTP_UNSURE;
    raw.status = response.status;
    raw.body = std::move(response.body);
    raw.error = std::move(response.error);
    return slack::classify(call, raw).outcome;
  }
};

TEST_F(HostileAnswers, OfThirtyTwoAtOnceStayUnderTheCeilingAndCountAsUnsure) {
  if (sanitized()) GTEST_SKIP() << "a sanitizer's memory says nothing";
  for (const Hostile& hostile : hostile_answers()) {
    const std::string answer = http_answer(200, hostile.body);
    RawHttpServer server([&](RawConnection& c, int) {
      while (!c.read_request().empty()) c.write(answer);
    });
    reset_peak();
    const std::size_t before = peak();
    const auto outcomes = outcomes_of(server.url());
    const std::size_t grown = peak() - before;
    EXPECT_LE(grown, kCeiling) << hostile.name;
    for (const slack::Outcome& outcome : outcomes) {
      ASSERT_EQ(outcome.rc, notify_rc{NOTIFY_RETRY_UNSURE}) << hostile.name;
    }
  }
}

// Nothing asks for compressed answers, so nothing is unpacked.
TEST_F(HostileAnswers, CompressedOnesStayWhatTheyAre) {
  RawHttpServer server([](RawConnection& c, int) {
    const std::string body = "\x1f\x8b no gzip at all";
    while (!c.read_request().empty()) {
      c.write(http_answer(200, body, "Content-Encoding: gzip, br\r\n"));
    }
  });
  HttpRequest asking = post(server.url());
  asking.headers.emplace_back("Accept-Encoding", "gzip");
  EXPECT_EQ(call(asking).body, "\x1f\x8b no gzip at all");
}

}  // namespace
}  // namespace notifyd::net
