// A request as blocks and text: never past Slack's limits, never markup from the far side, nothing
// that nobody sees, and one verdict: ours. The input is split at '\x01' into the request's texts.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "escape.h"
#include "message.h"
#include "notify/module.hpp"
#include "support/mrkdwn.h"
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

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

// Times are ours, and the only markup beside the link.
std::string without_times(std::string text) {
  constexpr std::string_view kOpen = "<!date^";
  for (std::size_t at = text.find(kOpen); at != text.npos; at = text.find(kOpen, at)) {
    const std::size_t close = text.find('>', at);
    require(close != text.npos && text.find('|', at) < close);
    text.erase(at, close + 1 - at);
  }
  return text;
}

// What it says outside code, which is all that Slack reads as markup.
std::string check_text(const std::string& whole, std::string_view url) {
  require(!whole.empty() && slack::length(whole) <= 3000);
  const std::string text = without_times(whole);
  require(slack::clean(notifyd::test::without_breaks(text)) == notifyd::test::without_breaks(text));
  const auto outside = notifyd::test::outside_code(text);
  require(outside.has_value());
  const std::size_t links = count(text, "<");
  require(links <= 1 && count(text, ">") == links);
  require(links == 0 || count(*outside, "<" + slack::escape(url) + ">") == 1);
  return *outside;
}

std::string check_object(const json& object, std::string_view url) {
  require(object["type"] == "mrkdwn" && object["verbatim"] == true);
  return check_text(object["text"], url);
}

// `verdict`: how the state is written, once in the blocks and once in the text.
void check(const slack::Message& message, std::string_view verdict, std::string_view url) {
  const std::string text = check_text(message.text, url);
  require(count(text, verdict) == 1 && count(text, "\n") == 0);
  require(message.blocks.size() < 13'000);
  const json blocks = json::parse(message.blocks);
  require(blocks.dump() == message.blocks);
  std::string all;
  for (const json& block : blocks) {
    if (block.contains("text")) all += check_object(block["text"], url);
    if (!block.contains("elements")) continue;
    for (const json& element : block["elements"]) all += check_object(element, url);
  }
  require(count(all, "*Status*: ") + count(all, "*Decision*: ") == 1);
  require(count(all, "\u2705") == 0 && count(text, "\u2705") == 0);  // nothing here approves
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
  review.proposed_start_ms = review.created_ms / 2;
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
  request.kind = static_cast<std::uint32_t>(size % 3);
  request.created_ms = std::int64_t{1'700'000'000'000};
  request.expires_ms = request.created_ms + static_cast<std::int64_t>(size) * 60'000;
  request.access_expires_ms = size % 5 == 0 ? review.created_ms : 2 * request.expires_ms;
  request.max_duration_ms = review.created_ms;
  notify_threshold threshold{};
  threshold.size = sizeof threshold;
  threshold.approvals_needed = threshold.denials_needed = 2;
  threshold.given_known = 1;
  threshold.name = strings[4];
  threshold.roles = strings.data();
  threshold.n_roles = strings.size();
  const std::vector<const notify_threshold*> thresholds(size % 4, &threshold);
  request.thresholds = thresholds.data();
  request.n_thresholds = thresholds.size();
  notify_access_list list{};
  list.size = sizeof list;
  list.id = strings[1];
  list.title = strings[2];
  request.promoted_to = size % 2 == 0 ? &list : nullptr;
  const std::string_view url = slack::trim(notify::view(request.url));
  for (const auto& [state, verdict] : {std::pair(slack::State::kPending, "\u23F3 PENDING: "),
                                       std::pair(slack::State::kDenied, "\u274C DENIED: "),
                                       std::pair(slack::State::kPromoted, "PROMOTED: ")}) {
    check(slack::announcement(request, state), verdict, url);
    check(slack::verdict(request, state), verdict, url);
  }
  require(count(check_text(slack::review_reply(review), url), "\nResolution: ") == 1);
  return 0;
}
