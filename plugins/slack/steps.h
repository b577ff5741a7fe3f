// What is done for one recipient of a request: announce it, reply for a review, conclude it; and
// for the fallback, report who was given up. Each step knows from the receipt how far it got
// before, and says in its answer how far it got now. [instance thread]
#pragma once

#include <string>
#include <string_view>

#include "config.h"
#include "directory.h"
#include "notify/module.hpp"
#include "notify/task.hpp"
#include "poster.h"
#include "receipt.h"
#include "recipient.h"
#include "search.h"

namespace slack {

// Where something for a recipient goes.
struct Destination {
  Outcome outcome;  // ok: `to` is no e-mail address
  Recipient to;
};

class Steps {
 public:
  Steps(const notify::Host& host, const Config& config, Directory& directory, Poster& poster,
        Search& search)
      : host_(host), config_(config), directory_(directory), poster_(poster), search_(search) {}

  // The event outlives the task.
  notify::Task<notify::Answer> run(const notify_event& event, Receipt receipt);

  // Whether the post of this event was made; what was not done after it is done now.
  notify::Task<notify::Answer> find(const notify_event& event, Receipt receipt);

  // Many requests in one message (steps_digest.cc).
  notify::Task<notify::Answer> digest(const notify_event& event, Receipt receipt);
  notify::Task<notify::Answer> find_digest(const notify_event& event, Receipt receipt);

 private:
  notify::Task<notify::Answer> announce(const notify_event& event, Receipt receipt);
  notify::Task<notify::Answer> answer_review(const notify_event& event, Receipt receipt);
  notify::Task<notify::Answer> with_reviews_shown(const notify_event& event, Receipt receipt,
                                                  Outcome replied);
  notify::Task<notify::Answer> conclude(const notify_event& event, Receipt receipt);
  notify::Task<notify::Answer> report_lost(const notify_event& event, Receipt receipt);

  notify::Task<Outcome> reply(const notify_event& event, Receipt& receipt);
  notify::Task<Outcome> show_reviews(const notify_event& event, const Receipt& receipt);
  notify::Task<Outcome> tell(const notify_event& event, Receipt& receipt);
  notify::Task<Outcome> show_end(const notify_event& event, Receipt& receipt);
  notify::Task<Outcome> replace(const notify_event& event, Receipt& receipt);
  notify::Task<Outcome> react(const notify_event& event, Receipt& receipt);

  notify::Task<Posted> send(Post post);
  notify::Task<Destination> destination(const notify_event& event);
  notify::Task<Destination> where_posted(const notify_event& event, const Receipt& receipt);

  std::int64_t since_ms(const notify_event& event) const;
  notify::Answer answer(const notify_event& event, const Outcome& outcome,
                        const Receipt& receipt) const;
  void log_done(const notify_event& event, std::string_view what, const Target& at) const;
  void log_digest(const notify_event& event, std::string_view what, const Target& at) const;

  const notify::Host& host_;
  const Config& config_;
  Directory& directory_;
  Poster& poster_;
  Search& search_;
};

}  // namespace slack
