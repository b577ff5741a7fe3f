#include "delivery/record_codec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "delivery/json_text.h"
#include "delivery/kept_request_codec.h"
#include "delivery/record_limits.h"
#include "delivery/upstream_text.h"

namespace notifyd::delivery {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr char kOurs[] = "notifyd";

constexpr char kAnnounce[] = "announce";
constexpr std::string_view kReview = "review:";
constexpr std::string_view kFinal = "final:";
constexpr std::string_view kGivenUp = "given-up:";

// Teleport's names, which teleport-slack and Slack's messages use too.
constexpr std::array<std::pair<End, std::string_view>, 4> kEnds{{
    {End::kExpired, "EXPIRED"},
    {End::kApproved, "APPROVED"},
    {End::kPromoted, "PROMOTED"},
    {End::kDenied, "DENIED"},
}};

// ---- the `notifyd` key ----

Audience parse_audience(unsigned number) {
  constexpr std::array kKnown{Audience::kReviewer, Audience::kRequester, Audience::kListOwner,
                              Audience::kFallback};
  return number < kKnown.size() ? kKnown[number] : Audience::kReviewer;
}

Progress decode_progress(const json& j) {
  Progress p;
  p.to.id = j.value("id", "");
  p.to.label = j.value("as", p.to.id);
  p.to.audience = parse_audience(j.value("who", 0U));
  p.receipt = j.value("rc", "");
  p.message = j.value("msg", "");
  p.digest = j.value("dig", "");
  p.announced = j.value("ok", 0) != 0;
  p.reviews = std::min(j.value("n", std::size_t{0}), limits::kReviews);
  p.told = parse_end(j.value("st", ""));
  p.trying = parse_step(j.value("try", ""));
  for (const auto& name : j.value("then", std::vector<std::string>())) {
    if (auto step = parse_step(name)) p.to_search.push_back(std::move(*step));
  }
  p.given_up = j.value("bad", "");
  p.for_good = !p.given_up.empty() && j.value("end", 0) != 0;
  p.reported = j.value("rep", 0) != 0;
  return p;
}

void encode_names(const std::vector<Step>& steps, JsonText& to) {
  to.open_array();
  for (std::size_t i = 0; i < std::min(steps.size(), limits::kSearches); ++i) {
    to.value(name_of(steps[i]));
  }
  to.close_array();
}

void encode_progress(const Progress& p, JsonText& to) {
  const auto text = [&to](std::string_view key, std::string_view value) {
    if (!value.empty()) to.member(key, value);
  };
  const auto number = [&to](std::string_view key, std::size_t value) {
    if (value != 0) to.member(key, static_cast<std::int64_t>(value));
  };
  to.open_object();
  if (p.to.label != p.to.id) to.member("as", p.to.label);
  text("bad", cut_utf8(p.given_up, limits::kWhy));
  text("dig", p.digest);
  number("end", p.for_good ? 1 : 0);
  to.member("id", p.to.id);
  text("msg", p.message);
  number("n", p.reviews);
  number("ok", p.announced ? 1 : 0);
  text("rc", p.receipt);
  number("rep", p.reported ? 1 : 0);
  text("st", name_of(p.told));
  if (!p.to_search.empty()) {
    to.key("then");
    encode_names(p.to_search, to);
  }
  if (p.trying) to.member("try", name_of(*p.trying));
  number("who", static_cast<std::size_t>(p.to.audience));  // a reviewer is 0
  to.close_object();
}

// Why this cannot have been written by this program; "" when it can.
std::string fault(std::string_view what, std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return std::string(what) + " has " + std::to_string(text.size()) + " bytes, at most " +
           std::to_string(most) + " are read";
  }
  if (std::ranges::any_of(text, is_control)) return std::string(what) + " has a control character";
  return "";
}

std::string fault(const Progress& p) {
  const struct {
    std::string_view what, text;
    std::size_t most;
  } texts[] = {{"a recipient's id", p.to.id, limits::kName},
               {"a recipient's name", p.to.label, limits::kName},
               {"a message's name", p.message, limits::kName},
               {"a receipt", p.receipt, limits::kReceipt}};
  for (const auto& [what, text, most] : texts) {
    if (std::string wrong = fault(what, text, most); !wrong.empty()) return wrong;
  }
  if (p.to_search.size() > limits::kSearches) return "a recipient has too many steps to search for";
  return "";
}

// Of two with one id the first counts.
std::string decode_recipients(const json& to, std::vector<Progress>& recipients) {
  if (to.size() > limits::kRecipients) {
    return "it has " + std::to_string(to.size()) + " recipients, at most " +
           std::to_string(limits::kRecipients) + " are read";
  }
  std::unordered_set<std::string> ids;
  for (const auto& item : to) {
    Progress p = decode_progress(item);
    if (std::string wrong = fault(p); !wrong.empty()) return wrong;
    if (p.to.id.empty() || !ids.insert(p.to.id).second) continue;
    recipients.push_back(std::move(p));
  }
  return "";
}

std::string decode_ours(const json& j, Record& record) {
  record.routed = j.value("routed", 1) != 0;
  if (const auto claim = j.find("claim"); claim != j.end()) {
    record.claim = {claim->value("by", ""), claim->value("until", std::int64_t{0})};
    if (std::string wrong = fault("the claim", record.claim.owner, limits::kName); !wrong.empty()) {
      return wrong;
    }
  }
  if (const auto kept = j.find("req"); kept != j.end()) decode_kept(*kept, record.request);
  const auto to = j.find("to");
  return to == j.end() ? "" : decode_recipients(*to, record.recipients);
}

// Null where it is no JSON, or deeper than anything that is written here.
json parse(std::string_view text) {
  bool deep = false;
  const auto watch = [&deep](int depth, json::parse_event_t, const json&) {
    deep = deep || depth > limits::kDepth;
    return !deep;
  };
  json parsed = json::parse(text, watch, false);
  return deep || parsed.is_discarded() ? json() : parsed;
}

// Into `record`. Why it is to be left alone, or "".
std::string decode_ours(std::string_view text, Record& record) {
  if (text.size() > limits::kOurBytes) {
    return "key `notifyd` has " + std::to_string(text.size()) + " bytes, at most " +
           std::to_string(limits::kOurBytes) + " are read";
  }
  const json j = parse(text);
  if (!j.is_object()) return "key `notifyd` holds no JSON object";
  try {
    if (const int version = j.value("v", 0); version != kVersion) {
      return "was written by another version of this program (format " + std::to_string(version) +
             ", this one knows " + std::to_string(kVersion) + ")";
    }
    const std::string wrong = decode_ours(j, record);
    return wrong.empty() ? wrong : "key `notifyd` is damaged: " + wrong;
  } catch (const json::exception& e) {
    return std::string("key `notifyd` is damaged: ") + e.what();
  }
}

void encode_claim(const Claim& claim, JsonText& to) {
  to.open_object();
  to.member("by", claim.owner);
  to.member("until", claim.until_ms);
  to.close_object();
}

std::string encode_ours(const Record& record) {
  if (record.empty() && record.claim.owner.empty()) return {};
  JsonText text;
  text.open_object();
  if (!record.claim.owner.empty()) {
    text.key("claim");
    encode_claim(record.claim, text);
  }
  if (says_anything(record.request)) {
    text.key("req");
    encode_kept(record.request, text);
  }
  if (!record.routed) text.member("routed", 0);
  if (!record.recipients.empty()) {
    text.key("to");
    text.open_array();
    for (const Progress& p : record.recipients) encode_progress(p, text);
    text.close_array();
  }
  text.member("v", kVersion);
  text.close_object();
  return text.take();
}

// ---- for teleport-slack ----

// What teleport-slack may rely on: as far as every recipient has got.
std::size_t told_to_all(const Record& record) {
  std::size_t count = 0;
  bool first = true;
  for (const Progress& p : record.recipients) {
    if (!p.announced || !p.given_up.empty()) continue;
    count = first ? p.reviews : std::min(count, p.reviews);
    first = false;
  }
  return count;
}

End end_told_to_all(const Record& record) {
  End end = End::kNone;
  for (const Progress& p : record.recipients) {
    if (!p.announced || !p.given_up.empty()) continue;
    if (p.told == End::kNone || (end != End::kNone && p.told != end)) return End::kNone;
    end = p.told;
  }
  return end;
}

}  // namespace

std::string_view name_of(End end) {
  for (const auto& [known, name] : kEnds) {
    if (known == end) return name;
  }
  return {};
}

End parse_end(std::string_view name) {
  for (const auto& [end, known] : kEnds) {
    if (known == name) return end;
  }
  return End::kNone;
}

std::string name_of(const Step& step) {
  switch (step.kind) {
    case Step::Kind::kAnnounce:
      return kAnnounce;
    case Step::Kind::kReview:
      return std::string(kReview).append(std::to_string(step.review));
    case Step::Kind::kGivenUp:
      return std::string(kGivenUp).append(step.lost);
    case Step::Kind::kEnd:
      break;
  }
  return std::string(kFinal).append(name_of(step.end));
}

std::optional<Step> parse_step(std::string_view name) {
  if (name == kAnnounce) return Step::announce();
  if (name.starts_with(kGivenUp)) {
    return Step::report(std::string(name.substr(kGivenUp.size())));
  }
  if (name.starts_with(kFinal)) {
    const End end = parse_end(name.substr(kFinal.size()));
    if (end == End::kNone) return std::nullopt;
    return Step::tell(end);
  }
  if (!name.starts_with(kReview)) return std::nullopt;
  name.remove_prefix(kReview.size());
  Step step = Step::reply(0);
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step.review);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  if (step.review >= limits::kReviews) return std::nullopt;
  return step;
}

Result<Record> decode(const RecordText& text) {
  Record record;
  record.request.user = cut_utf8(value_of(text, "user"), limits::kName);
  record.request.reason = cut_utf8(value_of(text, "request_reason"), limits::kReason);
  record.request.resolve_reason = cut_utf8(value_of(text, "resolve_reason"), limits::kReason);
  record.request.roles = decode_roles(value_of(text, "roles"));
  record.request.resources = decode_resources(value_of(text, "resources"));
  if (const std::string_view ours = value_of(text, kOurs); !ours.empty()) {
    const std::string wrong = decode_ours(ours, record);
    if (!wrong.empty()) return invalid("its plugin data " + wrong);
  }
  take_over(text, record);
  return record;
}

RecordText encode(const Record& record, const RecordText& was) {
  RecordText text = was;
  text["user"] = cut_utf8(record.request.user, limits::kName);
  text["roles"] = encode_roles(record.request.roles, limits::kRoles);
  text["resources"] = encode_resources(record.request.resources, limits::kResources);
  text["request_reason"] = cut_utf8(record.request.reason, limits::kReason);
  text["resolve_reason"] = cut_utf8(record.request.resolve_reason, limits::kReason);
  const std::size_t reviews = told_to_all(record);
  text["reviews_count"] = reviews == 0 ? std::string() : std::to_string(reviews);
  text["resolution"] = name_of(end_told_to_all(record));
  if (!record.keeps_messages) {
    text["messages"] = encode_messages(record, value_of(was, "messages"));
  }
  text[kOurs] = encode_ours(record);
  return text;
}

std::size_t our_bytes(const RecordText& text) { return value_of(text, kOurs).size(); }

Change difference(const RecordText& was, const RecordText& now) {
  Change change;
  for (const auto& [key, value] : now) {
    const auto it = was.find(key);
    const std::string before = it == was.end() ? std::string() : it->second;
    if (before == value) continue;
    change.set[key] = value;
    change.expect[key] = before;
  }
  return change;
}

}  // namespace notifyd::delivery
