#include "search.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "poster.h"
#include "text.h"

namespace slack {
namespace {

constexpr int kMostPages = 40;
constexpr std::uint32_t kPatience = 3;  // a quarter of an hour
constexpr std::size_t kMostUnfinished = 1024;
constexpr int kMostLooks = 4;  // in a very busy channel there is always something newer
// A page of usual messages stays well below what the host takes as an answer. One that comes to no
// whole answer is asked for once more with fewer.
constexpr int kPageSize = 100;
constexpr int kSmallPageSize = 20;
// How far Teleport's clock may be ahead of Slack's. History comes newest first, so looking back
// further costs a page only where nothing is found.
constexpr std::int64_t kClockSkewMs = std::int64_t{10} * 60 * 1000;

std::string oldest_of(const Where& where) {
  const std::int64_t since = std::max<std::int64_t>(0, where.since_ms - kClockSkewMs);
  return std::to_string(since / 1000) + ".000000";
}

ApiCall page_call(const Where& where, const std::string& oldest, const std::string& cursor,
                  int page_size) {
  ApiCall call;
  call.method = where.thread_ts.empty() ? "conversations.history" : "conversations.replies";
  call.encoding = Encoding::kForm;
  call.standing = where.standing;
  call.channel = where.to.id();
  call.args.set("channel", where.to.value);
  if (!where.thread_ts.empty()) call.args.set("ts", where.thread_ts);
  call.args.set("oldest", oldest);
  call.args.set("include_all_metadata", "true");
  call.args.set("limit", std::to_string(page_size));
  if (!cursor.empty()) call.args.set("cursor", cursor);
  return call;
}

std::optional<std::string> ts_with(const Json& messages, const std::string& key) {
  for (const Json& message : messages) {
    const Json& metadata = child_at(message, "metadata");
    if (text_at(metadata, "event_type") != kEventType) continue;
    if (text_at(child_at(metadata, "event_payload"), "key") != key) continue;
    if (std::string ts = text_at(message, "ts"); is_ts(ts)) return ts;
  }
  return std::nullopt;
}

// Slack's own clock, in digits of one width.
std::string newest_of(const Json& messages, std::string newest) {
  for (const Json& message : messages) {
    if (std::string ts = text_at(message, "ts"); is_ts(ts)) newest = std::max(newest, ts);
  }
  return newest;
}

Found failed(const Outcome& outcome) {
  Found found;
  found.known = Found::Known::kFailed;
  found.outcome = outcome;
  return found;
}

// The same token may post where it may not read.
bool is_about_reading(const Outcome& refusal) {
  return refusal.code == "not_allowed_token_type" || refusal.code == "is_bot";
}

// Nothing that repeating the question would change, or is known to: an announcement waits for the
// answer, perhaps for ever. What is no word of Slack's will pass, and if it does not, twice
// announced is better than never.
bool is_final(const Outcome& outcome, std::uint32_t attempt) {
  switch (outcome.kind) {
    case Kind::kNotSlack:
      return attempt >= kPatience;
    case Kind::kAuth:
      return is_about_reading(outcome);
    case Kind::kScope:
    case Kind::kSetup:
    case Kind::kDestination:
    case Kind::kThread:
    case Kind::kGone:
    case Kind::kContent:
    case Kind::kIgnore:
    case Kind::kUnknown:
      return true;
    default:
      return false;
  }
}

}  // namespace

notify::Task<Found> Search::find(Where where, std::string key) {
  auto locating = readable_channel(where.to);
  const Lookup place = co_await locating;
  if (!place.outcome.ok()) {
    co_return is_final(place.outcome, where.attempt) ? unreadable(place.outcome)
                                                     : failed(place.outcome);
  }
  if (place.id.empty()) {
    Found nowhere;
    nowhere.outcome.detail = "no channel " + where.to.id() + " among those that the app can see";
    co_return unreadable(nowhere.outcome);
  }
  where.to = Recipient::of_channel(place.id);
  const std::string mark = mark_key(key);
  const auto unfinished = unfinished_.extract(mark);
  Part part{oldest_of(where), "", "", 1};
  if (!unfinished.empty()) part = unfinished.mapped();
  for (;;) {
    const bool goes_on = !part.cursor.empty();
    auto scanning = scan(where, mark, part);
    Found found = co_await scanning;
    const bool got_on = !part.cursor.empty() || part.looks > 1;
    if (found.known == Found::Known::kFailed && got_on) keep(mark, part);
    if (found.known != Found::Known::kNo || !goes_on || part.looks == kMostLooks) co_return found;
    part = {part.newest.empty() ? part.oldest : part.newest, "", part.newest, part.looks + 1};
  }
}

// History is read by a channel's id only.
notify::Task<Lookup> Search::readable_channel(Recipient to) {
  Lookup known;
  known.id = to.value;
  if (to.kind == Recipient::Kind::kChannelId) co_return known;
  auto asking = to.is_person() ? directory_.direct(to.value) : directory_.channel(to.value);
  Lookup lookup = co_await asking;
  co_return lookup;
}

notify::Task<Found> Search::scan(const Where& where, const std::string& mark, Part& part) {
  int page_size = kPageSize;
  for (int page = 0; page < kMostPages; ++page) {
    const ApiCall call = page_call(where, part.oldest, part.cursor, page_size);
    auto asking = api_.call(call);
    const ApiReply reply = co_await asking;
    if (reply.cut_off && std::exchange(page_size, kSmallPageSize) == kPageSize) continue;
    if (!reply.ok()) {
      if (is_final(reply.outcome, where.attempt)) co_return unreadable(reply.outcome);
      if (reply.outcome.code == "invalid_cursor") part.cursor.clear();
      co_return failed(reply.outcome);
    }
    const Json& messages = child_at(reply.body, "messages");
    if (!messages.is_array()) {
      co_return failed(
          outcome_of(Kind::kUnsure, false, "Slack's answer to a search lacks messages"));
    }
    Found found;
    if (const auto ts = ts_with(messages, mark)) {
      found.known = Found::Known::kYes;
      found.target.channel = where.to.value;
      found.target.ts = *ts;
      co_return found;
    }
    part.newest = newest_of(messages, std::move(part.newest));
    part.cursor = text_at(child_at(reply.body, "response_metadata"), "next_cursor");
    found.known = Found::Known::kNo;
    if (part.cursor.empty()) co_return found;
  }
  Found unknown;
  unknown.outcome.detail = "the channel's history since the request is too long to read";
  co_return unknown;
}

void Search::keep(const std::string& key, Part part) {
  if (unfinished_.size() >= kMostUnfinished) unfinished_.clear();
  unfinished_[key] = std::move(part);
}

Found Search::unreadable(const Outcome& outcome) {
  Found unknown;
  unknown.outcome.detail = outcome.detail;
  if (!std::exchange(said_unreadable_, true)) {
    host_.log(
        NOTIFY_LOG_INFO,
        "can't look whether a message of unsure outcome was posted; the app must be in the "
        "channel, and have the scopes channels:history, groups:history, im:history, im:write, "
        "channels:read and groups:read",
        {{"detail", outcome.detail}});
  }
  return unknown;
}

}  // namespace slack
