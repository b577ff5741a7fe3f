// The demo's web page: a simulated Slack workspace beside a panel of the simulated cluster. It
// shows both as they are, live, and acts on the cluster; what happens in Slack is the daemon's
// doing.
//
//   GET  /                             the page
//   GET  /api/events                   server-sent events, each the whole state: a client that lost
//                                      some has lost nothing
//   POST /api/requests                 {user, roles, reason, suggested_reviewers, resources}
//   POST /api/requests/ID/review       {author, state, reason}
//   POST /api/requests/ID/state        {state, reason}
//   POST /api/requests/ID/expire       {}
//   POST /api/notifier/BUTTON          {}; presses a button of the panel "Notifier", and answers
//                                      when what it is for is done, or has failed
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/page/notifier.h"
#include "sim/slack/workspace.h"
#include "sim/teleport/cluster.h"

namespace notifyd::sim {

struct PageOptions {
  int port = 0;                    // 0: any
  std::vector<std::string> roles;  // offered for new requests, the first by default
  Notifier* notifier = nullptr;    // of the panel "Notifier"; nullptr: the page has none
};

class PageServer {
 public:
  // Runs when constructed; throws std::runtime_error when it cannot listen. Takes the cluster's
  // on_change(), and the notifier's; all must outlive it, and none may change any more when it
  // goes.
  PageServer(Cluster& cluster, Workspace& workspace, PageOptions options);
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  std::string url() const;  // "http://127.0.0.1:PORT/"
  int port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace notifyd::sim
