// Whom a text names. It is parsed once, where it comes in; what comes out says what it is, and
// nothing later guesses again from the looks.
//
// docs/recipients.md lists the spellings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace slack {

struct Recipient {
  enum class Kind { kChannelId, kUserId, kChannelName, kEmail };

  Kind kind = Kind::kChannelId;
  std::string value;    // an id as Slack writes it; a name in lower case, without '#'; an address
  std::string written;  // as a person wrote it, without the space around

  // As records of requests have it: "C0DEV00001", "#dev", "bob@example.com". The released versions
  // wrote these, so they stay.
  std::string id() const;

  bool is_email() const { return kind == Kind::kEmail; }
  bool is_person() const { return kind == Kind::kEmail || kind == Kind::kUserId; }

  static Recipient of_channel(std::string id) { return {Kind::kChannelId, std::move(id), ""}; }
  static Recipient of_user(std::string id) { return {Kind::kUserId, std::move(id), ""}; }
  // What id() gave, in this version or an earlier one. Never fails: what is none of the others is
  // taken for a channel's id, and Slack says that there is no such channel.
  static Recipient of_id(std::string_view id);
};

// Why a text names nobody who can get a message, and what to write instead. One line, and fit to be
// shown: `"@here" is ...; write ...`.
struct NoRecipient {
  std::string why;
};

// Every spelling that Slack, its clients and teleport-slack know.
std::variant<Recipient, NoRecipient> parse_recipient(std::string_view written);

// A Teleport user name, which names a Slack user only where it is a plain e-mail address.
std::optional<Recipient> recipient_of_user_name(std::string_view name);

}  // namespace slack
