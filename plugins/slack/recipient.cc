#include "recipient.h"

#include <algorithm>
#include <array>
#include <utility>

#include "spelling.h"
#include "text.h"

namespace slack {
namespace {

using Kind = Recipient::Kind;
using Parsed = std::variant<Recipient, NoRecipient>;

constexpr std::string_view kChannels = "CGD";
constexpr std::string_view kUsers = "UW";
constexpr std::size_t kShown = 100;  // characters of a text in an error
constexpr const char* kWrite =
    "; write a channel (\"#access-requests\", or its id), an e-mail address, or a member ID "
    "(U..., from the person's profile in Slack)";

// What reaches many at once: Slack expands it inside a message and posts to none of it.
constexpr std::array<std::string_view, 4> kMentions{"here", "channel", "everyone", "group"};

bool begins_with(std::string_view text, std::string_view part) {
  return lower(text.substr(0, part.size())) == part;
}

// What somebody wrote, for an error: never more than a line, and never a secret.
std::string shown(std::string_view written) {
  if (may_be_secret(written)) return "(not shown, it may be a secret)";
  return "\"" + shortened(one_line(clean(written)), kShown) + "\"";
}

NoRecipient nobody(std::string_view written, const std::string& why) {
  return {shown(written) + " " + why};
}

NoRecipient group(std::string_view written) {
  return nobody(written,
                "is a user group, and no message can be posted to one; write a channel that its "
                "members are in, or each member's e-mail address");
}

NoRecipient mention(std::string_view written) {
  return nobody(
      written,
      "is a mention that reaches whoever is in a channel, and no message can be posted to "
      "it; write the channel (\"#access-requests\")");
}

NoRecipient user_name(std::string_view written) {
  return nobody(written,
                "looks like a user name; Slack finds nobody by a name, which people choose and "
                "change: write the person's e-mail address, or the member ID (U..., from the "
                "profile in Slack)");
}

std::optional<Recipient> of_id_form(std::string_view text) {
  if (is_written_id(text, kUsers)) return Recipient::of_user(std::string(text));
  if (is_written_id(text, kChannels)) return Recipient::of_channel(std::string(text));
  return std::nullopt;
}

bool has_digit_second(std::string_view text) {
  return text.size() > 1 && text[1] >= '0' && text[1] <= '9';
}

bool is_mention(std::string_view name) {
  const std::string known = lower(name);
  return std::find(kMentions.begin(), kMentions.end(), known) != kMentions.end();
}

Recipient of_email(std::string_view address) { return {Kind::kEmail, lower(address), ""}; }

// One reading of `text`, which somebody wrote as `written`.
class Reading {
 public:
  Reading(std::string_view written, std::string_view text) : written_(written), text_(text) {}

  Parsed parse() const {
    if (text_.empty()) {
      return nobody(written_, std::string("is empty") + kWrite + ", or remove the entry");
    }
    if (may_be_secret(text_)) {
      return nobody(written_, std::string("is no recipient") + kWrite);
    }
    if (text_.back() == '>' && text_.find('<') != std::string_view::npos) return angle();
    if (begins_with(text_, "mailto:")) return mailto();
    if (const auto named = named_in_slack_url(text_)) return in_url(*named);
    const bool commented = text_.back() == ')' && text_.find('(') != std::string_view::npos;
    if (commented) return with_comment();
    if (text_.find("://") != std::string_view::npos) {
      return nobody(written_, std::string("is no address of a channel in Slack") + kWrite);
    }
    return plain();
  }

 private:
  Reading of(std::string_view text) const { return {written_, without_edges(text)}; }

  // <@U0123ABCD|alice>, <#C0123ABCD|dev>, <!here>, <mailto:a@b|a@b>, Alice <a@b>
  Parsed angle() const {
    const std::size_t open = text_.rfind('<');
    std::string_view inside = text_.substr(open + 1, text_.size() - open - 2);
    inside = without_edges(inside.substr(0, inside.find('|')));
    if (names_more_than(inside, without_edges(text_.substr(0, open)))) return several();
    if (begins_with(inside, "!subteam")) return group(written_);
    if (!inside.empty() && inside.front() == '!') return mention(written_);
    Parsed parsed = of(inside).parse();
    const auto* found = std::get_if<Recipient>(&parsed);
    if (found == nullptr || found->kind != Kind::kChannelName) return parsed;
    return nobody(written_, std::string("names nobody between < and >") + kWrite);
  }

  // "Doe, Jane <jane@example.com>" is one person, and so is an address that stands for the name.
  static bool names_more_than(std::string_view inside, std::string_view before) {
    if (before.find_first_of("<>") != std::string_view::npos) return true;
    if (before.find('@') == std::string_view::npos) return false;
    const bool quoted = before.size() > 1 && before.front() == '"' && before.back() == '"';
    if (quoted) before = before.substr(1, before.size() - 2);
    return lower(before) != lower(inside);
  }

  NoRecipient several() const {
    return nobody(written_,
                  "names more than one; write several recipients as a list: [\"#dev\", "
                  "\"alice@example.com\"]");
  }

  Parsed mailto() const {
    const std::string_view address = text_.substr(7, text_.find('?') - 7);
    return of(address).address();
  }

  Parsed in_url(const std::string& named) const {
    if (const auto id = of_id_form(named)) return *id;
    if (named.empty() || !fault_of_name(lower_name(named)).empty()) {
      return nobody(written_, std::string("is an address of Slack's that names no channel and "
                                          "nobody") +
                                  kWrite);
    }
    return of(named).plain();
  }

  Parsed plain() const {
    if (text_.front() == '@' || begins_with(text_, "\uFF20")) return after_at();
    if (text_.front() == '#' || begins_with(text_, "\uFF03")) return after_hash();
    if (const auto id = of_id_form(text_)) return *id;
    if (text_.find('@') != std::string_view::npos) return address();
    return other_id_or_name();
  }

  // alice@example.com (Alice), [dev](https://acme.slack.com/archives/C0123ABCD)
  Parsed with_comment() const {
    const std::size_t open = text_.rfind('(');
    const std::string_view before = without_edges(text_.substr(0, open));
    if (is_email(before) && clean(before) == before) return of_email(before);
    const std::string_view inside = text_.substr(open + 1, text_.size() - open - 2);
    if (const auto named = named_in_slack_url(inside)) return in_url(*named);
    return text_.find('@') == std::string_view::npos ? name() : address();
  }

  Parsed after_at() const {
    const Reading rest = of(text_.substr(text_.front() == '@' ? 1 : 3));
    if (const auto id = of_id_form(rest.text_)) return *id;
    if (rest.text_.find('@') != std::string_view::npos) return rest.address();
    if (is_mention(rest.text_)) return mention(written_);
    if (is_written_id(rest.text_, "S")) return group(written_);
    return user_name(written_);
  }

  Parsed after_hash() const {
    Reading rest = of(text_.substr(text_.front() == '#' ? 1 : 3));
    while (!rest.text_.empty() && rest.text_.front() == '#') rest = of(rest.text_.substr(1));
    // Whoever writes #DATABASE means a name.
    const auto id = of_id_form(rest.text_);
    if (id && has_digit_second(rest.text_)) return *id;
    if (rest.text_.find('@') != std::string_view::npos) return rest.address();
    return rest.name();
  }

  Parsed address() const {
    if (is_email(text_) && clean(text_) == text_) return of_email(text_);
    return no_address();
  }

  Parsed no_address() const {
    if (text_.find_first_of(",;") != std::string_view::npos) return several();
    return nobody(written_, "is no e-mail address; write it as in \"alice@example.com\"");
  }

  Parsed other_id_or_name() const {
    const bool id = text_.size() >= 9 && has_digit_second(text_);
    if (id && is_written_id(text_, "S")) return group(written_);
    if (id && is_written_id(text_, "TEAB")) {
      return nobody(written_,
                    std::string("is the id of a workspace, an organisation or an app") + kWrite);
    }
    return name();
  }

  Parsed name() const {
    const std::string name = lower_name(text_);
    const std::string fault = text_.empty() ? "is empty" : fault_of_name(name);
    if (fault.empty()) return Recipient{Kind::kChannelName, name, ""};
    if (text_.find_first_of(",;") != std::string_view::npos) return several();
    return nobody(written_, "is no name of a channel, it " + fault + kWrite);
  }

  std::string_view written_, text_;
};

}  // namespace

std::string Recipient::id() const { return (kind == Kind::kChannelName ? "#" : "") + value; }

Recipient Recipient::of_id(std::string_view id) {
  if (!id.empty() && id.front() == '#') return {Kind::kChannelName, std::string(id.substr(1)), ""};
  if (id.find('@') != std::string_view::npos) return {Kind::kEmail, std::string(id), ""};
  const bool user = !id.empty() && kUsers.find(id.front()) != std::string_view::npos;
  return {user ? Kind::kUserId : Kind::kChannelId, std::string(id), ""};
}

Parsed parse_recipient(std::string_view written) {
  const std::string_view text = without_edges(written);
  Parsed parsed = Reading(text, text).parse();
  if (auto* recipient = std::get_if<Recipient>(&parsed)) recipient->written = text;
  return parsed;
}

std::optional<Recipient> recipient_of_user_name(std::string_view name) {
  const std::string_view text = trim(name);
  if (!is_email(text)) return std::nullopt;
  return Recipient{Kind::kEmail, lower(text), std::string(text)};
}

}  // namespace slack
