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

void encode_reviews(const std::vector<KeptRequest::Review>& reviews, JsonText& to) {
  to.open_array();
  std::size_t bytes = 0;
  for (const KeptRequest::Review& review : reviews) {
    const std::string_view author = cut_utf8(review.author, limits::kName);
    bytes += author.size() + limits::kPerReview;
    if (bytes > limits::kReviewBytes) break;
    to.open_array();
    to.value(author);
    to.value(name_of(review.proposed));
    to.close_array();
  }
  to.close_array();
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

// teleport-slack's key can't say them.
bool keeps_roles(const KeptRequest& kept) { return std::ranges::any_of(kept.roles, has_comma); }

void encode_roles_in_full(const std::vector<std::string>& roles, JsonText& to) {
  to.open_array();
  for (const std::string& role : fitting(roles)) to.value(role);
  to.close_array();
}

}  // namespace

bool says_anything(const KeptRequest& kept) {
  return number_of(kept.kind) != 0 || !kept.reviews.empty() || !kept.promoted_to.empty() ||
         keeps_roles(kept) || std::ranges::any_of(kNumbers, [&kept](const auto& number) {
           return kept.*number.second != 0;
         });
}

void encode_kept(const KeptRequest& kept, JsonText& to) {
  const auto number = [&to](std::string_view key, std::int64_t value) {
    if (value != 0) to.member(key, value);
  };
  to.open_object();
  if (!kept.reviews.empty()) {
    to.key("by");
    encode_reviews(kept.reviews, to);
  }
  number("ends", kept.expires_ms);
  number("from", kept.access_starts_ms);
  number("kind", number_of(kept.kind));
  if (!kept.promoted_to.empty()) to.member("list", cut_utf8(kept.promoted_to, limits::kName));
  number("made", kept.created_ms);
  number("max", kept.max_duration_ms);
  if (keeps_roles(kept)) {
    to.key("roles");
    encode_roles_in_full(kept.roles, to);
  }
  number("till", kept.access_expires_ms);
  number("ttl", kept.session_ttl_ms);
  to.close_object();
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
