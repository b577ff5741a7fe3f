// Digest: one message to one recipient that stands for many Access Requests of one person, and says
// how many there are and what became of them. It is posted once and edited from then on.
//
// Each request keeps its own case, claim and record; instead of asking the module itself the case
// asks here, and waits. Those who wait when a delivery begins get its answer, the others the next
// one's: one is under way at a time, and they come no faster than one in two seconds. What is said
// is computed from all members as they were seen last, so an edit that is lost is made good by the
// next one, and another replica says the same.
//
// [engine thread]
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/engine.h"
#include "delivery/sender.h"
#include "model/access_request.h"
#include "model/cluster.h"
#include "model/digest.h"
#include "model/recipient.h"
#include "module/notifier.h"
#include "notify/task.hpp"

namespace notifyd::delivery {

inline constexpr Millis kBetweenDigests{2'000};

class Digest {
 public:
  // What all digests of a lane share. `cluster` may be another one later.
  struct Surroundings {
    Engine& engine;
    Sender& sender;
    const model::ClusterPtr& cluster;
    bool held = false;  // not all members are known yet: nothing is told
  };
  struct Question {
    std::function<TimePoint()> deadline;  // asked when the delivery begins
    bool search = false;                  // it may have been told before
    unsigned attempt = 0;
  };

  // `id` is in the records of its members. `requester` made all their requests.
  Digest(const Surroundings& around, std::string id, model::Recipient to, std::string requester);

  // A request that stands in it, as it is now.
  void note(const model::AccessRequest& request, model::End end);
  // A record has it; what this process knows already is newer.
  void note_receipt(const std::string& receipt) {
    if (receipt_.empty()) receipt_ = receipt;
  }

  // Tells the recipient what has been noted. Destroying the task forgets the question.
  notify::Task<modules::Answer> tell(Question question);

  // The digests are held no more.
  void go_on() { line_up(); }

  // Nobody waits, and none of its members can change any more but by a decision that is overruled.
  bool at_rest() const;

 private:
  struct Member {
    model::End end = model::End::kNone;
    model::UnixMs created_ms = 0;
    std::vector<std::string> roles;  // a few, and cut
  };
  struct Waiting {
    Question question;
    std::function<void(modules::Answer)> to;
  };
  using Line = std::map<std::uint64_t, Waiting>;
  class Place;

  void line_up();
  void begin();
  notify::Task<> ask();
  bool searches();
  void keep(const modules::Answer& answer);
  void answer_all(const modules::Answer& answer);
  modules::Event event() const;
  model::DigestPtr content() const;

  const Surroundings& around_;
  const std::string id_;
  const model::Recipient to_;
  const std::string requester_;
  std::map<std::string, Member> members_;  // by request
  std::string receipt_;                    // "": not posted as far as is known
  Line waiting_, asked_;                   // asked_: who gets the answer that is awaited
  std::uint64_t last_ = 0;
  bool due_ = false;   // the timer runs
  bool busy_ = false;  // a delivery is under way
  TimePoint not_before_{};
  ScopedTimer timer_;
  notify::Scope asking_;  // last: its task uses all of the above
};

}  // namespace notifyd::delivery
