#include "chaos/verdict.h"

#include <algorithm>
#include <chrono>
#include <sstream>

namespace notifyd::chaos {
namespace {

std::size_t count(const std::vector<Finding>& findings, Finding::Kind kind) {
  return static_cast<std::size_t>(std::ranges::count(findings, kind, &Finding::kind));
}

// Nobody holds the request, and no step has begun whose end is not on record. A claim that has
// ended is nobody's: who died with nothing left to do cannot take it off.
bool settled(const sim::Cluster& cluster, const std::string& id) {
  const auto entry = cluster.entry(id, "slack");
  const auto ours = entry.find("notifyd");
  if (ours == entry.end()) return true;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto record = sim::Json::parse(ours->second);
  const auto until = record.value("claim", sim::Json::object()).value("until", std::int64_t{0});
  return ours->second.find("\"try\"") == std::string::npos &&
         until < std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::set<std::string> messages_on_record(const sim::Cluster& cluster, const std::string& id) {
  std::istringstream list(cluster.entry(id, "slack")["messages"]);
  std::set<std::string> messages;
  for (std::string message; std::getline(list, message, ',');) messages.insert(message);
  return messages;
}

void judge_request(const Truth& truth, const AllShown& all, std::vector<Finding>& findings) {
  std::set<std::string> recipients = truth.reviewers;
  recipients.insert(truth.requester);
  for (auto it = all.lower_bound({truth.id, ""}); it != all.end() && it->first.first == truth.id;
       ++it) {
    recipients.insert(it->first.second);
  }
  static const Shown kNothing;
  for (const std::string& recipient : recipients) {
    const auto found = all.find({truth.id, recipient});
    judge(truth, recipient, recipient == truth.requester,
          found == all.end() ? kNothing : found->second, findings);
  }
}

// What no notifier may do at all. Others are counted above, or depend on what replicas can't know
// of each other.
void add_violations(const sim::Workspace& workspace, std::vector<Finding>& findings) {
  for (const sim::Violation& violation : workspace.invariants()) {
    for (const char* rule : {"foreign_edit", "invalid_blocks", "no_text", "secret"}) {
      if (violation.rule != rule) continue;
      findings.push_back({Finding::Kind::kWrong, "", "", violation.rule + ": " + violation.detail});
    }
  }
}

}  // namespace

std::size_t Verdict::lost() const { return count(findings, Finding::Kind::kLost); }
std::size_t Verdict::wrong() const { return count(findings, Finding::Kind::kWrong); }

std::size_t Verdict::doubled_needlessly() const {
  return static_cast<std::size_t>(std::ranges::count(doubled, true, &Doubled::could_be_known));
}

Verdict verdict(const Stage& stage, const Lives& lives) {
  Verdict verdict;
  const AllShown all = shown(stage.world.workspace);
  for (Truth& truth : lives.truths()) {
    if (!stage.history_readable) {
      truth.gaps = true;
      truth.known = messages_on_record(stage.world.cluster, truth.id);
    }
    ++verdict.requests;
    judge_request(truth, all, verdict.findings);
    if (!settled(stage.world.cluster, truth.id)) verdict.unsettled.push_back(truth.id);
  }
  const auto messages = stage.world.workspace.all_messages();
  verdict.posts = messages.size();
  verdict.doubled = find_doubled(messages, stage.world.workspace.journal(), stage.history_readable);
  add_violations(stage.world.workspace, verdict.findings);
  for (const Replica& replica : stage.replicas) {
    if (replica.misdeed().empty()) continue;
    verdict.findings.push_back({Finding::Kind::kWrong, "", "", "a daemon " + replica.misdeed()});
  }
  return verdict;
}

}  // namespace notifyd::chaos
