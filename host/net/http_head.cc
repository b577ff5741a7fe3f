#include "net/http_head.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace notifyd::net {
namespace {

constexpr std::size_t kMaxHead = 16U << 10U;
constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kVersion = "HTTP/1.";
constexpr std::size_t kStatusAt = 9;  // behind "HTTP/1.1 "

Error no_http() { return {Errc::kUnavailable, "what answers there is no HTTP/1.1 server"}; }

std::optional<int> status_of(std::string_view line) {
  if (!line.starts_with(kVersion) || line.size() < kStatusAt + 3) return std::nullopt;
  int status = 0;
  const char* const from = line.data() + kStatusAt;
  const auto [end, error] = std::from_chars(from, from + 3, status);
  if (error != std::errc() || end != from + 3 || status < 100) return std::nullopt;
  return status;
}

}  // namespace

std::string HttpHead::header(std::string_view key) const {
  const auto found =
      std::ranges::find_if(headers, [&](const auto& header) { return header.first == key; });
  return found == headers.end() ? "" : found->second;
}

Result<std::optional<HttpHead>> parse_http_head(std::string_view received) {
  // What can be no head is known before all of it is there.
  if (!kVersion.starts_with(received.substr(0, kVersion.size()))) return no_http();
  const std::size_t end = received.find("\r\n\r\n");
  if (end == received.npos) {
    if (received.size() > kMaxHead) return no_http();
    return std::optional<HttpHead>();
  }
  if (end > kMaxHead) return no_http();
  std::string_view lines = received.substr(0, end);
  const auto status = status_of(lines.substr(0, lines.find(kEndOfLine)));
  if (!status) return no_http();
  HttpHead head{*status, {}, end + 2 * kEndOfLine.size()};
  for (auto next = lines.find(kEndOfLine); next != lines.npos; next = lines.find(kEndOfLine)) {
    lines.remove_prefix(next + kEndOfLine.size());
    const std::string_view line = lines.substr(0, lines.find(kEndOfLine));
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    head.headers.emplace_back(lower_ascii(std::string(line.substr(0, colon))),
                              trim(line.substr(colon + 1)));
  }
  return std::optional(std::move(head));
}

}  // namespace notifyd::net
