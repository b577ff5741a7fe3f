// What the benches have in common: the readings that they take, and how they print many of them.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sim/slack/workspace.h"
#include "support/process.h"

namespace notifyd::test {

// User and system time of the process so far.
inline double cpu_seconds(const Process& daemon) {
  std::ifstream stat("/proc/" + std::to_string(daemon.pid()) + "/stat");
  std::string word;
  for (int field = 1; field < 14; ++field) stat >> word;
  long user = 0;
  long system = 0;
  stat >> user >> system;
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// Microseconds that its threads have run so far, to the nanosecond; threads that ended are missing.
inline double cpu_us(const Process& daemon) {
  const std::string tasks = "/proc/" + std::to_string(daemon.pid()) + "/task";
  double sum = 0;
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    double ns = 0;
    if (std::ifstream(task.path() / "schedstat") >> ns) sum += ns / 1000;
  }
  return sum;
}

// "RssAnon:", "VmRSS:", "VmHWM:" in KiB.
inline long memory_kib(const Process& process, const std::string& key) {
  std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
  for (std::string word; status >> word;) {
    long value = 0;
    if (word == key && status >> value) return value;
  }
  return 0;
}

// As Slack's clock has it, in the same process.
inline std::chrono::system_clock::time_point posted_at(const sim::SlackMessage& message) {
  const std::chrono::duration<double> since_epoch(std::stod(message.ts));
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(since_epoch));
}

inline double in_ms(std::chrono::duration<double, std::milli> time) { return time.count(); }

// One line, in milliseconds; nothing where there are none.
inline void print(const std::string& what, std::vector<double> times) {
  if (times.empty()) return;
  std::sort(times.begin(), times.end());
  std::printf("%s: median %.1f ms, p99 %.1f ms, longest %.1f ms\n", what.c_str(),
              times[times.size() / 2], times[times.size() * 99 / 100], times.back());
  std::fflush(stdout);
}

}  // namespace notifyd::test
