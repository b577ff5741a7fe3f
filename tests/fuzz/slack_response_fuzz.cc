// What comes back from Slack, or from a proxy in its place. First byte: the HTTP status.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "api.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array<std::uint32_t, 6> kStatus{200, 429, 302, 403, 500, 200};
  notify::HttpResponse response;
  response.outcome = NOTIFY_HTTP_ANSWERED;
  response.status = kStatus.at(data[0] % kStatus.size());
  response.body.assign(reinterpret_cast<const char*>(data + 1), size - 1);
  response.headers.emplace_back("retry-after", response.body.substr(0, 12));
  slack::ApiCall call;
  call.method = "chat.postMessage";
  call.posts = (data[0] & 0x80U) != 0;
  const slack::ApiReply reply = slack::classify(call, response);
  if (reply.outcome.detail.find('\n') != std::string::npos) std::abort();
  if (reply.outcome.detail.size() > 4096) std::abort();
  if (reply.ok() && !reply.body.is_object()) std::abort();
  return 0;
}
