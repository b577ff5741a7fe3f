#include "delivery/kept_request_codec.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "delivery/record_codec.h"
#include "delivery/record_limits.h"

namespace notifyd::delivery {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<const char*, std::int64_t KeptRequest::*>, 6> kNumbers{{
    {"made", &KeptRequest::created_ms},
    {"ends", &KeptRequest::expires_ms},
    {"from", &KeptRequest::access_starts_ms},
    {"till", &KeptRequest::access_expires_ms},
    {"max", &KeptRequest::max_duration_ms},
    {"ttl", &KeptRequest::session_ttl_ms},
}};

int number_of(model::RequestKind kind) {
  switch (kind) {
    case model::RequestKind::kShortTerm:
      return 1;
    case model::RequestKind::kLongTerm:
      return 2;
    case model::RequestKind::kUndefined:
      break;
  }
  return 0;
}

model::RequestKind kind_of(int number) {
  if (number == 1) return model::RequestKind::kShortTerm;
  return number == 2 ? model::RequestKind::kLongTerm : model::RequestKind::kUndefined;
}

json encode_reviews(const std::vector<KeptRequest::Review>& reviews) {
  json list = json::array();
  std::size_t bytes = 0;
  for (const KeptRequest::Review& review : reviews) {
    const std::string author(cut_utf8(review.author, limits::kName));
    bytes += author.size() + limits::kPerReview;
    if (bytes > limits::kReviewBytes) break;
    list.push_back({author, name_of(review.proposed)});
  }
  return list;
}

std::vector<std::string> fitting(std::vector<std::string> roles) {
  std::size_t bytes = 0;
  const auto over = std::ranges::find_if(roles, [&bytes](const std::string& role) {
    bytes += role.size() + 3;
    return bytes > limits::kRoles;
  });
  roles.erase(over, roles.end());
  return roles;
}

bool has_comma(const std::string& role) { return role.find(',') != std::string::npos; }

}  // namespace

json encode_kept(const KeptRequest& kept) {
  json written = json::object();
  if (const int kind = number_of(kept.kind); kind != 0) written["kind"] = kind;
  for (const auto& [key, number] : kNumbers) {
    if (kept.*number != 0) written[key] = kept.*number;
  }
  if (!kept.reviews.empty()) written["by"] = encode_reviews(kept.reviews);
  if (!kept.promoted_to.empty()) written["list"] = cut_utf8(kept.promoted_to, limits::kName);
  if (std::ranges::any_of(kept.roles, has_comma)) written["roles"] = fitting(kept.roles);
  return written;
}

void decode_kept(const json& written, KeptRequest& kept) {
  kept.kind = kind_of(written.value("kind", 0));
  for (const auto& [key, number] : kNumbers) kept.*number = written.value(key, std::int64_t{0});
  using Pair = std::pair<std::string, std::string>;
  for (const auto& [author, proposed] : written.value("by", std::vector<Pair>())) {
    if (kept.reviews.size() == limits::kKeptReviews) break;
    kept.reviews.push_back({std::string(cut_utf8(author, limits::kName)), parse_end(proposed)});
  }
  kept.promoted_to = cut_utf8(written.value("list", ""), limits::kName);
  kept.roles = fitting(written.value("roles", std::move(kept.roles)));
}

}  // namespace notifyd::delivery
