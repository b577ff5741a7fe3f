// Was it posted? Reads back what the bot posted, by the mark in each message's metadata. Needs the
// history scope of the channel's kind; without it the answer is "can't know". [instance thread]
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "api.h"
#include "directory.h"
#include "notify/module.hpp"
#include "notify/task.hpp"
#include "poster.h"
#include "recipient.h"

namespace slack {

struct Found {
  enum class Known { kYes, kNo, kUnknown, kFailed };
  Known known = Known::kUnknown;
  Target target;    // for kYes
  Outcome outcome;  // why, for kUnknown and kFailed
};

struct Where {
  Recipient to;           // no e-mail address
  std::string thread_ts;  // "": not among replies
  std::int64_t since_ms = 0;
  Standing standing{};        // of what was posted
  std::uint32_t attempt = 0;  // how often it was asked before
};

class Search {
 public:
  Search(const notify::Host& host, Api& api, Directory& directory)
      : host_(host), api_(api), directory_(directory) {}

  notify::Task<Found> find(Where where, std::string key);

 private:
  // What is left to read. What is posted after the first page was read is in none of the others.
  struct Part {
    std::string oldest;  // ts: not what is older
    std::string cursor;  // of the next page; "": the first
    std::string newest;  // ts of the newest message that was seen
    int looks = 1;
  };

  notify::Task<Lookup> readable_channel(Recipient to);
  notify::Task<Found> scan(const Where& where, const std::string& mark, Part& part);
  void keep(const std::string& key, Part part);
  Found unreadable(const Outcome& outcome);

  const notify::Host& host_;
  Api& api_;
  Directory& directory_;
  bool said_unreadable_ = false;
  // Of searches that were sent away between two pages, by key: where to go on. Many that each begin
  // anew would use up Slack's limit and never get to an end.
  std::map<std::string, Part> unfinished_;
};

}  // namespace slack
