#include "sim/demo/play.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <utility>
#include <vector>

#include "sim/slack/render_text.h"

namespace notifyd::sim {
namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kLook{200};

struct Stage {
  std::string title;
  std::function<Result<>()> act;
  std::string expected;  // "did not happen: …"
  std::function<bool()> seen;
};

bool shows(const SlackMessage& message, std::string_view text) {
  return render_text(message).find(text) != std::string::npos;
}

std::string name_of(const Workspace& workspace, const SlackChannel& channel) {
  const auto user = workspace.user(channel.user);
  return user ? "DM to " + user->real_name : "#" + channel.name;
}

// Prints the conversations that look different from when they were last printed.
class Screen {
 public:
  explicit Screen(const Workspace& workspace) : workspace_(workspace) {
    for (const SlackChannel& channel : workspace.channels()) {
      printed_[channel.id] = render_text(workspace, channel.id);
    }
  }

  void print() {
    for (const auto& [name, channel] : by_name()) {
      const std::string text = render_text(workspace_, channel.id);
      if (std::exchange(printed_[channel.id], text) == text) continue;
      std::cout << "--- " << name << "\n" << text;
    }
    std::cout << std::flush;
  }

 private:
  // The workspace has them in the order they were opened in, which differs from run to run.
  std::multimap<std::string, SlackChannel> by_name() const {
    std::multimap<std::string, SlackChannel> channels;
    for (SlackChannel& channel : workspace_.channels()) {
      const std::string name = name_of(workspace_, channel);
      channels.emplace(name, std::move(channel));
    }
    return channels;
  }

  const Workspace& workspace_;
  std::map<std::string, std::string> printed_;  // by channel
};

class Play {
 public:
  explicit Play(World& world) : world_(world) {}

  std::vector<Stage> stages() {
    return {
        {"alice asks for the role editor", [this] { return ask(); },
         "a message in #access-requests, one to alice, and one to bob, the suggested reviewer",
         [this] { return announced(); }},
        {"bob reviews", [this] { return review(kReviewer, "Known outage, go ahead"); },
         "bob's review in each of the messages and as a reply to it",
         [this] { return reviewed_everywhere(1, "1 review: "); }},
        {"carol approves too, and that is enough",
         [this] { return review(kSecondReviewer, "Same here"); },
         "APPROVED and a reaction on each of the messages, and a new message to alice",
         [this] {
           return reviewed_everywhere(2, "2 reviews: ") && approved_everywhere() &&
                  requester_told();
         }},
    };
  }

 private:
  Result<> ask() {
    NewRequest request;
    request.user = kRequester;
    request.roles = {"editor"};
    request.reason = "Hotfix for the checkout outage, INC-2041";
    request.suggested_reviewers = {kReviewer};
    request.thresholds = {{2, 1}};
    id_ = world_.cluster.create_request(request);
    return Done{};
  }

  Result<> review(const char* author, const char* reason) {
    const auto result = world_.cluster.review(id_, author, ::types::APPROVED, reason);
    if (!result) return result.error();
    return Done{};
  }

  // The first message of every conversation that the request goes to.
  std::vector<SlackMessage> announcements() const {
    std::vector<SlackMessage> result;
    const Workspace& slack = world_.workspace;
    for (const auto& messages :
         {slack.messages(kChannel), slack.dm(kRequester), slack.dm(kReviewer)}) {
      if (!messages.empty()) result.push_back(messages.front());
    }
    return result;
  }

  bool announced() const { return announcements().size() == 3; }

  // Both, because the edit and the reply arrive in no particular order.
  bool reviewed_everywhere(std::size_t replies, std::string_view line) const {
    return std::ranges::all_of(announcements(), [&](const SlackMessage& message) {
      return shows(message, line) &&
             world_.workspace.thread(message.channel, message.ts).size() == replies;
    });
  }

  bool approved_everywhere() const {
    return std::ranges::all_of(announcements(), [](const SlackMessage& message) {
      return shows(message, "APPROVED") && message.reacted("white_check_mark");
    });
  }

  bool requester_told() const {
    const auto messages = world_.workspace.dm(kRequester);
    return messages.size() == 2 && shows(messages.back(), "APPROVED");
  }

  World& world_;
  std::string id_;
};

std::optional<std::string> run(const Workspace& workspace, const Stage& stage, Screen& screen,
                               const std::function<std::optional<std::string>()>& trouble) {
  std::cout << "\n=== " << stage.title << "\n" << std::flush;
  const Result<> acted = stage.act();
  if (!acted) return acted.error().message;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!workspace.wait_for(stage.seen, kLook)) {
    if (auto found = trouble()) return found;
    if (std::chrono::steady_clock::now() < deadline) continue;
    screen.print();
    return "within " + std::to_string(kPatience.count()) + " s there was not " + stage.expected;
  }
  screen.print();
  return std::nullopt;
}

}  // namespace

std::optional<std::string> play_once(World& world,
                                     const std::function<std::optional<std::string>()>& trouble) {
  Play play(world);
  Screen screen(world.workspace);
  for (const Stage& stage : play.stages()) {
    if (auto failure = run(world.workspace, stage, screen, trouble)) return failure;
  }
  for (const Violation& violation : world.workspace.invariants()) {
    return "Slack's rules were broken: " + violation.rule + ": " + violation.detail;
  }
  return std::nullopt;
}

}  // namespace notifyd::sim
