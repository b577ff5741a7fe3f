#include "delivery/upstream_text.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "delivery/record_limits.h"

namespace notifyd::delivery {
namespace {

using nlohmann::json;

// As Go's encoding/json writes it: teleport-slack expects, in its compare-and-swap, byte for byte
// what it would have written, and would never get through to a record with a plain `<` in it.
std::string as_go_writes(std::string_view text) {
  constexpr std::string_view kSeparators = "\xE2\x80\xA8\xE2\x80\xA9";  // U+2028 and U+2029
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view three = text.substr(0, 3);
    const bool separator = three == kSeparators.substr(0, 3) || three == kSeparators.substr(3);
    switch (text.front()) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        if (separator) {
          out += three == kSeparators.substr(3) ? "\\u2029" : "\\u2028";
        } else {
          out += text.front();
        }
    }
    text.remove_prefix(separator ? 3 : 1);
  }
  return out;
}

std::string written(const std::string& text) {
  return as_go_writes(json(text).dump(-1, ' ', false, json::error_handler_t::replace));
}

bool is_message(std::string_view pair) {
  const auto slash = pair.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < pair.size();
}

// As an id of ours, which is judged when it is read again. What is no UTF-8 would be another text,
// and a longer one, once it is in our JSON.
bool can_be_kept(std::string_view message) {
  return message.size() <= limits::kName && std::ranges::none_of(message, is_control) &&
         mend_utf8(std::string(message)) == message;
}

// Cuts the first entry off `list`.
std::string_view take_entry(std::string_view& list) {
  const auto end = list.find(',');
  const std::string_view entry = list.substr(0, end);
  list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  return entry;
}

std::size_t reviews_told(const RecordText& text) {
  const std::string_view written = value_of(text, "reviews_count");
  std::size_t count = 0;
  std::from_chars(written.data(), written.data() + written.size(), count);
  return std::min(count, limits::kReviews);
}

// Takes messages up until there are enough.
class TakeOver {
 public:
  TakeOver(Record& record, bool full) : record_(record) {
    std::size_t before = 0;
    for (const Progress& p : record.recipients) {
      known_.insert(p.message);
      if (p.to.id == p.message) ++before;
    }
    const std::size_t recipients = record.recipients.size();
    room_ = std::min(limits::kTakenOver - std::min(limits::kTakenOver, before),
                     limits::kRecipients - std::min(limits::kRecipients, recipients));
    if (full) room_ = 0;
  }

  void take(std::string_view message) {
    if (!is_message(message)) return;
    if (!known_.emplace(message).second) return;
    if (room_ == 0 || looked_at_ >= limits::kMessages || !can_be_kept(message)) {
      record_.left_alone.emplace_back(message);
      return;
    }
    ++looked_at_;
    --room_;
    Progress p;
    p.to.id = p.receipt = p.message = message;
    p.to.label = message.substr(0, message.find('/'));
    p.announced = true;
    record_.recipients.push_back(std::move(p));
  }

  // Of a list that is too long to be written again.
  void take_some(std::string_view list) {
    for (std::size_t i = 0; i < limits::kMessages && !list.empty(); ++i) take(take_entry(list));
    const auto rest = static_cast<std::size_t>(std::ranges::count(list, ','));
    record_.excess = std::to_string(record_.left_alone.size() + rest + (list.empty() ? 0 : 1)) +
                     " entries of `messages`";
    record_.left_alone.clear();
    record_.keeps_messages = true;
  }

  void take_all(std::string_view list) {
    while (!list.empty()) take(take_entry(list));
    if (record_.left_alone.empty()) return;
    record_.excess = std::to_string(record_.left_alone.size()) + " entries of `messages`";
  }

 private:
  Record& record_;
  std::unordered_set<std::string> known_;
  std::size_t room_ = 0;
  std::size_t looked_at_ = 0;
};

}  // namespace

std::string_view value_of(const RecordText& text, const char* key) {
  const auto it = text.find(key);
  return it == text.end() ? std::string_view() : std::string_view(it->second);
}

std::vector<std::string> decode_roles(std::string_view text) {
  return split(cut_utf8(text, limits::kTheirBytes), ',');
}

std::vector<std::string> decode_resources(std::string_view text) {
  if (text.size() > limits::kTheirBytes) return {};
  // Only what stands in the list itself is kept, so that its depth costs nothing.
  const auto shallow = [](int depth, json::parse_event_t, const json&) { return depth <= 1; };
  const json list = json::parse(text, shallow, false);
  if (!list.is_array()) return split(text, ',');
  std::vector<std::string> values;
  for (const auto& item : list) {
    if (item.is_string()) values.push_back(item.get<std::string>());
  }
  return values;
}

std::string encode_roles(const std::vector<std::string>& roles, std::size_t most) {
  std::string text;
  for (const std::string& role : roles) {
    if (text.size() + 1 + role.size() > most) break;
    text.append(text.empty() ? "" : ",").append(role);
  }
  return text;
}

std::string encode_resources(const std::vector<std::string>& resources, std::size_t most) {
  std::string items;
  for (const std::string& resource : resources) {
    if (resource.size() > most) break;
    const std::string item = written(resource);
    if (items.size() + item.size() + 3 > most) break;
    items.append(items.empty() ? "" : ",").append(item);
  }
  return items.empty() ? items : "[" + items + "]";
}

void take_over(const RecordText& text, Record& record) {
  TakeOver taking(record, value_of(text, "notifyd").size() > limits::kRecipientBytes);
  const std::string_view channel = value_of(text, "channel_id");
  const std::string_view ts = value_of(text, "timestamp");
  if (!channel.empty() && !ts.empty()) {
    taking.take(std::string(channel).append("/").append(ts));
  }
  const std::string_view list = value_of(text, "messages");
  if (list.size() > limits::kTheirBytes) {
    taking.take_some(list);
  } else {
    taking.take_all(list);
  }
  const std::size_t reviews = reviews_told(text);
  const End resolution = parse_end(value_of(text, "resolution"));
  for (Progress& p : record.recipients) {
    if (!p.announced) continue;
    p.reviews = std::max(p.reviews, reviews);
    // Ours is written there only when everybody was told; another end than ours means later news.
    if (resolution != End::kNone && p.told == End::kNone) p.told = resolution;
  }
}

std::string encode_messages(const Record& record, std::string_view was) {
  std::unordered_set<std::string_view> held(record.left_alone.begin(), record.left_alone.end());
  for (const Progress& p : record.recipients) held.insert(p.message);
  std::unordered_set<std::string_view> there;
  std::string messages;
  const auto add = [&](std::string_view message) {
    if (!is_message(message) || !there.insert(message).second) return;
    messages.append(messages.empty() ? "" : ",").append(message);
  };
  while (!was.empty()) {
    const std::string_view message = take_entry(was);
    if (held.contains(message)) add(message);
  }
  for (const Progress& p : record.recipients) add(p.message);
  return messages;
}

}  // namespace notifyd::delivery
