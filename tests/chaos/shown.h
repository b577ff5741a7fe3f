// What Slack shows of the bot's messages, sorted by whom they reach and what they are about.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/slack/workspace.h"

namespace notifyd::chaos {

// What the bot wrote to one recipient about one request. Plain data, so that a test can write it.
struct Shown {
  std::vector<sim::SlackMessage> announcements{};
  std::vector<sim::SlackMessage> verdicts{};  // new messages that tell who asked how it ended
  std::vector<sim::SlackMessage> replies{};   // in the first announcement's thread
};

// By request and by recipient: "#prod", "bob@example.com".
using AllShown = std::map<std::pair<std::string, std::string>, Shown>;
AllShown shown(const sim::Workspace& workspace);

// One field of what a post says about itself ("request_id", "recipient", "step", "key").
std::string mark_of(const sim::SlackMessage& message, const std::string& field);

// "⏳ PENDING", as an announcement shows it.
std::string status_of(const sim::SlackMessage& announcement);

}  // namespace notifyd::chaos
