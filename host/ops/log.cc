#include "ops/log.h"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>
#include <utility>

#include "base/fd.h"
#include "base/system_error.h"
#include "base/text.h"
#include "base/trusted_file.h"

namespace notifyd::ops {
namespace {

constexpr mode_t kFileMode = 0640;
constexpr int kTries = 3;

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

// Nobody may lead the log to another file, and nothing that is opened may hold up the start.
// Terminals and /dev/null are good; so is what is not there yet.
Result<> judge_kind(const struct stat& status, bool shared) {
  if (S_ISDIR(status.st_mode)) return invalid("is a directory; write the path of a file in it");
  if (S_ISFIFO(status.st_mode)) {
    return invalid(
        "is a pipe, which waits for its reader; name a file, or write \"stderr\" and "
        "redirect that");
  }
  if (S_ISCHR(status.st_mode)) return Done{};
  if (!S_ISREG(status.st_mode)) return invalid("is no regular file");
  if (shared && status.st_nlink != 1) {
    return invalid(
        "is a second name of another file, in a directory that others may write; remove "
        "it, or name a file in a directory of this program's own");
  }
  return Done{};
}

// Another descriptor may be something else by the time that the log is reopened.
Result<TrustedPath> judge_stream(const std::string& name, TrustedPath found) {
  for (const int ours : {STDOUT_FILENO, STDERR_FILENO}) {
    if (found.stream == ours) return found;
  }
  return invalid(name + " leads to descriptor " + std::to_string(*found.stream) +
                 " of this program; write \"stdout\" or \"stderr\", or name a file");
}

Result<TrustedPath> find_log(const std::string& name) {
  auto found = trusted_path(name, Use::kLog);
  if (!found) return about(found.error(), name);
  if (found->stream) return judge_stream(name, *std::move(found));
  if (found->missing.size() > 1) {
    return invalid((found->path == "/" ? "" : found->path) + "/" + found->missing.front() +
                   " is no directory; make it, or name a file elsewhere, or write \"stderr\"");
  }
  if (!found->missing.empty()) return found;
  if (auto good = judge_kind(found->node.status, found->shared); !good) {
    return invalid(found->path + " " + good.error().message);
  }
  return found;
}

Error not_opened(const std::string& name, int number) {
  return invalid(name + " cannot be opened for appending (" + errno_text(number) +
                 "); name a file that the user of this program may write, or \"stderr\"");
}

// Nothing: what is there is not what was judged. It was rotated just now, or another replica made
// it.
Result<std::optional<Output>> try_file(const std::string& name) {
  const auto found = find_log(name);
  if (!found) return found.error();
  if (found->stream) return std::optional<Output>(Output(*found->stream));
  const bool made = !found->missing.empty();
  // Never both at once: made when it is missing, and else the one that was judged.
  const int flags = made ? O_CREAT | O_EXCL : 0;
  Fd file(::openat(found->directory.fd->get(), found->name.c_str(),
                   O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags,
                   kFileMode));
  const int number = errno;
  if (!file && (number == EEXIST || number == ENOENT || number == ELOOP)) {
    return std::optional<Output>();
  }
  if (!file) return not_opened(name, number);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return not_opened(name, errno);
  const struct stat& judged = found->node.status;
  if (!made && (status.st_ino != judged.st_ino || status.st_dev != judged.st_dev)) {
    return std::optional<Output>();
  }
  static_cast<void>(::fcntl(file.get(), F_SETFL, ::fcntl(file.get(), F_GETFL) & ~O_NONBLOCK));
  return std::optional<Output>(Output(std::move(file)));
}

Result<Output> open_file(const std::string& name) {
  for (int tries = 0; tries < kTries; ++tries) {
    auto file = try_file(name);
    if (!file) return std::move(file).error();
    if (*file) return std::move(**file);
  }
  return invalid(name + " is replaced all the time; name a file elsewhere");
}

Result<Output> open_output(const std::string& name) {
  if (name == "stderr") return Output(STDERR_FILENO);
  if (name == "stdout") return Output(STDOUT_FILENO);
  auto file = open_file(name);
  if (!file) return file.error().in("log.output");
  return file;
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
      : severity_(config.severity),
        sink_(std::make_shared<OutputSink>(std::move(output))),
        logger_("notifyd", sink_) {
    logger_.set_formatter(line_format());
    logger_.set_level(spdlog::level::debug);  // enabled() decides
  }

  bool enabled(Severity severity) const override { return severity >= severity_.load(); }

  // Fields come escaped, but a module's own words may hold anything; a line stays a line, and
  // steers no terminal that shows it.
  void write(Severity severity, std::string_view line) override {
    const std::string plain = one_line(line, std::string_view::npos);
    logger_.log(level_of(severity), spdlog::string_view_t(plain.data(), plain.size()));
  }

  Result<> reconfigure(const config::LogConfig& config) override {
    auto output = open_output(config.output);
    if (!output) return std::move(output).error();
    sink_->replace(*std::move(output));
    severity_ = config.severity;
    return Done{};
  }

 private:
  std::atomic<Severity> severity_;
  const std::shared_ptr<OutputSink> sink_;
  spdlog::logger logger_;
};

}  // namespace

Result<> judge_log(const config::LogConfig& config) {
  if (config.output == "stderr" || config.output == "stdout") return Done{};
  const auto found = find_log(config.output);
  if (found) return Done{};
  return found.error().in("log.output").in(config.output_at.str());
}

Result<std::shared_ptr<DaemonLog>> open_log(const config::LogConfig& config) {
  auto output = open_output(config.output);
  if (!output) return std::move(output).error();
  return std::shared_ptr<DaemonLog>(std::make_shared<SpdlogLog>(config, *std::move(output)));
}

}  // namespace notifyd::ops
