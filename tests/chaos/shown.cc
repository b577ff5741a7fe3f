#include "chaos/shown.h"

#include "support/world.h"

namespace notifyd::chaos {
namespace {

constexpr std::size_t kStatusBlock = 2;

std::map<std::string, std::string> names_of_channels(const sim::Workspace& workspace) {
  std::map<std::string, std::string> names;
  for (const sim::SlackChannel& channel : workspace.channels()) {
    const auto user = workspace.user(channel.user);
    names[channel.id] = user ? user->email : "#" + channel.name;
  }
  return names;
}

void add(const sim::SlackMessage& message, Shown& shown) {
  if (!message.thread_ts.empty()) {
    shown.replies.push_back(message);
  } else if (mark_of(message, "step") == "verdict") {
    shown.verdicts.push_back(message);
  } else {
    shown.announcements.push_back(message);
  }
}

}  // namespace

AllShown shown(const sim::Workspace& workspace) {
  const auto names = names_of_channels(workspace);
  AllShown all;
  for (const sim::SlackMessage& message : workspace.all_messages()) {
    const std::string request = mark_of(message, "request_id");
    if (!request.empty()) add(message, all[{request, names.at(message.channel)}]);
  }
  return all;
}

std::string mark_of(const sim::SlackMessage& message, const std::string& field) {
  if (!message.metadata.is_object()) return "";
  return message.metadata.value("event_payload", sim::Json::object()).value(field, "");
}

std::string status_of(const sim::SlackMessage& announcement) {
  return test::block_text(announcement, kStatusBlock);
}

}  // namespace notifyd::chaos
