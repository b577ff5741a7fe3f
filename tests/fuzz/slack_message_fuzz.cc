// A request as blocks and text: never past Slack's limits, never markup from the far side. The
// input is split at '\x01' into the request's texts.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "message.h"
#include "notify/module.hpp"
#include "text.h"

namespace {

using nlohmann::json;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t at = text.find('\x01');
    out.emplace_back(text.substr(0, at));
    text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  }
  out.resize(std::max<std::size_t>(out.size(), 8));
  return out;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void check_text(const std::string& text) {
  require(!text.empty() && slack::length(text) <= 3000);
  require(text.find('<') == std::string::npos && text.find('>') == std::string::npos);
  require(slack::clean(text) == text);
}

void check(const slack::Message& message) {
  check_text(message.text);
  require(message.blocks.dump().size() < 13'000);
  for (const json& block : message.blocks) {
    if (block.contains("text")) check_text(block["text"]["text"]);
    if (!block.contains("elements")) continue;
    for (const json& element : block["elements"]) check_text(element["text"]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = split({reinterpret_cast<const char*>(data), size});
  std::vector<notify_str> strings;
  strings.reserve(parts.size());
  for (const std::string& part : parts) strings.push_back(notify::to_str(part));
  std::vector<notify_role> roles;
  for (std::size_t i = 7; i < strings.size(); ++i) {
    const std::size_t logins = i % 2 == 0 ? 0 : strings.size() - i;
    roles.push_back({strings[i], &strings[i], logins});
  }
  notify_review review{};
  review.size = sizeof review;
  review.proposed = NOTIFY_DENIED;
  review.created_ms = static_cast<std::int64_t>(size) << 40U;
  review.author = strings[5];
  review.reason = strings[6];
  const std::vector<const notify_review*> reviews(size % 7, &review);
  notify_request request{};
  request.size = sizeof request;
  request.id = strings[0];
  request.cluster = strings[1];
  request.user = strings[2];
  request.reason = strings[3];
  request.resolve_reason = strings[4];
  request.url = strings[6];
  request.roles = roles.data();
  request.n_roles = roles.size();
  request.resources = strings.data();
  request.n_resources = size % 3 == 0 ? strings.size() : 0;
  request.reviews = reviews.data();
  request.n_reviews = reviews.size();
  for (const slack::State state : {slack::State::kPending, slack::State::kPromoted}) {
    check(slack::announcement(request, state));
    check(slack::verdict(request, state));
  }
  check_text(slack::review_reply(review));
  return 0;
}
