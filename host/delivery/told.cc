#include "delivery/told.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "delivery/record_codec.h"

namespace notifyd::delivery {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kAnyNumber = std::numeric_limits<std::uint32_t>::max();

// Goes once through JSON as it is written here: without spaces. What it does not know it does not
// pass, so that all of it is decoded.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  // `each(key)` takes the value, or says no.
  template <class Each>
  bool object(Each each) {
    if (!take('{')) return false;
    do {
      const auto key = string();
      if (!key || !take(':') || !each(*key)) return false;
    } while (take(','));
    return take('}');
  }

  template <class Each>
  bool array(Each each) {
    if (!take('[')) return false;
    do {
      if (!each()) return false;
    } while (take(','));
    return take(']');
  }

  // Of one without escapes.
  std::optional<std::string_view> string() {
    if (!take('"')) return std::nullopt;
    const std::size_t end = rest_.find_first_of("\"\\");
    if (end == std::string_view::npos || rest_[end] != '"') return std::nullopt;
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::optional<std::uint32_t> number() {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  // An object, whatever is in it.
  bool skip_object() {
    if (rest_.empty() || rest_.front() != '{') return false;
    std::size_t depth = 0;
    do {
      const std::size_t next = rest_.find_first_of("{}[]\"");
      if (next == std::string_view::npos) return false;
      const char c = rest_[next];
      rest_.remove_prefix(next + 1);
      if (c == '"' && !skip_rest_of_string()) return false;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
    } while (depth > 0);
    return true;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool skip_rest_of_string() {
    for (;;) {
      const std::size_t next = rest_.find_first_of("\"\\");
      if (next == std::string_view::npos) return false;
      const bool end = rest_[next] == '"';
      if (!end && next + 1 == rest_.size()) return false;
      rest_.remove_prefix(next + (end ? 1 : 2));
      if (end) return true;
    }
  }

  std::string_view rest_;
};

// What the recipients of a record have in common, one after the other.
class ToldToAll {
 public:
  // Of `notifyd`.
  bool read(std::string_view ours) {
    Scan scan(ours);
    bool versioned = false;
    const bool known = scan.object([&](std::string_view key) {
      if (key == "req") return scan.skip_object();
      if (key == "v") return versioned = scan.number() == kVersion;
      return key == "to" && !end_ && scan.array([&] { return recipient(scan); });
    });
    return known && versioned && scan.at_end() && end_.has_value();
  }

  End end() const { return *end_; }
  std::uint32_t reviews() const { return reviews_; }
  const std::string& messages() const { return messages_; }  // as teleport-slack's key has them

 private:
  struct Recipient {
    std::string_view id, message;
    bool announced = false;
    std::uint32_t reviews = 0;
    End told = End::kNone;
  };

  bool recipient(Scan& scan) {
    Recipient one;
    const auto text = [&scan](std::string_view& into) {
      const auto value = scan.string();
      into = value.value_or("");
      return value.has_value();
    };
    const auto read = [&](std::string_view key) {
      std::string_view ignored;
      if (key == "as" || key == "rc") return text(ignored);
      if (key == "id") return text(one.id);
      if (key == "msg") return text(one.message);
      if (key == "ok") return one.announced = scan.number() == 1U;
      if (key == "n") return number(scan, one.reviews);
      return key == "st" && told(scan, one.told);
    };
    return scan.object(read) && !one.id.empty() && take(one);
  }

  static bool number(Scan& scan, std::uint32_t& into) {
    const auto value = scan.number();
    into = value.value_or(0);
    return value.has_value();
  }

  static bool told(Scan& scan, End& into) {
    const auto name = scan.string();
    into = name ? parse_end(*name) : End::kNone;
    return into != End::kNone;
  }

  bool take(const Recipient& one) {
    if (!one.announced || (end_ && *end_ != one.told)) return false;
    end_ = one.told;
    reviews_ = std::min(reviews_, one.reviews);
    if (!one.message.empty()) messages_.append(messages_.empty() ? "" : ",").append(one.message);
    return true;
  }

  std::optional<End> end_;
  std::uint32_t reviews_ = kAnyNumber;
  std::string messages_;
};

std::string_view value_of(const teleport::EntryView& entry, std::string_view key) {
  const auto found = std::ranges::find(entry.rbegin(), entry.rend(), key,
                                       [](const auto& item) { return item.first; });
  return found == entry.rend() ? std::string_view() : found->second;
}

// teleport-slack has written what we did not: news, for all that is known here.
bool is_ours_alone(const teleport::EntryView& entry, const ToldToAll& told) {
  const bool ended = told.end() != End::kNone || value_of(entry, "resolution").empty();
  return ended && value_of(entry, "channel_id").empty() &&
         value_of(entry, "messages") == told.messages();
}

}  // namespace

std::optional<teleport::Told> told_to_all(const teleport::EntryView& entry) {
  ToldToAll told;
  if (!told.read(value_of(entry, "notifyd")) || !is_ours_alone(entry, told)) return std::nullopt;
  return teleport::Told{told.end(), told.reviews()};
}

}  // namespace notifyd::delivery
