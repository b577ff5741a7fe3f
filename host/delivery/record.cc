#include "delivery/record.h"

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
using teleport::PluginEntry;

constexpr int kVersion = 1;
constexpr char kOurs[] = "notifyd";
// Shown are 400 characters; the rest would only eat into the backend's limit for one object.
constexpr std::size_t kMaxReason = 4096;

std::string get(const PluginEntry& entry, const char* key) {
  const auto it = entry.find(key);
  return it == entry.end() ? std::string() : it->second;
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

std::vector<std::string> upstream_messages(const PluginEntry& entry) {
  std::vector<std::string> messages;
  const std::string channel = get(entry, "channel_id");
  const std::string ts = get(entry, "timestamp");
  if (!channel.empty() && !ts.empty()) messages.push_back(channel + "/" + ts);
  for (auto& pair : split(get(entry, "messages"), ',')) {
    if (is_message(pair)) messages.push_back(std::move(pair));
  }
  return messages;
}

std::size_t upstream_reviews(const PluginEntry& entry) {
  const std::string text = get(entry, "reviews_count");
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return std::min<std::size_t>(count, 10'000);
}

// ---- the `notifyd` key ----

Progress decode_progress(const json& j) {
  Progress p;
  p.id = j.value("id", "");
  p.label = j.value("as", p.id);
  p.audience = j.value("who", 0U);
  p.receipt = j.value("rc", "");
  p.message = j.value("msg", "");
  p.announced = j.value("ok", 0) != 0;
  p.reviews = j.value("n", std::size_t{0});
  p.told = j.value("st", "");
  p.trying = j.value("try", "");
  p.afterwards = j.value("then", std::vector<std::string>());
  p.given_up = j.value("bad", "");
  p.reported = j.value("rep", 0) != 0;
  return p;
}

json encode_progress(const Progress& p) {
  json j = {{"id", p.id}};
  const auto put = [&j](const char* key, const std::string& value) {
    if (!value.empty()) j[key] = value;
  };
  if (p.label != p.id) j["as"] = p.label;
  if (p.audience != 0) j["who"] = p.audience;
  put("rc", p.receipt);
  put("msg", p.message);
  if (p.announced) j["ok"] = 1;
  if (p.reviews != 0) j["n"] = p.reviews;
  put("st", p.told);
  put("try", p.trying);
  if (!p.afterwards.empty()) j["then"] = p.afterwards;
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
      if (Progress p = decode_progress(item); !p.id.empty()) {
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
void take_over(const PluginEntry& entry, Record& record) {
  for (const std::string& message : upstream_messages(entry)) {
    const bool known = std::any_of(record.recipients.begin(), record.recipients.end(),
                                   [&](const Progress& p) { return p.message == message; });
    if (known) continue;
    Progress p;
    p.id = p.receipt = p.message = message;
    p.label = message.substr(0, message.find('/'));
    p.announced = true;
    record.recipients.push_back(std::move(p));
  }
  const std::size_t reviews = upstream_reviews(entry);
  const Outcome resolution = get(entry, "resolution");
  for (Progress& p : record.recipients) {
    if (!p.announced) continue;
    p.reviews = std::max(p.reviews, reviews);
    // Ours is written there only when everybody was told; another end than ours means later news.
    if (!resolution.empty() && p.told.empty()) p.told = resolution;
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

Outcome end_told_to_all(const Record& record) {
  Outcome outcome;
  for (const Progress& p : record.recipients) {
    if (!p.announced || !p.given_up.empty()) continue;
    if (p.told.empty() || (!outcome.empty() && p.told != outcome)) return {};
    outcome = p.told;
  }
  return outcome;
}

std::string encode_messages(const Record& record, const PluginEntry& was) {
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

Outcome outcome_of(teleport::State state) {
  switch (state) {
    case teleport::State::kApproved:
      return "APPROVED";
    case teleport::State::kDenied:
      return "DENIED";
    case teleport::State::kPromoted:
      return "PROMOTED";
    case teleport::State::kNone:
    case teleport::State::kPending:
      break;
  }
  return {};
}

Progress* Record::find(const std::string& id) {
  const auto it = std::find_if(recipients.begin(), recipients.end(),
                               [&](const Progress& p) { return p.id == id; });
  return it == recipients.end() ? nullptr : &*it;
}

Result<Record> decode(const PluginEntry& entry) {
  Record record;
  record.user = get(entry, "user");
  record.reason = get(entry, "request_reason");
  record.resolve_reason = get(entry, "resolve_reason");
  record.roles = split(get(entry, "roles"), ',');
  record.resources = decode_list(get(entry, "resources"));
  if (const std::string ours = get(entry, kOurs); !ours.empty()) {
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
  take_over(entry, record);
  return record;
}

PluginEntry encode(const Record& record, const PluginEntry& was) {
  PluginEntry entry = was;
  entry["user"] = record.user;
  entry["roles"] = join(record.roles, ",");
  entry["resources"] = encode_list(record.resources);
  entry["request_reason"] = std::string(cut_utf8(record.reason, kMaxReason));
  entry["resolve_reason"] = std::string(cut_utf8(record.resolve_reason, kMaxReason));
  const std::size_t reviews = told_to_all(record);
  entry["reviews_count"] = reviews == 0 ? std::string() : std::to_string(reviews);
  entry["resolution"] = end_told_to_all(record);
  entry["messages"] = encode_messages(record, was);
  entry[kOurs] = encode_ours(record);
  return entry;
}

Change difference(const PluginEntry& was, const PluginEntry& now) {
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
