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

Known known_tree(const std::vector<Option>& options) {
  Known root;
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
          const std::vector<std::string>& others)
      : tree_(tree), file_(file), options_(options), others_(others) {
    checked_.settings.file = file;
  }

  Result<Checked> run() {
    if (auto read = section(tree_, known_tree(options_), ""); !read) return read.error();
    for (const Option& option : options_) {
      if (auto done = finish(option); !done) return done.error();
    }
    return std::move(checked_);
  }

 private:
  bool claimed(const std::string& path, const std::string& key) const {
    return path.empty() && std::ranges::find(others_, key) != others_.end();
  }

  // `path` is the section's name, "" for the file itself.
  Result<> section(const Tree& tree, const Known& known, const std::string& path) {
    for (const auto& [key, child] : tree) {
      if (claimed(path, key)) continue;
      const auto it = known.below.find(key);
      if (it == known.below.end()) return unknown(key, child, known, path);
      auto done = it->second.option != nullptr ? option(*it->second.option, child)
                                               : subsection(key, child, it->second, path);
      if (!done) return done;
    }
    return Done{};
  }

  Result<> subsection(const std::string& key, const Tree& child, const Known& known,
                      const std::string& path) {
    const std::string name = in_section(path, key);
    if (child.data().kind == Value::Kind::kTable) return section(child, known, name);
    return at(key_position(child, file_),
              name + " must be a section; write [" + name + "] alone on its line");
  }

  Result<> option(const Option& option, const Tree& node) {
    if (option.ignored) return ignore(option, node);
    auto entry = convert(option, node, file_);
    if (!entry) return entry.error();
    checked_.settings.entries.insert_or_assign(option.name, *std::move(entry));
    return Done{};
  }

  Result<> ignore(const Option& option, const Tree& node) {
    const std::string name = option.type == Type::kTable ? "[" + option.name + "]" : option.name;
    checked_.warnings.push_back(key_position(node, file_).str() + ": " + name + " " +
                                (option.help.empty() ? "does nothing; remove it" : option.help));
    return Done{};
  }

  // What was not written: its fallback, or an error when there must be a value.
  Result<> finish(const Option& option) {
    if (option.ignored) return Done{};
    if (const auto* entry = checked_.settings.find(option.name)) return has_star(option, *entry);
    if (option.required) return missing(option);
    if (!option.fallback) return Done{};
    auto entry = fallback_entry(option);
    if (!entry) return entry.error().in("the fallback of option " + option.name);
    checked_.settings.entries.emplace(option.name, *std::move(entry));
    return Done{};
  }

  Result<> has_star(const Option& option, const Settings::Entry& entry) const {
    const bool needed = option.required && option.type == Type::kTable;
    if (!needed || entry.table.contains("*")) return Done{};
    return at(entry.at, option.name +
                            " has no \"*\", which is for all that have no line of their own; write "
                            "\"*\" = [\"...\"] under [" +
                            option.name + "], or \"*\" = [] for none" + help(option));
  }

  Error missing(const Option& option) const {
    return at(section_position(option),
              option.name + " is missing; write " + how_to_write(option) + help(option));
  }

  static std::string help(const Option& option) {
    return option.help.empty() ? "" : " (" + option.help + ")";
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

  Error unknown(const std::string& key, const Tree& child, const Known& known,
                const std::string& path) const {
    const bool is_section = child.data().kind == Value::Kind::kTable;
    std::string what = is_section ? "unknown section [" + in_section(path, shown(key)) + "]"
                                  : "unknown key \"" + shown(key) + "\"";
    if (!is_section && !path.empty()) what += " in [" + path + "]";
    return at(key_position(child, file_), what + "; " + instead(key, known, path, is_section));
  }

  bool ignored(const std::string& path, const std::string& name) const {
    return std::any_of(options_.begin(), options_.end(), [&](const Option& option) {
      return option.ignored && option.name == in_section(path, name);
    });
  }

  static std::string in_section(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  std::string instead(const std::string& key, const Known& known, const std::string& path,
                      bool is_section) const {
    std::vector<std::string> names;
    for (const auto& [name, below] : known.below) names.push_back(name);
    if (path.empty()) names.insert(names.end(), others_.begin(), others_.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    if (const std::string near = nearest(key, names); !near.empty()) {
      return is_section ? "did you mean [" + in_section(path, near) + "]?"
                        : "did you mean \"" + near + "\"?";
    }
    for (const Option& option : options_) {
      if (leaf_of(option.name) != key) continue;
      const std::string section = section_of(option.name);
      return section.empty() ? "write it above the first [section]"
                             : "it belongs under [" + section + "]";
    }
    std::erase_if(names, [&](const std::string& name) { return ignored(path, name); });
    return names.empty() ? "remove it" : "known here: " + join(names, ", ");
  }

  const Tree& tree_;
  const std::string& file_;
  const std::vector<Option>& options_;
  const std::vector<std::string>& others_;
  Checked checked_;
};

}  // namespace

Result<Checked> check(const Tree& tree, const std::string& file, const std::vector<Option>& options,
                      const std::vector<std::string>& other_sections) {
  return Checker(tree, file, options, other_sections).run();
}

}  // namespace notifyd::config
