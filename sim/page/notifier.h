// The panel "Notifier" as the page's server sees it: something with a state to show, and with
// buttons. The server knows no daemon; whoever runs one says what there is.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "sim/slack/model.h"

namespace notifyd::sim {

class Notifier {
 public:
  Notifier() = default;
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  virtual ~Notifier() = default;

  // [any thread, at once] The panel's state:
  //   status     what `teleport-notifyd status --json` says; null when it says nothing
  //   trouble    why that is; "" when there is a status
  //   facts      [{name, value}] of the demo's own
  //   buttons    [{id, label}]; a press comes back as act(id)
  //   busy       whether a press is under way
  //   outcome    {good, command, text} of the last press; null before the first
  virtual Json view() const = 0;
  // [a thread that may block] What a button is for, until that is done or has failed, which is
  // the outcome to be shown and no error. kNotFound: no such button; kConflict: another press is
  // under way.
  virtual Result<Json> act(const std::string& button) = 0;
  // Called on any thread after a change of view(); {} ends it.
  virtual void on_change(std::function<void()> changed) = 0;
};

}  // namespace notifyd::sim
