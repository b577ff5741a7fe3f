// Log: one line for each thing that happened, key=value. A Log is a cheap value: a sink and the
// fields that every line of its owner carries (instance=slack). Any thread.
//
// Never pass a secret: the sink cannot know one.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace notifyd {

enum class Severity { kDebug, kInfo, kWarn, kError };

struct Field {
  std::string_view key;
  std::string value;

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  template <class T>
  requires std::is_arithmetic_v<T> Field(std::string_view k, T v)
      : key(k), value(std::to_string(v)) {}
};

class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual bool enabled(Severity severity) const = 0;
  virtual void write(Severity severity, std::string_view line) = 0;
};

class Log {
 public:
  using Fields = std::initializer_list<Field>;

  explicit Log(std::shared_ptr<LogSink> sink = nullptr) : sink_(std::move(sink)) {}
  Log with(Fields fields) const;  // the same sink, these fields on every line

  void debug(std::string_view what, Fields fields = {}) const {
    say(Severity::kDebug, what, fields);
  }
  void info(std::string_view what, Fields fields = {}) const { say(Severity::kInfo, what, fields); }
  void warn(std::string_view what, Fields fields = {}) const { say(Severity::kWarn, what, fields); }
  void error(std::string_view what, Fields fields = {}) const {
    say(Severity::kError, what, fields);
  }

  bool enabled(Severity severity) const { return sink_ && sink_->enabled(severity); }
  void say(Severity severity, std::string_view what, Fields fields) const;
  void say(Severity severity, std::string line) const;  // fields already appended

 private:
  std::shared_ptr<LogSink> sink_;
  std::string suffix_;
};

// " key=value", quoted and escaped where the value has spaces, quotes or control characters, so
// that a line stays one line whatever a requester wrote; with marks for what nobody sees.
void append_field(std::string& line, std::string_view key, std::string_view value);

}  // namespace notifyd
