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

namespace slack {

struct Found {
  enum class Answer { kYes, kNo, kUnknown, kFailed };
  Answer answer = Answer::kUnknown;
  Target target;    // for kYes
  Outcome outcome;  // why, for kUnknown and kFailed
};

struct Unfinished {
  std::string cursor;         // "": from the first page
  std::int64_t began_ms = 0;  // by Host::unix_ms()
};

struct Where {
  std::string channel;    // an id, a user's id, or "#name"
  std::string thread_ts;  // "": not among replies
  std::int64_t since_ms = 0;
  Priority priority = Priority::kAnnouncement;  // of what was posted
};

class Search {
 public:
  Search(const notify::Host& host, Api& api, Directory& directory)
      : host_(host), api_(api), directory_(directory) {}

  notify::Task<Found> find(Where where, std::string key);

 private:
  notify::Task<Lookup> readable_channel(std::string channel);
  notify::Task<Found> scan(Where where, std::string key, Unfinished from);
  void keep(const std::string& key, Unfinished scan);
  Found unreadable(const Outcome& outcome);

  const notify::Host& host_;
  Api& api_;
  Directory& directory_;
  bool said_unreadable_ = false;
  // Of scans that were sent away between two pages, by key: where to go on. Many that each begin anew
  // would use up Slack's limit and never get to an end.
  std::map<std::string, Unfinished> unfinished_;
};

}  // namespace slack
