#include "chaos/judge.h"

#include <algorithm>
#include <map>

namespace notifyd::chaos {
namespace {

using sim::Call;
using sim::SlackMessage;

constexpr char kPending[] = "PENDING";
constexpr char kExpired[] = "EXPIRED";

const std::map<std::string, std::string>& reactions() {
  static const std::map<std::string, std::string> kReactions{
      {"APPROVED", "white_check_mark"}, {"DENIED", "x"}, {kExpired, "hourglass"}};
  return kReactions;
}

// How the request may be shown now. One that is gone may have gone before anybody saw its decision.
std::vector<std::string> true_states(const Truth& truth) {
  if (!truth.ended()) return {kPending};
  if (!truth.gone) return {truth.ends.back()};
  std::vector<std::string> states = truth.ends;
  if (!truth.decision_on_record) states.emplace_back(kExpired);
  return states;
}

Shown without_unknown(Shown shown, const std::optional<std::set<std::string>>& known) {
  if (known) {
    std::erase_if(shown.announcements, [&](const SlackMessage& message) {
      return !known->contains(message.channel + "/" + message.ts);
    });
  }
  return shown;
}

class Bench {
 public:
  Bench(const Truth& truth, const std::string& recipient, const Shown& shown,
        std::vector<Finding>& findings)
      : truth_(truth),
        recipient_(recipient),
        shown_(without_unknown(shown, truth.known)),
        states_(true_states(truth)),
        findings_(findings) {}

  void announcement(bool concerned) {
    if (!concerned && !shown_.announcements.empty()) wrong("was told, and is not concerned");
    if (shown_.announcements.empty()) {
      if (concerned && !truth_.ended()) lost("no announcement, and it is still pending");
      return;
    }
    const SlackMessage& message = kept_copy();
    const std::string status = status_of(message);
    const auto state = find_state(status);
    if (state.empty()) return wrong("shows \"" + status + "\" instead of " + expected_states());
    reaction(message, state);
    replies();
  }

  void verdict(bool requester) {
    if (!requester || !truth_.ended()) {
      if (!shown_.verdicts.empty()) wrong("told of an end that it did not have");
      return;
    }
    // One that ended before any daemon saw it is like the thousands that ended before the first
    // start: nobody is told.
    if (shown_.verdicts.empty()) {
      if (truth_.on_record) lost("who asked was not told how it ended");
      return;
    }
    // A decision may be followed by another: each is told, and the last one last.
    if (find_state(shown_.verdicts.back().text).empty()) {
      wrong("who asked was told \"" + shown_.verdicts.back().text + "\" instead of " +
            expected_states());
    }
  }

 private:
  // Of one that was doubled nobody knows the other copies, which stay as they are; that they are
  // there is counted elsewhere.
  const SlackMessage& kept_copy() const {
    const auto& copies = shown_.announcements;
    const auto kept = std::ranges::find_if(
        copies, [this](const SlackMessage& copy) { return !find_state(status_of(copy)).empty(); });
    return kept == copies.end() ? copies.front() : *kept;
  }

  void reaction(const SlackMessage& message, const std::string& state) {
    if (state == kPending) {
      if (!message.reactions.empty()) wrong("a reaction, and it is pending");
    } else if (!message.reacted(reactions().at(state))) {
      wrong("no reaction :" + reactions().at(state) + ":");
    }
  }

  // Each once and in order.
  void replies() {
    std::size_t next = 0;
    for (const SlackMessage& reply : shown_.replies) {
      if (is_repeated(reply)) continue;
      while (truth_.gaps && next < truth_.reviews.size() && !is_by(reply, truth_.reviews[next])) {
        ++next;
      }
      if (next >= truth_.reviews.size() || !is_by(reply, truth_.reviews[next])) {
        return wrong("reply out of order, or to no review: \"" + reply.text + "\"");
      }
      ++next;
    }
    if (!truth_.gaps && next < truth_.reviews.size()) {
      lost("no reply for the review by " + truth_.reviews[next]);
    }
  }

  // Doubled ones are counted as such.
  bool is_repeated(const SlackMessage& reply) const {
    const auto& all = shown_.replies;
    return std::any_of(all.begin(), all.end(), [&](const SlackMessage& other) {
      return other.ts < reply.ts && mark_of(other, "key") == mark_of(reply, "key");
    });
  }

  static bool is_by(const SlackMessage& reply, const std::string& author) {
    return reply.text.find(author) != std::string::npos;
  }

  std::string find_state(const std::string& text) const {
    for (const std::string& state : states_) {
      if (text.find(state) != std::string::npos) return state;
    }
    return "";
  }

  std::string expected_states() const {
    std::string list;
    for (const std::string& state : states_) list += (list.empty() ? "" : " or ") + state;
    return list;
  }

  void lost(std::string what) { add(Finding::Kind::kLost, std::move(what)); }
  void wrong(std::string what) { add(Finding::Kind::kWrong, std::move(what)); }
  void add(Finding::Kind kind, std::string what) {
    findings_.push_back({kind, truth_.id, recipient_, std::move(what)});
  }

  const Truth& truth_;
  const std::string& recipient_;
  const Shown shown_;
  const std::vector<std::string> states_;
  std::vector<Finding>& findings_;
};

// ---- Doubled ----

const Call* call_that_posted(const SlackMessage& message, const std::vector<Call>& journal) {
  const auto found = std::ranges::find_if(journal, [&](const Call& call) {
    return call.effect && call.method == "chat.postMessage" && call.channel == message.channel &&
           call.ts == message.ts;
  });
  return found == journal.end() ? nullptr : &*found;
}

bool reads_where(const Call& call, const SlackMessage& message) {
  if (!call.ok || call.channel != message.channel) return false;
  if (message.thread_ts.empty()) return call.method == "conversations.history";
  return call.method == "conversations.replies" && call.args.value("ts", "") == message.thread_ts;
}

// Was it looked for in vain while it was on its way inside Slack?
bool looked_too_early(const SlackMessage& first, const std::vector<Call>& journal) {
  const Call* post = call_that_posted(first, journal);
  if (post == nullptr) return false;
  return std::ranges::any_of(journal, [&](const Call& call) {
    return reads_where(call, first) && call.time >= post->arrived && call.time <= post->time;
  });
}

}  // namespace

void judge(const Truth& truth, const std::string& recipient, bool requester, const Shown& shown,
           std::vector<Finding>& findings) {
  Bench bench(truth, recipient, shown, findings);
  bench.announcement(requester || truth.reviewers.contains(recipient));
  bench.verdict(requester);
}

std::vector<Doubled> find_doubled(const std::vector<SlackMessage>& messages,
                                  const std::vector<Call>& journal, bool history_readable) {
  std::map<std::pair<std::string, std::string>, const SlackMessage*> first;
  std::vector<Doubled> doubled;
  for (const SlackMessage& message : messages) {  // by channel, then time
    const std::string key = mark_of(message, "key");
    if (key.empty()) continue;
    const auto [known, fresh] = first.try_emplace({message.channel, key}, &message);
    if (fresh) continue;
    doubled.push_back({mark_of(message, "request_id"), mark_of(message, "recipient"),
                       mark_of(message, "step"),
                       history_readable && !looked_too_early(*known->second, journal)});
  }
  return doubled;
}

}  // namespace notifyd::chaos
