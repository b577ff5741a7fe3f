#include "directory.h"

#include <algorithm>
#include <deque>

#include "text.h"

namespace slack {
namespace {

constexpr std::uint64_t kHitMs = 3'600'000;
constexpr std::uint64_t kMissMs = 300'000;
// How old a "no" may be that costs somebody a message. A person is asked for alone, channels are
// listed page by page, and Slack takes 20 pages a minute.
constexpr std::uint64_t kNoUserMs = 2'000;
constexpr std::uint64_t kNoChannelMs = 10'000;
constexpr std::size_t kMostEntries = 8192;
constexpr int kMostPages = 100;
// What a channel says of itself may be kilobytes. A page that comes to no whole answer, perhaps
// because the host takes none so large, is asked for once more with fewer.
constexpr int kPageSize = 500;
constexpr int kSmallPageSize = 100;
constexpr const char* kTeam = "team_id";
constexpr std::string_view kPublicAndPrivate = "public_channel,private_channel";
constexpr std::string_view kPublic = "public_channel";

void add_channels(const Json& channels, std::map<std::string, std::string, std::less<>>& to) {
  if (!channels.is_array()) return;
  for (const Json& channel : channels) {
    std::string id = text_at(channel, "id");
    std::string name = text_at(channel, "name");
    if (is_answered_channel(id) && !name.empty()) to.emplace(std::move(name), std::move(id));
  }
}

// How long an answer holds; 0: it was none. A scope does not come back by asking again at once.
std::uint64_t lifetime_ms(const Lookup& lookup) {
  if (lookup.outcome.kind == Kind::kScope) return kMissMs;
  if (!lookup.outcome.ok()) return 0;
  return lookup.id.empty() ? kMissMs : kHitMs;
}

std::string team_names(const Json& teams) {
  std::string out;
  for (const Json& team : teams) {
    out += (out.empty() ? "" : ", ") + shortened(one_line(clean(text_at(team, "id"))), 20) + " (" +
           shortened(one_line(clean(text_at(team, "name"))), 40) + ")";
  }
  return out.empty() ? "none" : out;
}

using IsId = bool (*)(std::string_view);

Lookup lookup_of(const ApiReply& reply, std::string id, IsId is_id) {
  Lookup lookup;
  // "No such user" is an answer, and one that is kept.
  if (reply.outcome.kind != Kind::kDestination) lookup.outcome = reply.outcome;
  if (reply.ok() && is_id(id)) lookup.id = std::move(id);
  if (reply.ok() && lookup.id.empty()) {
    lookup.outcome = outcome_of(Kind::kRetry, false,
                                "Slack answered a lookup without an id, or with one that is none");
  }
  return lookup;
}

Lookup not_in_time() {
  Lookup lookup;
  lookup.outcome = outcome_of(Kind::kRetry, false, "a lookup was not answered in time");
  return lookup;
}

}  // namespace

notify::Task<Lookup> Directory::user(std::string email, Standing standing) {
  const std::string key = lower(email);
  Ask ask = [this, key, standing] { return ask_user(key, standing, false); };
  auto answer = shared(users_, key, std::move(ask), kNoUserMs);
  Lookup lookup = co_await answer;
  co_return lookup;
}

notify::Task<std::vector<Lookup>> Directory::users_soon(std::vector<std::string> emails,
                                                        std::uint64_t until_ms) {
  std::deque<notify::Reply<Lookup>> replies(emails.size());
  std::vector<To> all;
  all.reserve(replies.size());
  for (const auto& reply : replies) all.push_back(reply.to());
  for (std::size_t i = 0; i < emails.size(); ++i) {
    const std::string key = lower(emails[i]);
    const Ask ask = [this, key] { return ask_user(key, Standing{}, true); };
    seek(users_, key, ask, kMissMs, all[i]);
  }
  notify::Alarm late(host_, [all] {
    for (const To& to : all) to(not_in_time());
  });
  late.no_later_than(until_ms);
  std::vector<Lookup> lookups;
  for (const auto& reply : replies) {
    Lookup lookup = co_await reply;
    lookups.push_back(std::move(lookup));
  }
  co_return lookups;
}

notify::Task<Lookup> Directory::direct(std::string user_id) {
  Ask ask = [this, user_id] { return ask_direct(user_id); };
  auto answer = shared(directs_, user_id, std::move(ask), kMissMs);
  Lookup lookup = co_await answer;
  co_return lookup;
}

notify::Task<Lookup> Directory::channel(std::string name) {
  const Ask ask = [this] { return list_all_channels(); };
  auto listing = shared(listings_, "", ask, kMissMs);
  const Lookup listed = co_await listing;
  Lookup lookup = in_listing(listed, name);
  const bool missed = lookup.outcome.ok() && lookup.id.empty();
  if (!missed && lookup.outcome.kind != Kind::kScope) co_return lookup;
  auto anew = shared(listings_, "", ask, kNoChannelMs);
  const Lookup listed_anew = co_await anew;
  co_return in_listing(listed_anew, name);
}

notify::Task<Lookup> Directory::channel_soon(std::string name, std::uint64_t until_ms) {
  notify::Reply<Lookup> listing;
  const To to = listing.to();
  const Ask ask = [this] { return list_all_channels(); };
  seek(listings_, "", ask, kMissMs, to);
  notify::Alarm late(host_, [to] { to(not_in_time()); });
  late.no_later_than(until_ms);
  const Lookup listed = co_await listing;
  co_return in_listing(listed, name);
}

Lookup Directory::in_listing(const Lookup& listing, const std::string& name) const {
  Lookup lookup = listing;
  lookup.id.clear();
  if (!lookup.outcome.ok()) return lookup;
  const auto found = channels_.find(name);
  if (found != channels_.end()) lookup.id = found->second;
  return lookup;
}

// The call runs in a task of its own, so that it ends well for the others when the one who asked
// first is ended.
void Directory::seek(Entries& entries, const std::string& key, const Ask& ask,
                     std::uint64_t miss_ms, To to) {
  make_room(entries);
  Entry& entry = entries[key];
  const std::uint64_t now = host_.mono_ms();
  const bool hit = entry.lookup.outcome.ok() && !entry.lookup.id.empty();
  if (entry.until_ms > now && (hit || now - entry.known_ms < miss_ms)) return to(entry.lookup);
  entry.waiting.push_back(std::move(to));
  if (std::exchange(entry.asking, true)) return;
  asking_.run(run(entries, key, ask()));
}

notify::Task<Lookup> Directory::shared(Entries& entries, std::string key, Ask ask,
                                       std::uint64_t miss_ms) {
  notify::Reply<Lookup> reply;
  seek(entries, key, ask, miss_ms, reply.to());
  Lookup lookup = co_await reply;
  co_return lookup;
}

notify::Task<> Directory::run(Entries& entries, std::string key, notify::Task<Lookup> ask) {
  Lookup lookup;
  try {
    lookup = co_await ask;
  } catch (const std::exception& e) {
    lookup.outcome = outcome_of(Kind::kRetry, false, e.what());
  }
  settle(entries, key, lookup);
}

void Directory::settle(Entries& entries, const std::string& key, const Lookup& lookup) {
  const auto found = entries.find(key);
  const auto waiting = std::exchange(found->second.waiting, {});
  const std::uint64_t lifetime = lifetime_ms(lookup);
  if (lifetime == 0) {
    entries.erase(found);
  } else {
    const std::uint64_t now = host_.mono_ms();
    found->second = {lookup, now, now + lifetime, false, {}};
  }
  for (const auto& to : waiting) to(lookup);
}

void Directory::make_room(Entries& entries) const {
  if (entries.size() < kMostEntries) return;
  std::erase_if(entries, [](const auto& entry) { return !entry.second.asking; });
}

// ---- The workspace of an organisation's token ----

notify::Task<ApiReply> Directory::ask(ApiCall call) {
  if (!team_id_.empty()) call.args.set(kTeam, team_id_);
  auto asking = api_.call(call);
  ApiReply reply = co_await asking;
  const std::string lacks = text_at(reply.body, "arg");
  const bool wanted = reply.outcome.code == "missing_argument" && (lacks.empty() || lacks == kTeam);
  if (!wanted || !team_id_.empty()) co_return reply;
  auto learning = learn_team();
  co_await learning;
  if (team_id_.empty()) co_return reply;
  call.args.set(kTeam, team_id_);
  auto again = api_.call(call);
  reply = co_await again;
  co_return reply;
}

notify::Task<> Directory::learn_team() {
  note_org_wide();
  if (!team_id_.empty()) co_return;
  Ask asked = [this] { return ask_team(); };
  auto asking = shared(teams_, "", std::move(asked), kMissMs);
  const Lookup team = co_await asking;
  if (team_id_.empty()) team_id_ = team.id;
}

notify::Task<Lookup> Directory::ask_team() {
  ApiCall call;
  call.method = "auth.teams.list";
  call.encoding = Encoding::kForm;
  call.args.set("limit", "20");
  auto asking = api_.call(call);
  const ApiReply reply = co_await asking;
  Lookup team;
  team.outcome = reply.outcome;
  const Json& teams = child_at(reply.body, "teams");
  if (!reply.ok() || !teams.is_array()) co_return team;
  if (teams.size() == 1 && is_team(text_at(teams[0], "id"))) {
    team.id = text_at(teams[0], "id");
  } else {
    say_teams(team_names(teams));
  }
  co_return team;
}

void Directory::say_teams(const std::string& names) {
  if (std::exchange(said_teams_, true)) return;
  host_.log(
      NOTIFY_LOG_WARN,
      "the token is of an organisation with several workspaces, so channels can't be found by "
      "their names: set slack.team_id to the workspace's id, or write channels' ids",
      {{"workspaces", names}});
}

notify::Task<Lookup> Directory::ask_user(std::string email, Standing standing, bool at_once) {
  ApiCall call;
  call.method = "users.lookupByEmail";
  call.standing = std::move(standing);
  call.at_once = at_once;
  call.encoding = Encoding::kForm;
  call.args.set("email", email);
  auto asking = ask(std::move(call));
  const ApiReply reply = co_await asking;
  co_return lookup_of(reply, text_at(child_at(reply.body, "user"), "id"), &is_answered_user);
}

notify::Task<Lookup> Directory::ask_direct(std::string user_id) {
  ApiCall call;
  call.method = "conversations.open";
  call.args.set("users", user_id);
  auto asking = api_.call(call);
  const ApiReply reply = co_await asking;
  co_return lookup_of(reply, text_at(child_at(reply.body, "channel"), "id"), &is_answered_channel);
}

// Private channels too, if the app may see them.
notify::Task<Lookup> Directory::list_all_channels() {
  auto both = list_channels(std::string(kPublicAndPrivate));
  Lookup lookup = co_await both;
  if (lookup.outcome.kind != Kind::kScope) co_return lookup;
  auto only_public = list_channels(std::string(kPublic));
  lookup = co_await only_public;
  co_return lookup;
}

notify::Task<Lookup> Directory::list_channels(std::string types) {
  std::map<std::string, std::string, std::less<>> found;
  std::string cursor;
  int page_size = kPageSize;
  for (int page = 0; page < kMostPages; ++page) {
    ApiCall call;
    call.method = "conversations.list";
    call.encoding = Encoding::kForm;
    call.args.set("types", types);
    call.args.set("exclude_archived", "true");
    call.args.set("limit", std::to_string(page_size));
    if (!cursor.empty()) call.args.set("cursor", cursor);
    auto asking = ask(std::move(call));
    const ApiReply reply = co_await asking;
    if (reply.cut_off && std::exchange(page_size, kSmallPageSize) == kPageSize) continue;
    Lookup failure;
    failure.outcome = reply.outcome;
    if (!reply.ok()) co_return failure;
    add_channels(child_at(reply.body, "channels"), found);
    cursor = text_at(child_at(reply.body, "response_metadata"), "next_cursor");
    if (cursor.empty()) break;
  }
  channels_ = std::move(found);
  co_return Lookup{};
}

}  // namespace slack
