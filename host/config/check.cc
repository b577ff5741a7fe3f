#include "config/check.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "config/suggest.h"
#include "config/values.h"

namespace notifyd::config {
namespace {

// The option names as the tree that a file is expected to be. A node is an option, or a section
// with more below it.
struct Known {
  const Option* option = nullptr;
  std::map<std::string, Known, std::less<>> below;
};

Known known_tree(const std::vector<Option>& options, const std::vector<std::string>& others) {
  Known root;
  for (const std::string& other : others) {
    if (const std::string section = section_of(other); !section.empty()) root.below[section];
  }
  for (const Option& option : options) {
    Known* node = &root;
    for (const std::string& part : split(option.name, '.')) node = &node->below[part];
    node->option = &option;
  }
  return root;
}

class Checker {
 public:
  Checker(const Tree& tree, const std::string& file, const std::vector<Option>& options,
          Faults& faults, const std::vector<std::string>& others)
      : tree_(tree), file_(file), options_(options), others_(others), faults_(faults) {
    checked_.settings.file = file;
  }

  Checked run() {
    section(tree_, known_, "");
    for (const Option& option : options_) finish(option);
    return std::move(checked_);
  }

 private:
  bool claimed(const std::string& path, const std::string& key) const {
    return std::ranges::any_of(others_, [&](const std::string& other) {
      return section_of(other) == path && leaf_of(other) == key;
    });
  }

  // `path` is the section's name, "" for the file itself.
  void section(const Tree& tree, const Known& known, const std::string& path) {
    for (const auto& [key, child] : tree) {
      if (claimed(path, key)) continue;
      const auto it = known.below.find(key);
      if (it == known.below.end()) {
        unknown(key, child, known, path);
      } else {
        read(child, it->second, in_section(path, key));
      }
    }
  }

  void read(const Tree& node, const Known& known, const std::string& name) {
    if (known.option != nullptr) return option(*known.option, node);
    if (is_section(node)) return section(node, known, name);
    faults_.add(key_position(node, file_),
                name + " must be a section; write [" + name + "] alone on its line");
    blame_all(known);
  }

  // What cannot be read is not missing.
  void blame_all(const Known& known) {
    if (known.option != nullptr) checked_.settings.wrong.insert(known.option->name);
    for (const auto& [name, below] : known.below) blame_all(below);
  }

  void option(const Option& option, const Tree& node) {
    if (option.ignored) return ignore(option, node);
    convert(option, node, checked_.settings, faults_);
  }

  void ignore(const Option& option, const Tree& node) {
    const std::string name = option.type == Type::kTable ? "[" + option.name + "]" : option.name;
    checked_.warnings.push_back(key_position(node, file_).str() + ": " + name + " " +
                                (option.help.empty() ? "does nothing; remove it" : option.help));
  }

  // What was not written, or cannot be used: its fallback, or a fault when there must be a value.
  void finish(const Option& option) {
    if (option.ignored) return;
    Settings& settings = checked_.settings;
    const bool wrong = settings.wrong.contains(option.name);
    const auto* entry = settings.find(option.name);
    if (entry != nullptr && !wrong) return has_star(option, *entry);
    if (option.required && !wrong) return missing(option);
    if (option.fallback) fall_back(option);
  }

  void fall_back(const Option& option) {
    auto fallback = fallback_entry(option);
    if (!fallback) {
      return faults_.add(fallback.error().in("the fallback of option " + option.name), {file_});
    }
    // Where there is a wrong value, it says where that is.
    auto& entry = checked_.settings.entries[option.name];
    if (entry.set) {
      fallback->at = entry.at;
      fallback->set = true;
    }
    entry = *std::move(fallback);
  }

  void has_star(const Option& option, const Settings::Entry& entry) {
    const bool needed = option.required && option.type == Type::kTable;
    if (!needed || entry.table.contains("*")) return;
    blame(option, entry.at,
          " has no \"*\", which is for all that have no line of their own; write \"*\" = "
          "[\"...\"] under [" +
              option.name + "], or \"*\" = [] for none");
  }

  void missing(const Option& option) {
    blame(option, section_position(option), " is missing; write " + how_to_write(option));
  }

  void blame(const Option& option, const Position& at, const std::string& what) {
    const std::string help = option.help.empty() ? "" : " (" + option.help + ")";
    faults_.add(at, option.name + what + help);
    checked_.settings.wrong.insert(option.name);
  }

  // Of the section that the option belongs to, as deep as it is there.
  Position section_position(const Option& option) const {
    const Tree* node = &tree_;
    Position position{file_};
    const std::string path = option.type == Type::kTable ? option.name : section_of(option.name);
    for (const std::string& part : split(path, '.')) {
      const auto it = node->find(part);
      if (it == node->not_found()) break;
      node = &it->second;
      position = value_position(*node, file_);
    }
    if (position.line == 0) position.line = position.column = 1;  // nothing of it is written yet
    return position;
  }

  void unknown(const std::string& key, const Tree& child, const Known& known,
               const std::string& path) {
    const bool section = is_section(child);
    std::string what = section ? "unknown section [" + in_section(path, shown(key)) + "]"
                               : "unknown key \"" + shown(key) + "\"";
    if (!section && !path.empty()) what += " in [" + path + "]";
    const Meant meant = meant_by(key, known, path, section);
    faults_.add(key_position(child, file_), what + "; " + meant.advice);
    if (meant.known == nullptr || is_there(meant.name)) return;
    if (takes(*meant.known, child)) {
      read(child, *meant.known, meant.name);
    } else {
      blame_all(*meant.known);
    }
  }

  // What an unknown key was most likely meant to be. `known` is null where that is not ours.
  struct Meant {
    std::string advice;
    std::string name = {};
    const Known* known = nullptr;
  };

  Meant meant_by(const std::string& key, const Known& known, const std::string& path,
                 bool section) const {
    const std::vector<std::string> names = names_in(known, path);
    if (const std::string near = nearest(key, names); !near.empty()) {
      const auto it = known.below.find(near);
      const std::string name = in_section(path, near);
      return {section ? "did you mean [" + name + "]?" : "did you mean \"" + near + "\"?", name,
              it == known.below.end() ? nullptr : &it->second};
    }
    for (const Option& option : options_) {
      if (leaf_of(option.name) == key && !option.ignored) return elsewhere(option);
    }
    for (const std::string& other : others_) {
      const std::string place = section_of(other);
      if (leaf_of(other) == key && !place.empty()) return {"it belongs under [" + place + "]"};
    }
    const std::vector<std::string> here = known_here(names, path);
    return {here.empty() ? "remove it" : "known here: " + join(here, ", ")};
  }

  Meant elsewhere(const Option& option) const {
    const std::string section = section_of(option.name);
    return {section.empty() ? "write it above the first [section]"
                            : "it belongs under [" + section + "]",
            option.name, node_of(option)};
  }

  const Known* node_of(const Option& option) const {
    const Known* node = &known_;
    for (const std::string& part : split(option.name, '.')) node = &node->below.at(part);
    return node;
  }

  std::vector<std::string> names_in(const Known& known, const std::string& path) const {
    std::vector<std::string> names;
    for (const auto& [name, below] : known.below) names.push_back(name);
    for (const std::string& other : others_) {
      if (section_of(other) == path) names.push_back(leaf_of(other));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  std::vector<std::string> known_here(std::vector<std::string> names,
                                      const std::string& path) const {
    std::erase_if(names, [&](const std::string& name) { return ignored(path, name); });
    return names;
  }

  bool ignored(const std::string& path, const std::string& name) const {
    return std::any_of(options_.begin(), options_.end(), [&](const Option& option) {
      return option.ignored && option.name == in_section(path, name);
    });
  }

  // Whether it is written under its right name too.
  bool is_there(const std::string& name) const {
    const Tree* node = &tree_;
    for (const std::string& part : split(name, '.')) {
      const auto it = node->find(part);
      if (it == node->not_found()) return checked_.settings.find(name) != nullptr;
      node = &it->second;
    }
    return true;
  }

  static bool is_section(const Tree& node) { return node.data().kind == Value::Kind::kTable; }

  static bool takes(const Known& known, const Tree& node) {
    const bool wants_section = known.option == nullptr || known.option->type == Type::kTable;
    return wants_section == is_section(node);
  }

  static std::string in_section(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  const Tree& tree_;
  const std::string& file_;
  const std::vector<Option>& options_;
  const std::vector<std::string>& others_;
  const Known known_ = known_tree(options_, others_);
  Faults& faults_;
  Checked checked_;
};

}  // namespace

Checked check(const Tree& tree, const std::string& file, const std::vector<Option>& options,
              Faults& faults, const std::vector<std::string>& claimed) {
  return Checker(tree, file, options, faults, claimed).run();
}

}  // namespace notifyd::config
