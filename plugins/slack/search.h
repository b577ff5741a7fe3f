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
  Target target;       // for kYes
  Outcome outcome;     // why, for kUnknown and kFailed
  std::string cursor;  // for kFailed: of the page that was not read; "": the first
};

struct Where {
  std::string channel;    // an id, a user's id, or "#name"
  std::string thread_ts;  // "": not among replies
  std::int64_t since_ms = 0;
  Priority priority = Priority::kAnnouncement;  // of what was posted
  std::uint32_t attempt = 0;                    // how often it was asked before
};

class Search {
 public:
  Search(const notify::Host& host, Api& api, Directory& directory)
      : host_(host), api_(api), directory_(directory) {}

  notify::Task<Found> find(Where where, std::string key);

 private:
  // What is left to read, and when it was begun to be read: what was posted later is not in it.
  struct Part {
    std::string cursor;
    std::int64_t since_ms = 0, began_ms = 0;
    bool is_newer = false;  // what came while the rest was read
  };

  notify::Task<Lookup> readable_channel(std::string channel);
  notify::Task<Found> look(Where where, std::string mark, Part part);
  notify::Task<Found> scan(Where where, std::string key, std::string cursor);
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
