// A module as somebody outside of this tree writes one: the SDK's headers and the standard library.
#include <notify/alarm.hpp>
#include <notify/clip.hpp>
#include <notify/fair_queue.hpp>
#include <notify/hmac.hpp>
#include <notify/http_status.hpp>
#include <notify/module.hpp>
#include <notify/text.hpp>
#include <notify/token_bucket.hpp>

namespace {

class Outside {
 public:
  explicit Outside(notify::Host& host) : host_(host), alarm_(host, [] {}) {}

  static notify::Task<notify::Answer> route(const notify_event&) {
    notify::Answer answer;
    answer.recipients.push_back({"pager", "the pager"});
    co_return answer;
  }

  notify::Task<notify::Answer> deliver(const notify_event& event) {
    pace_.take(host_.mono_ms());
    notify::HttpRequest request;
    request.method = "POST";
    request.url = host_.option("outside.url").value_or("https://pager.example.com");
    request.body =
        notify::clip(notify::visible(notify::view(event.key)), 200, notify::Unit::kBytes);
    request.headers.emplace_back("X-Signature",
                                 notify::to_hex(notify::hmac_sha256("key", request.body)));
    auto sending = host_.http(std::move(request));
    const notify::HttpResponse response = co_await sending;
    const auto verdict = notify::judge(response, notify::Repeat::kDoubles, host_.unix_ms());
    notify::Answer answer;
    answer.rc = verdict.rc;
    answer.retry_after_ms = verdict.retry_after_ms;
    co_return answer;
  }

 private:
  const notify::Host& host_;
  notify::Alarm alarm_;
  notify::TokenBucket pace_{1'000, 1};
};

constexpr auto kUrl = notify::option("outside.url", NOTIFY_TEXT, "where the pager listens");
constexpr const notify_option* kOptions[] = {&kUrl, nullptr};

}  // namespace

NOTIFY_MODULE(Outside, "outside", "1.0", 1U << NOTIFY_REQUEST_PENDING, kOptions);
