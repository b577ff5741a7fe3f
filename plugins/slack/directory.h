// Who is who in the workspace: e-mail -> user id, channel name -> channel id. Answers are kept for
// a while, misses too, and those who ask for the same at once share one call. Where a miss would
// give somebody up (user, channel) it is not kept for longer than seconds: a person may have mended
// it. [instance thread]
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api.h"
#include "ids.h"
#include "notify/module.hpp"
#include "notify/task.hpp"

namespace slack {

struct Lookup {
  Outcome outcome;  // ok: the answer is known, "there is none" included
  std::string id;   // "": there is none
};

class Directory {
 public:
  // `team_id`: the workspace, where the token is an organisation's; "": learnt where it is needed.
  Directory(const notify::Host& host, Api& api, std::string team_id)
      : host_(host), api_(api), team_id_(std::move(team_id)), org_wide_(!team_id_.empty()) {}

  notify::Task<Lookup> user(std::string email, Standing standing);

  // For who can do without: one answer each, in this order. What would have to wait for its turn is
  // not asked, and what is not known at `until_ms` of Host::mono_ms() is not waited for.
  notify::Task<std::vector<Lookup>> users_soon(std::vector<std::string> emails,
                                               std::uint64_t until_ms);

  // `name` as Slack writes it, without '#'. Not ok with Kind::kScope when the app may not list
  // channels.
  notify::Task<Lookup> channel(std::string name);
  notify::Task<Lookup> channel_soon(std::string name, std::uint64_t until_ms);

  // An organisation's token: it posts to no channel by its name, and lists only where it says which
  // workspace is meant.
  bool org_wide() const { return org_wide_; }
  void note_org_wide() { org_wide_ = true; }
  // Learns the workspace; says what to set where there is more than one.
  notify::Task<> learn_team();

  // The direct-message channel of a user; asks for the scope im:write.
  notify::Task<Lookup> direct(std::string user_id);

 private:
  using To = std::function<void(Lookup)>;
  using Ask = std::function<notify::Task<Lookup>()>;
  struct Entry {
    Lookup lookup;
    std::uint64_t known_ms = 0;
    std::uint64_t until_ms = 0;
    bool asking = false;
    std::vector<To> waiting;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  // Gives the answer for `key`, now or later: from `entries`, or by running `ask`, which ends with
  // settle(). A miss that is older than `miss_ms` is none; a listing, which has no id, counts as
  // one.
  void seek(Entries& entries, const std::string& key, const Ask& ask, std::uint64_t miss_ms, To to);
  notify::Task<Lookup> shared(Entries& entries, std::string key, Ask ask, std::uint64_t miss_ms);
  notify::Task<> run(Entries& entries, std::string key, notify::Task<Lookup> ask);
  void settle(Entries& entries, const std::string& key, const Lookup& lookup);
  void make_room(Entries& entries) const;

  notify::Task<ApiReply> ask(ApiCall call);
  notify::Task<Lookup> ask_team();
  void say_teams(const std::string& names);
  notify::Task<Lookup> ask_user(std::string email, Standing standing, bool at_once);
  notify::Task<Lookup> ask_direct(std::string user_id);
  notify::Task<Lookup> list_channels(std::string types);
  notify::Task<Lookup> list_all_channels();
  Lookup in_listing(const Lookup& listing, const std::string& name) const;

  const notify::Host& host_;
  Api& api_;
  std::string team_id_;
  bool org_wide_;
  bool said_teams_ = false;
  Entries users_, directs_, listings_, teams_;
  std::map<std::string, std::string, std::less<>> channels_;  // of the newest listing
  notify::Scope asking_;                                      // last: its tasks use all the above
};

}  // namespace slack
