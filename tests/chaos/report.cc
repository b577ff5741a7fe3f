#include "chaos/report.h"

#include <chrono>
#include <fstream>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace notifyd::chaos {
namespace {

void print_messages(const char* what, const std::vector<sim::SlackMessage>& messages,
                    std::ostream& out) {
  for (const sim::SlackMessage& message : messages) {
    out << "    " << what << ' ' << message.channel << ' ' << message.ts << ' '
        << mark_of(message, "key") << "\n      " << message.text << '\n';
    for (const sim::Reaction& reaction : message.reactions)
      out << "      :" << reaction.name << ":\n";
  }
}

void print_shown(const Shown& shown, std::ostream& out) {
  print_messages("announcement", shown.announcements, out);
  print_messages("verdict", shown.verdicts, out);
  print_messages("reply", shown.replies, out);
}

void print_log_lines(const std::string& request, Stage& stage, std::ostream& out) {
  for (std::size_t i = 0; i < stage.replicas.size(); ++i) {
    for (std::size_t life = 0; life < stage.replicas[i].lives(); ++life) {
      std::istringstream log(stage.replicas[i].log(life));
      for (std::string line; std::getline(log, line);) {
        if (line.find(request) == std::string::npos) continue;
        out << "    " << i << '.' << life << "  " << line << '\n';
      }
    }
  }
}

bool is_about(const sim::Call& call, const std::string& request) {
  return call.args.dump().find(request) != std::string::npos;
}

std::string seconds(sim::SlackTime time) {
  const auto since = std::chrono::duration<double>(time.time_since_epoch());
  return std::to_string(since.count());
}

void print_call(const sim::Call& call, std::ostream& out) {
  out << "    " << seconds(call.arrived) << " to " << seconds(call.time) << ' ' << call.method
      << ' ' << call.channel << ' ' << call.ts << " status " << call.status << ' ' << call.error
      << (call.effect ? " done" : "") << (call.fault ? " (trouble)" : "") << '\n';
}

// Its own, and what was read where it was posted: was a post looked for, and when?
void print_calls(const std::string& request, const std::vector<sim::Call>& journal,
                 std::ostream& out) {
  struct Span {
    sim::SlackTime from, until;
  };
  std::map<std::string, Span> posted;  // by channel
  for (const sim::Call& call : journal) {
    if (call.method != "chat.postMessage" || !call.effect || !is_about(call, request)) continue;
    const auto at = posted.try_emplace(call.channel, Span{call.arrived, {}}).first;
    at->second.until = call.time + std::chrono::minutes(1);
  }
  for (const sim::Call& call : journal) {
    const auto at = posted.find(call.channel);
    const bool reads = call.method.starts_with("conversations.") && at != posted.end() &&
                       call.time >= at->second.from && call.arrived <= at->second.until;
    if (reads || is_about(call, request)) print_call(call, out);
  }
}

void print_request(const std::string& request, Stage& stage, std::ostream& out) {
  out << "\nrequest " << request << "\n  what Slack shows:\n";
  for (const auto& [key, shown] : shown(stage.world.workspace)) {
    if (key.first != request) continue;
    out << "   " << key.second << '\n';
    print_shown(shown, out);
  }
  out << "  its record:\n";
  for (const auto& [key, value] : stage.world.cluster.entry(request, "slack")) {
    out << "    " << key << " = " << value << '\n';
  }
  out << "  what Slack was asked:\n";
  print_calls(request, stage.world.workspace.journal(), out);
  out << "  the daemons' logs (replica.life):\n";
  print_log_lines(request, stage, out);
}

}  // namespace

void print_figures(const Verdict& verdict, std::ostream& out) {
  out << "requests " << verdict.requests << ", messages " << verdict.posts << "\nlost "
      << verdict.lost() << "\nwrong " << verdict.wrong() << "\ndoubled " << verdict.doubled.size()
      << "\ndoubled although find could know " << verdict.doubled_needlessly() << '\n';
  if (!verdict.unsettled.empty()) out << "still worked on " << verdict.unsettled.size() << '\n';
}

void print_findings(const Verdict& verdict, Stage& stage, std::ostream& out) {
  std::set<std::string> requests(verdict.unsettled.begin(), verdict.unsettled.end());
  for (const Finding& finding : verdict.findings) {
    out << (finding.kind == Finding::Kind::kLost ? "lost: " : "wrong: ") << finding.request << ' '
        << finding.recipient << ": " << finding.what << '\n';
    requests.insert(finding.request);
  }
  for (const Doubled& doubled : verdict.doubled) {
    out << "doubled" << (doubled.could_be_known ? " although find could know: " : ": ")
        << doubled.request << ' ' << doubled.recipient << ": " << doubled.step << '\n';
    requests.insert(doubled.request);
  }
  requests.erase("");
  for (const std::string& request : requests) print_request(request, stage, out);
}

void print_ways(const Stage& stage, std::ostream& out) {
  std::map<std::string, std::size_t> lives;
  for (const Replica& replica : stage.replicas) {
    for (std::size_t life = 0; life < replica.lives(); ++life) ++lives[replica.way(life).name];
  }
  out << "lives";
  for (const Way& way : ways()) out << ' ' << way.name << ' ' << lives[way.name];
  out << '\n';
}

void keep_logs(Stage& stage, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < stage.replicas.size(); ++i) {
    for (std::size_t life = 0; life < stage.replicas[i].lives(); ++life) {
      const std::string name = "replica-" + std::to_string(i) + "." + std::to_string(life) + "." +
                               stage.replicas[i].way(life).name + ".log";
      std::ofstream(folder / name) << stage.replicas[i].log(life);
    }
  }
}

}  // namespace notifyd::chaos
