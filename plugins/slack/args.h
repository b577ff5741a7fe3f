// What a call of Slack's Web API says: named values, in the order of their names.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slack {

// Names are literals, or outlive this. A name that is there gets the new value.
class Args {
 public:
  void set(std::string_view name, std::string text);
  void set_flag(std::string_view name, bool value) { put(name, value ? "true" : "false", false); }
  void set_json(std::string_view name, std::string json) { put(name, std::move(json), false); }
  void erase(std::string_view name);

  // As it was set: a text, or JSON. "": there is none.
  std::string_view at(std::string_view name) const;

  std::string as_json() const;
  std::string as_form() const;  // application/x-www-form-urlencoded

 private:
  struct Arg {
    std::string_view name;
    std::string value;
    bool is_text = true;  // else JSON
  };

  void put(std::string_view name, std::string value, bool is_text);

  std::vector<Arg> all_;
};

}  // namespace slack
