#include "sim/proxy/http_text.h"

#include <algorithm>
#include <cctype>

namespace notifyd::sim {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string_view take_until(std::string_view& rest, std::string_view end) {
  const std::size_t at = std::min(rest.find(end), rest.size());
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(std::min(rest.size(), at + end.size()));
  return taken;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 302:
      return "Found";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    default:
      return "Sim";
  }
}

std::string lines(const HttpHeaders& headers) {
  std::string text;
  for (const auto& [name, value] : headers) text.append(name + ": " + value).append(kLineEnd);
  return text;
}

}  // namespace

bool HttpHead::has(const std::string& lower_case_name, std::string_view value) const {
  const auto [from, to] = headers.equal_range(lower_case_name);
  return std::any_of(from, to, [&](const auto& header) { return header.second == value; });
}

std::string HttpHead::first(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

HttpHead parse_head(std::string_view text) {
  HttpHead head;
  std::string_view request_line = take_until(text, kLineEnd);
  head.method = take_until(request_line, " ");
  std::string_view target = take_until(request_line, " ");
  head.path = take_until(target, "?");
  while (!text.empty()) {
    std::string_view value = take_until(text, kLineEnd);
    const std::string name = lower(take_until(value, ":"));
    if (!name.empty()) head.headers.emplace(name, trimmed(value));
  }
  return head;
}

std::string http_response(int status, const HttpHeaders& headers, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) + " " + reason(status) + std::string(kLineEnd) +
         lines(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

std::string switching_protocols(const HttpHeaders& headers) {
  return "HTTP/1.1 101 Switching Protocols\r\n" + lines(headers) + std::string(kLineEnd);
}

}  // namespace notifyd::sim
