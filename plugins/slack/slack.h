// The Slack notifier: whom a request concerns, and what each of them sees of it.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "api.h"
#include "config.h"
#include "directory.h"
#include "limiter.h"
#include "notify/module.hpp"
#include "poster.h"
#include "routing.h"
#include "search.h"
#include "steps.h"

namespace slack {

class Slack {
 public:
  explicit Slack(notify::Host& host);  // throws: the configuration can't work

  notify::Task<notify::Answer> route(const notify_event& event);
  notify::Task<notify::Answer> deliver(const notify_event& event);
  notify::Task<notify::Answer> find(const notify_event& event);
  notify::Task<notify::Answer> check();
  void abandon() { limiter_.end(); }

 private:
  struct Resolved {
    Addressee addressee;
    Recipient to;  // the user whose address it is, the channel that is called so
  };

  notify::Task<Outcome> resolve(std::vector<Resolved>& resolved, std::uint64_t until_ms);
  notify::Task<Outcome> merge_channel_names(std::vector<Resolved>& resolved,
                                            std::uint64_t until_ms);
  notify::Answer recipients(const std::vector<Resolved>& resolved);
  void add_fallback(notify::Answer& answer);
  void say_not_told(const notify_request& request, std::size_t count);
  void say_nobody(const notify_request& request, const std::vector<std::string>& nobody);
  void say_channels_unlisted(const Outcome& outcome);
  void log_workspace(const Json& identity) const;
  void log_missing_scopes();

  notify::Host& host_;
  const Config config_;
  Limiter limiter_;
  Api api_;
  Poster poster_;
  bool said_channels_unlisted_ = false;
  std::unordered_set<std::string> said_not_told_;  // requests
  std::unordered_set<std::string> said_nobody_;    // what rules wrote
  Directory directory_;                            // its tasks use the above
  Search search_;
  Steps steps_;
};

}  // namespace slack
