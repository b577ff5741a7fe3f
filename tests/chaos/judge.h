// Judge: compares what Slack shows with what it should show, for each request and each recipient.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chaos/shown.h"
#include "sim/slack/model.h"

namespace notifyd::chaos {

// One Access Request as it really went.
struct Truth {
  std::string id;
  std::string requester;             // e-mail address
  std::set<std::string> reviewers;   // who is told besides: "#prod", "bob@example.com"
  std::vector<std::string> ends;     // decisions, oldest first: "APPROVED", "DENIED"
  bool gone = false;                 // Teleport has it no more
  bool gaps = false;                 // replies may be missing: the reviews went unseen, or nobody
                                     // could look whether a reply had been made
  bool on_record = false;            // its plugin data names recipients
  bool decision_on_record = false;   // or did once: a daemon knew of it, and has begun to tell it
  std::vector<std::string> reviews;  // authors, oldest first
  // Where histories can't be read: the messages on record, "channel/ts". What else was posted
  // nobody knows of, and it stays as it is.
  std::optional<std::set<std::string>> known;

  bool ended() const { return gone || !ends.empty(); }
};

struct Finding {
  enum class Kind { kLost, kWrong };
  Kind kind;
  std::string request, recipient;
  std::string what;  // expected, and what is there instead
};

// For one recipient. `requester`: it is who asked.
void judge(const Truth& truth, const std::string& recipient, bool requester, const Shown& shown,
           std::vector<Finding>& findings);

// A post that is shown twice.
struct Doubled {
  std::string request, recipient, step;
  // The first was visible when, or before, anybody looked for it; or nobody looked who could.
  bool could_be_known = true;
};
std::vector<Doubled> find_doubled(const std::vector<sim::SlackMessage>& messages,
                                  const std::vector<sim::Call>& journal, bool history_readable);

}  // namespace notifyd::chaos
