#include "ops/log.h"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

#include "base/fd.h"
#include "base/system_error.h"
#include "base/text.h"

namespace notifyd::ops {
namespace {

constexpr mode_t kFileMode = 0640;

// One of the process's own streams, or a file.
class Output {
 public:
  explicit Output(int stream) : fd_(stream) {}
  explicit Output(Fd file) : fd_(file.get()), file_(std::move(file)) {}

  // A log that cannot be written has nobody to tell, so the line is lost.
  void write(const char* data, std::size_t size) const {
    while (size > 0) {
      const ssize_t n = ::write(fd_, data, size);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return;
      data += n;
      size -= static_cast<std::size_t>(n);
    }
  }

 private:
  int fd_;
  Fd file_;  // what fd_ is of, when it is ours
};

Result<Output> open_output(const std::string& name) {
  if (name == "stderr") return Output(STDERR_FILENO);
  if (name == "stdout") return Output(STDOUT_FILENO);
  Fd file(::open(name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode));
  if (file) return Output(std::move(file));
  return invalid("log.output: " + name + " cannot be opened for appending (" + errno_text(errno) +
                 "); name a file that the user of this program may write, or \"stderr\"");
}

class OutputSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit OutputSink(Output output) : output_(std::move(output)) {}

  void replace(Output output) {
    const std::scoped_lock lock(mutex_);
    output_ = std::move(output);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    output_.write(line.data(), line.size());
  }
  void flush_() override {}

 private:
  Output output_;
};

// Severities in capitals, padded so that messages stand below each other.
class SeverityFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& line) override {
    const std::string_view name = name_of(message.level);
    line.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<SeverityFlag>();
  }

 private:
  static std::string_view name_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::debug:
        return "DEBUG";
      case spdlog::level::warn:
        return "WARN ";
      case spdlog::level::err:
        return "ERROR";
      default:
        return "INFO ";
    }
  }
};

std::unique_ptr<spdlog::formatter> line_format() {
  auto format = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  format->add_flag<SeverityFlag>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %* %v");
  return format;
}

spdlog::level::level_enum level_of(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return spdlog::level::debug;
    case Severity::kWarn:
      return spdlog::level::warn;
    case Severity::kError:
      return spdlog::level::err;
    case Severity::kInfo:
      break;
  }
  return spdlog::level::info;
}

class SpdlogLog : public DaemonLog {
 public:
  SpdlogLog(const config::LogConfig& config, Output output)
      : config_(config),
        sink_(std::make_shared<OutputSink>(std::move(output))),
        logger_("notifyd", sink_) {
    logger_.set_formatter(line_format());
    logger_.set_level(level_of(config.severity));
  }

  bool enabled(Severity severity) const override { return severity >= config_.severity; }

  // Fields come escaped, but a module's own words may hold anything; a line stays a line, and
  // steers no terminal that shows it.
  void write(Severity severity, std::string_view line) override {
    const std::string plain = one_line(line, std::string_view::npos);
    logger_.log(level_of(severity), spdlog::string_view_t(plain.data(), plain.size()));
  }

  Result<> reopen() override {
    auto output = open_output(config_.output);
    if (!output) return std::move(output).error();
    sink_->replace(*std::move(output));
    return Done{};
  }

 private:
  const config::LogConfig config_;
  const std::shared_ptr<OutputSink> sink_;
  spdlog::logger logger_;
};

}  // namespace

Result<> judge_log(const config::LogConfig& config) {
  namespace fs = std::filesystem;
  if (config.output == "stderr" || config.output == "stdout") return Done{};
  const auto refuse = [&](const std::string& what) {
    return invalid(config.output_at.str() + ": log.output: " + what);
  };
  const fs::path file(config.output);
  std::error_code none;
  if (fs::is_directory(file, none)) {
    return refuse(config.output + " is a directory; write the path of a file in it");
  }
  const fs::path parent = file.has_parent_path() ? file.parent_path() : ".";
  if (fs::is_directory(parent, none)) return Done{};
  return refuse(parent.string() +
                " is no directory; make it, or name a file elsewhere, or write \"stderr\"");
}

Result<std::shared_ptr<DaemonLog>> open_log(const config::LogConfig& config) {
  auto output = open_output(config.output);
  if (!output) return std::move(output).error();
  return std::shared_ptr<DaemonLog>(std::make_shared<SpdlogLog>(config, *std::move(output)));
}

}  // namespace notifyd::ops
