// Where the log goes: stderr, stdout, or a file that is appended to. One line each:
//
//   2026-11-22T12:34:56.789Z INFO  announced request=... recipient=...
//
// Times are UTC. A line is written whole and at once, by the thread that says it.
#pragma once

#include <memory>

#include "base/log.h"
#include "base/result.h"
#include "config/host_sections.h"

namespace notifyd::ops {

// Any thread.
class DaemonLog : public LogSink {
 public:
  // Goes on where `config` says, from the severity that it says. Where the name is the same, in a
  // new file, as logrotate wants it. On error everything stays.
  virtual Result<> reconfigure(const config::LogConfig& config) = 0;
};

// Whether a log could be opened there, as far as that can be told without making the file: whoever
// asks may be another user than the one that writes it.
Result<> judge_log(const config::LogConfig& config);

// A file is made with mode 0640 when it is not there.
Result<std::shared_ptr<DaemonLog>> open_log(const config::LogConfig& config);

}  // namespace notifyd::ops
