// JsonText: JSON written as it comes, without a tree of it first. A record is written several times
// for each Access Request, and building trees was a third of what the engine did.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace notifyd::delivery {

// One object or array after the other, as nested as the calls are: what is opened is closed. The
// text is what nlohmann-json would write, if members come in the order of their keys.
class JsonText {
 public:
  void open_object() { open('{'); }
  void open_array() { open('['); }
  void close_object() { close('}'); }
  void close_array() { close(']'); }

  // Of the object that is open, followed by its value.
  void key(std::string_view name);
  // What is no UTF-8 is replaced.
  void value(std::string_view text);
  void value(std::int64_t number);

  void member(std::string_view name, std::string_view text) { key(name), value(text); }
  void member(std::string_view name, std::int64_t number) { key(name), value(number); }

  std::string take() { return std::move(text_); }

 private:
  void open(char bracket);
  void close(char bracket);
  void next();

  std::string text_;
  bool first_ = true;  // nothing stands before the next one, within what is open
};

}  // namespace notifyd::delivery
