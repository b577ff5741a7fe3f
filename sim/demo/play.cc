#include "sim/demo/play.h"

#include <algorithm>
#include <chrono>
#include <iostream>
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

Result<> done(const Result<RequestPtr>& result) {
  if (!result) return result.error();
  return Done{};
}

void print_conversation(const Workspace& workspace, const std::string& name,
                        const std::string& channel) {
  const std::string text = render_text(workspace, channel);
  if (!text.empty()) std::cout << "--- " << name << "\n" << text;
}

void print_workspace(const Workspace& workspace) {
  for (const SlackChannel& channel : workspace.channels()) {
    if (channel.name == "general") continue;
    const auto user = workspace.user(channel.user);
    print_conversation(workspace, user ? "DM to " + user->real_name : "#" + channel.name,
                       channel.id);
  }
  std::cout << std::flush;
}

class Play {
 public:
  explicit Play(World& world) : world_(world) {}

  std::vector<Stage> stages() {
    return {
        {"alice asks for the role editor", [this] { return ask(); },
         "a message in #access-requests and one to bob, the suggested reviewer",
         [this] { return announced(); }},
        {"bob reviews",
         [this] {
           return done(
               world_.cluster.review(id_, kReviewer, ::types::APPROVED, "Known outage, go ahead"));
         },
         "bob's review as a reply in #access-requests", [this] { return replied(); }},
        {"carol approves too, and that is enough",
         [this] {
           return done(world_.cluster.review(id_, kSecondReviewer, ::types::APPROVED, "Same here"));
         },
         "the message saying APPROVED, a reaction on it, and a new message to alice",
         [this] { return approved() && requester_told(); }},
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

  std::vector<SlackMessage> in_channel() const { return world_.workspace.messages(kChannel); }

  bool announced() const {
    return !in_channel().empty() && !world_.workspace.dm(kReviewer).empty();
  }

  bool replied() const {
    return !world_.workspace.thread(kChannel, in_channel().front().ts).empty();
  }

  bool approved() const {
    const SlackMessage message = in_channel().front();
    return shows(message, "APPROVED") && message.reacted("white_check_mark");
  }

  // Not the announcement that she got as well, and that was edited.
  bool requester_told() const {
    const auto messages = world_.workspace.dm(kRequester);
    return std::any_of(messages.begin(), messages.end(), [](const SlackMessage& message) {
      return message.edits() == 0 && shows(message, "approved");
    });
  }

  World& world_;
  std::string id_;
};

std::optional<std::string> run(Workspace& workspace, const Stage& stage,
                               const std::function<std::optional<std::string>()>& trouble) {
  std::cout << "\n=== " << stage.title << "\n" << std::flush;
  const Result<> acted = stage.act();
  if (!acted) return acted.error().message;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!workspace.wait_for(stage.seen, kLook)) {
    if (auto found = trouble()) return found;
    if (std::chrono::steady_clock::now() < deadline) continue;
    print_workspace(workspace);
    return "within " + std::to_string(kPatience.count()) + " s there was not " + stage.expected;
  }
  print_workspace(workspace);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> play_once(World& world,
                                     const std::function<std::optional<std::string>()>& trouble) {
  Play play(world);
  for (const Stage& stage : play.stages()) {
    if (auto failure = run(world.workspace, stage, trouble)) return failure;
  }
  for (const Violation& violation : world.workspace.invariants()) {
    return "Slack's rules were broken: " + violation.rule + ": " + violation.detail;
  }
  return std::nullopt;
}

}  // namespace notifyd::sim
