#include "config/host_sections.h"

#include <algorithm>

#include "base/text.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

// Shorter than that, a replica that is merely slow would lose what it is at; see
// docs/reliability.md on clocks.
constexpr std::chrono::seconds kShortestClaim{5};
constexpr std::chrono::minutes kLongestClaim{10};
constexpr std::chrono::seconds kShortestResync{10};
constexpr std::int64_t kMostBeforeDigest = 100'000;

void fault_at(const Settings& settings, const std::string& name, const std::string& message,
              Faults& faults) {
  faults.add(settings.find(name)->at, message);
}

}  // namespace

const std::vector<Option>& log_options() {
  static const std::vector<Option> kOptions{
      {.name = "log.output",
       .fallback = "stderr",
       .help = "stderr, stdout, or a file that is appended to"},
      {.name = "log.severity", .fallback = "info", .help = "debug, info, warn or error"},
  };
  return kOptions;
}

LogConfig log_config(const Settings& settings, Faults& faults) {
  static const std::map<std::string, Severity> kSeverities{
      {"trace", Severity::kDebug}, {"debug", Severity::kDebug}, {"info", Severity::kInfo},
      {"", Severity::kInfo},       {"warn", Severity::kWarn},   {"warning", Severity::kWarn},
      {"error", Severity::kError}, {"err", Severity::kError}};
  static const std::map<std::string, std::string> kStreams{
      {"stderr", "stderr"},
      {"error", "stderr"},
      {"2", "stderr"},
      {"stdout", "stdout"},
      {"out", "stdout"},
      {"1", "stdout"},
      {"", "stdout"},
      // Their names as files; as such they could not be opened where the stream is a socket.
      {"/dev/stderr", "stderr"},
      {"/dev/fd/2", "stderr"},
      {"/proc/self/fd/2", "stderr"},
      {"/dev/stdout", "stdout"},
      {"/dev/fd/1", "stdout"},
      {"/proc/self/fd/1", "stdout"}};

  LogConfig log;
  const auto severity = kSeverities.find(lower_ascii(settings.text("log.severity")));
  if (severity != kSeverities.end()) {
    log.severity = severity->second;
  } else {
    fault_at(settings, "log.severity",
             "log.severity is not known; write \"debug\", \"info\", \"warn\" or \"error\"", faults);
  }
  const std::string output = settings.text("log.output");
  const auto stream = kStreams.find(output);
  log.output = stream == kStreams.end() ? output : stream->second;
  log.output_at = settings.find("log.output")->at;
  return log;
}

const std::vector<Option>& delivery_options() {
  static const std::vector<Option> kOptions{
      {.name = "delivery.claim_time",
       .type = Type::kDuration,
       .fallback = "30s",
       .help = "how long other replicas wait for one that has died; the same for all of them"},
      {.name = "delivery.resync_interval",
       .type = Type::kDuration,
       .fallback = "10m",
       .help = "how often everything is listed anew, in case an event did not come"},
      {.name = "delivery.digest_after",
       .type = Type::kInt,
       .fallback = "100",
       .help = "when so many requests of one person wait to be announced to one recipient, further "
               "ones are gathered in one message; 0: never"},
  };
  return kOptions;
}

DeliveryConfig delivery_config(const Settings& settings, Faults& faults) {
  const auto duration = [&](const char* key) {
    return std::chrono::milliseconds(settings.integer(key).value_or(0));
  };
  const std::int64_t digest_after = settings.integer("delivery.digest_after").value_or(0);
  const DeliveryConfig config{duration("delivery.claim_time"), duration("delivery.resync_interval"),
                              static_cast<std::size_t>(digest_after)};
  if (digest_after < 0 || digest_after > kMostBeforeDigest) {
    fault_at(settings, "delivery.digest_after",
             "delivery.digest_after must be between 0, which means never, and 100000", faults);
  }
  if (config.claim_time < kShortestClaim || config.claim_time > kLongestClaim) {
    fault_at(settings, "delivery.claim_time",
             "delivery.claim_time must be between 5 seconds and 10 minutes; write \"30s\"", faults);
  }
  if (config.resync_interval < kShortestResync) {
    fault_at(settings, "delivery.resync_interval",
             "delivery.resync_interval is shorter than 10 seconds; write \"10m\"", faults);
  }
  return config;
}

}  // namespace notifyd::config
