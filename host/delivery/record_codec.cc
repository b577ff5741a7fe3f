#include "delivery/record_codec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace notifyd::delivery {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr char kOurs[] = "notifyd";
// Shown are 400 characters; the rest would only eat into the backend's limit for one object.
constexpr std::size_t kMaxReason = 4096;

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

std::string get(const RecordText& text, const char* key) {
  const auto it = text.find(key);
  return it == text.end() ? std::string() : it->second;
}

// ---- teleport-slack's encodings ----

std::vector<std::string> decode_list(const std::string& text) {
  // Old releases of teleport-slack joined resources with commas; new ones write JSON.
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array()) return split(text, ',');
  std::vector<std::string> values;
  for (const auto& item : list) {
    if (item.is_string()) values.push_back(item.get<std::string>());
  }
  return values;
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// As Go's encoding/json writes it: teleport-slack expects, in its compare-and-swap, byte for byte
// what it would have written, and would never get through to a record with a plain `<` in it.
std::string as_go_writes(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEscapes{{
      {"<", "\\u003c"},
      {">", "\\u003e"},
      {"&", "\\u0026"},
      {"\u2028", "\\u2028"},
      {"\u2029", "\\u2029"},
  }};
  for (const auto& [plain, escaped] : kEscapes) {
    for (std::size_t at = 0; (at = text.find(plain, at)) != std::string::npos;) {
      text.replace(at, plain.size(), escaped);
      at += escaped.size();
    }
  }
  return text;
}

std::string encode_list(const std::vector<std::string>& values) {
  return values.empty() ? std::string() : as_go_writes(dump(json(values)));
}

bool is_message(std::string_view pair) {
  const auto slash = pair.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < pair.size();
}

std::vector<std::string> upstream_messages(const RecordText& text) {
  std::vector<std::string> messages;
  const std::string channel = get(text, "channel_id");
  const std::string ts = get(text, "timestamp");
  if (!channel.empty() && !ts.empty()) messages.push_back(channel + "/" + ts);
  for (auto& pair : split(get(text, "messages"), ',')) {
    if (is_message(pair)) messages.push_back(std::move(pair));
  }
  return messages;
}

std::size_t upstream_reviews(const RecordText& text) {
  const std::string written = get(text, "reviews_count");
  std::size_t count = 0;
  std::from_chars(written.data(), written.data() + written.size(), count);
  return std::min<std::size_t>(count, 10'000);
}

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
  p.announced = j.value("ok", 0) != 0;
  p.reviews = j.value("n", std::size_t{0});
  p.told = parse_end(j.value("st", ""));
  p.trying = parse_step(j.value("try", ""));
  for (const auto& name : j.value("then", std::vector<std::string>())) {
    if (auto step = parse_step(name)) p.to_search.push_back(std::move(*step));
  }
  p.given_up = j.value("bad", "");
  p.reported = j.value("rep", 0) != 0;
  return p;
}

json names_of(const std::vector<Step>& steps) {
  json names = json::array();
  for (const Step& step : steps) names.push_back(name_of(step));
  return names;
}

json encode_progress(const Progress& p) {
  json j = {{"id", p.to.id}};
  const auto put = [&j](const char* key, std::string_view value) {
    if (!value.empty()) j[key] = value;
  };
  if (p.to.label != p.to.id) j["as"] = p.to.label;
  if (p.to.audience != Audience::kReviewer) j["who"] = static_cast<unsigned>(p.to.audience);
  put("rc", p.receipt);
  put("msg", p.message);
  if (p.announced) j["ok"] = 1;
  if (p.reviews != 0) j["n"] = p.reviews;
  put("st", name_of(p.told));
  if (p.trying) put("try", name_of(*p.trying));
  if (!p.to_search.empty()) j["then"] = names_of(p.to_search);
  put("bad", p.given_up);
  if (p.reported) j["rep"] = 1;
  return j;
}

void decode_ours(const json& j, Record& record) {
  record.routed = j.value("routed", 1) != 0;
  if (const auto claim = j.find("claim"); claim != j.end()) {
    record.claim = {claim->value("by", ""), claim->value("until", std::int64_t{0})};
  }
  if (const auto to = j.find("to"); to != j.end()) {
    for (const auto& item : *to) {
      if (Progress p = decode_progress(item); !p.to.id.empty()) {
        record.recipients.push_back(std::move(p));
      }
    }
  }
}

std::string encode_ours(const Record& record) {
  if (record.empty() && record.claim.owner.empty()) return {};
  json j = {{"v", kVersion}};
  if (!record.routed) j["routed"] = 0;
  if (!record.claim.owner.empty()) {
    j["claim"] = {{"by", record.claim.owner}, {"until", record.claim.until_ms}};
  }
  json to = json::array();
  for (const Progress& p : record.recipients) to.push_back(encode_progress(p));
  if (!to.empty()) j["to"] = std::move(to);
  return dump(j);
}

// ---- both ----

// What teleport-slack did holds for us: it may have had the request between two lives of ours.
void take_over(const RecordText& text, Record& record) {
  for (const std::string& message : upstream_messages(text)) {
    const bool known = std::any_of(record.recipients.begin(), record.recipients.end(),
                                   [&](const Progress& p) { return p.message == message; });
    if (known) continue;
    Progress p;
    p.to.id = p.receipt = p.message = message;
    p.to.label = message.substr(0, message.find('/'));
    p.announced = true;
    record.recipients.push_back(std::move(p));
  }
  const std::size_t reviews = upstream_reviews(text);
  const End resolution = parse_end(get(text, "resolution"));
  for (Progress& p : record.recipients) {
    if (!p.announced) continue;
    p.reviews = std::max(p.reviews, reviews);
    // Ours is written there only when everybody was told; another end than ours means later news.
    if (resolution != End::kNone && p.told == End::kNone) p.told = resolution;
  }
}

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

std::string encode_messages(const Record& record, const RecordText& was) {
  std::vector<std::string> messages;
  const auto held = [&](const std::string& m) {
    return std::any_of(record.recipients.begin(), record.recipients.end(),
                       [&](const Progress& p) { return p.message == m; });
  };
  const auto add = [&](const std::string& m) {
    if (std::find(messages.begin(), messages.end(), m) == messages.end()) messages.push_back(m);
  };
  for (const std::string& m : split(get(was, "messages"), ',')) {
    if (held(m)) add(m);
  }
  for (const Progress& p : record.recipients) {
    if (is_message(p.message)) add(p.message);
  }
  return join(messages, ",");
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
  return step;
}

Result<Record> decode(const RecordText& text) {
  Record record;
  record.user = get(text, "user");
  record.reason = get(text, "request_reason");
  record.resolve_reason = get(text, "resolve_reason");
  record.roles = split(get(text, "roles"), ',');
  record.resources = decode_list(get(text, "resources"));
  if (const std::string ours = get(text, kOurs); !ours.empty()) {
    const json j = json::parse(ours, nullptr, false);
    if (!j.is_object()) return invalid("its plugin data key `notifyd` holds no JSON object");
    try {
      if (const int version = j.value("v", 0); version != kVersion) {
        return invalid("its plugin data was written by another version of this program (format " +
                       std::to_string(version) + ", this one knows " + std::to_string(kVersion) +
                       ")");
      }
      decode_ours(j, record);
    } catch (const json::exception& e) {
      return invalid(std::string("its plugin data key `notifyd` is damaged: ") + e.what());
    }
  }
  take_over(text, record);
  return record;
}

RecordText encode(const Record& record, const RecordText& was) {
  RecordText text = was;
  text["user"] = record.user;
  text["roles"] = join(record.roles, ",");
  text["resources"] = encode_list(record.resources);
  text["request_reason"] = std::string(cut_utf8(record.reason, kMaxReason));
  text["resolve_reason"] = std::string(cut_utf8(record.resolve_reason, kMaxReason));
  const std::size_t reviews = told_to_all(record);
  text["reviews_count"] = reviews == 0 ? std::string() : std::to_string(reviews);
  text["resolution"] = name_of(end_told_to_all(record));
  text["messages"] = encode_messages(record, was);
  text[kOurs] = encode_ours(record);
  return text;
}

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
