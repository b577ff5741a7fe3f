#include "base/trusted_path.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace notifyd {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel
constexpr std::size_t kMaxPath = 4096;
constexpr mode_t kModeBits = 07777;
constexpr uid_t kUnknownUser = 65534;  // as a user namespace shows those that it does not know
constexpr unsigned kWrite = 2;

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & kModeBits));
  return text.data();
}

std::string facts(const struct stat& status) {
  return "(mode " + octal(status.st_mode) + ", user " + std::to_string(status.st_uid) + ", group " +
         std::to_string(status.st_gid) + ")";
}

bool gives_writing_to_others(const AccessEntry& entry, gid_t group, const Trust& trust) {
  if ((entry.permissions & kWrite) == 0) return false;
  switch (entry.whose) {
    case AccessEntry::Whose::kUser:
      return !is_trusted(entry.id, trust);
    case AccessEntry::Whose::kOwningGroup:
      return !is_trusted_group(group, trust);
    case AccessEntry::Whose::kGroup:
      return !is_trusted_group(entry.id, trust);
    default:
      return false;  // the mode's own bits
  }
}

// Of /proc: what is in there are links to what a process has open.
bool is_descriptor_directory(const std::string& path) {
  return path.starts_with("/proc/") && path.ends_with("/fd");
}

// /proc/1234/fd/1, and /proc/1234/task/1235/fd/1 where that is us.
std::optional<int> own_descriptor(const std::string& path) {
  if (!path.starts_with("/proc/" + std::to_string(::getpid()) + "/")) return std::nullopt;
  int number = -1;
  const char* const end = path.data() + path.size();
  const auto parsed = std::from_chars(path.data() + path.rfind('/') + 1, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

struct Place {
  std::string path;
  PathNode node;
};

class Walk {
 public:
  Walk(const PathSource& source, Trust trust, Use use)
      : source_(source), trust_(std::move(trust)), use_(use) {}

  Result<TrustedPath> run(const std::string& path) {
    if (path.find('\0') != std::string::npos) return invalid("a path cannot hold a NUL");
    if (path.size() > kMaxPath) return invalid("the path is too long");
    if (auto begun = restart(); !begun) return begun.error();
    queue(path);
    while (!left_.empty() && result_.missing.empty()) {
      if (auto done = step(); !done) return done.error();
    }
    if (result_.stream) return std::move(result_);
    if (auto good = judge_end(); !good) return good.error();
    return std::move(result_);
  }

 private:
  Result<> restart() {
    auto root = source_.root();
    if (!root) return root.error().in("/");
    chain_.assign(1, Place{"/", *std::move(root)});
    return owned(chain_.back());
  }

  // In front of what is left.
  void queue(const std::string& path) {
    const std::vector<std::string> parts = split(path, '/');
    left_.insert(left_.begin(), parts.begin(), parts.end());
  }

  Result<> step() {
    const std::string name = left_.front();
    left_.pop_front();
    if (auto entered = pass(chain_.back()); !entered) return entered;
    if (name == ".") return Done{};
    if (name == "..") {
      if (chain_.size() > 1) chain_.pop_back();
      return Done{};
    }
    const Place& directory = chain_.back();
    Place next{(directory.path == "/" ? "" : directory.path) + "/" + name, {}};
    auto node = source_.child(directory.node, name);
    if (!node) return absent(node.error(), next.path, name);
    next.node = *std::move(node);
    if (auto good = owned(next); !good) return good;
    if (S_ISLNK(next.node.status.st_mode)) return follow(next);
    chain_.push_back(std::move(next));
    return Done{};
  }

  Result<> absent(const Error& error, const std::string& path, const std::string& name) {
    if (error.code != Errc::kNotFound) return error.in(path);
    result_.missing.push_back(name);
    result_.missing.insert(result_.missing.end(), left_.begin(), left_.end());
    return Done{};
  }

  Result<> follow(const Place& link) {
    if (++links_ > kMaxLinks) return invalid(link.path + ": too many symbolic links");
    const auto target = source_.target(link.node);
    if (!target) return target.error().in(link.path);
    if (use_ == Use::kLog && is_descriptor_directory(chain_.back().path)) {
      if (auto stream = own_descriptor(link.path)) {
        result_.stream = stream;
        left_.clear();
        return Done{};
      }
      // "pipe:[1234]" is a description, and nothing to follow.
      if (!target->starts_with('/')) {
        return invalid(link.path +
                       " is a pipe or a socket of another process; write \"stdout\" "
                       "or \"stderr\", or name a file");
      }
    }
    if (target->empty() || target->size() > kMaxPath) {
      return invalid(link.path + ": it is a link to nowhere");
    }
    if (target->front() == '/') {
      if (auto begun = restart(); !begun) return begun;
    }
    queue(*target);
    return Done{};
  }

  // ---- What is asked of a component ----

  Result<> owned(const Place& place) const {
    const uid_t owner = place.node.status.st_uid;
    if (is_trusted(owner, trust_)) return Done{};
    if (place.path == "/" && owner == kUnknownUser) {
      return untrusted(place,
                       "belongs to a user whom this user namespace does not know; map root into "
                       "it, or start this program outside of it");
    }
    const std::string us = trust_.user == 0
                               ? "root, as whom this runs"
                               : "root or to the daemon's user, " + std::to_string(trust_.user);
    return untrusted(place, "belongs to user " + std::to_string(owner) +
                                ", who could change what is read there; it must belong to " + us +
                                ": " + owner_advice(place));
  }

  // A directory may be somebody's home: to give that away would do more harm than good.
  std::string owner_advice(const Place& place) const {
    const mode_t mode = place.node.status.st_mode;
    const std::string owner = std::to_string(place.node.status.st_uid);
    if (trust_.keeper_key != nullptr) {
      return std::string("if that is who keeps it fresh, as tbot does, write ") +
             trust_.keeper_key + " = \"" + owner + "\"";
    }
    const std::string word = shell_word(place.path);
    if (S_ISLNK(mode)) return "chown -h root " + word + ", or run this program as that user";
    if (!S_ISDIR(mode)) {
      return "chown " + (trust_.user == 0 ? "root" : std::to_string(trust_.user)) + " " + word +
             ", or run this program as that user";
    }
    return "run this program as that user, or move what it needs to a directory of root's, or, "
           "where user " +
           owner + " has no business, chown root " + word;
  }

  bool writable(const PathNode& node) const {
    if (use_ == Use::kLog && (node.status.st_mode & S_IWOTH) == 0) return false;
    return others_may_write(source_, node, trust_);
  }

  // A directory that the way leads through.
  Result<> pass(const Place& place) {
    if (!S_ISDIR(place.node.status.st_mode)) {
      return Error{Errc::kNotFound, place.path + ": Not a directory"};
    }
    result_.shared = others_may_write(source_, place.node, trust_);
    if (!result_.shared) return Done{};
    if (is_volume(place.node)) {
      result_.in_volume = true;
      result_.shared = false;
      return Done{};
    }
    const bool sticky = (place.node.status.st_mode & S_ISVTX) != 0;
    return sticky || !writable(place.node) ? Done{} : Result<>(open_to_others(place));
  }

  Result<> judge_end() {
    const Place& last = chain_.back();
    if (!result_.missing.empty()) {
      result_.directory = last.node;
      result_.path = last.path;
      result_.name = result_.missing.front();
      return Done{};
    }
    result_.path = last.path;
    result_.node = last.node;
    if (chain_.size() > 1) {
      result_.directory = chain_[chain_.size() - 2].node;
      result_.name = last.path.substr(last.path.rfind('/') + 1);
    }
    return judge_last(last);
  }

  Result<> judge_last(const Place& last) {
    const bool directory = S_ISDIR(last.node.status.st_mode);
    if (use_ == Use::kDirectory && !directory) {
      return Error{Errc::kInvalid, last.path + " is no directory"};
    }
    // What is in the log is not what it is trusted for.
    if (use_ == Use::kLog || !writable(last.node)) return Done{};
    if (directory && is_volume(last.node)) {
      result_.in_volume = true;
      return Done{};
    }
    return open_to_others(last);
  }

  bool is_volume(const PathNode& node) const {
    if (!source_.is_read_only(node) || !source_.is_mount_root(node)) return false;
    const auto data = source_.child(node, "..data");
    return data && S_ISLNK(data->status.st_mode) && data->status.st_uid == 0;
  }

  Error open_to_others(const Place& place) const {
    std::string who = "root and the daemon's user";
    if (trust_.keeper) who += " and user " + std::to_string(*trust_.keeper);
    std::string advice = write_advice(place);
    // A volume's mode is made anew with each pod.
    if (S_ISDIR(place.node.status.st_mode) && source_.is_mount_root(place.node)) {
      advice +=
          "; in a container, mount a Secret or a ConfigMap there, or run as the user that "
          "the volume belongs to";
    }
    return untrusted(place, "can be written by others than " + who + "; " + advice);
  }

  std::string write_advice(const Place& place) const {
    const std::string word = shell_word(place.path);
    const bool group = (place.node.status.st_mode & S_IWGRP) != 0;
    if (!group || !source_.access_list(place.node)) {
      return std::string("run chmod ") + (group ? "go-w " : "o-w ") + word;
    }
    if (trust_.keeper_key == nullptr) return "run setfacl -b " + word;
    return "its access list (getfacl " + word + ") may give writing to the user alone that " +
           trust_.keeper_key + " names";
  }

  static Error untrusted(const Place& place, const std::string& what) {
    return {kUntrusted, place.path + " " + facts(place.node.status) + " " + what};
  }

  const PathSource& source_;
  const Trust trust_;
  const Use use_;
  std::vector<Place> chain_;  // from / to where it is; links are not in it
  std::deque<std::string> left_;
  int links_ = 0;
  TrustedPath result_;
};

}  // namespace

bool others_may_write(const PathSource& source, const PathNode& node, const Trust& trust) {
  const struct stat& status = node.status;
  if ((status.st_mode & S_IWOTH) != 0) return true;
  if ((status.st_mode & S_IWGRP) == 0) return false;
  // With an access control list these bits are its mask.
  const auto list = source.access_list(node);
  if (!list) return !is_trusted_group(status.st_gid, trust);
  return std::ranges::any_of(*list, [&](const AccessEntry& entry) {
    return gives_writing_to_others(entry, status.st_gid, trust);
  });
}

Error about(const Error& error, const std::string& path) {
  return error.message.starts_with(path + " ") ? error : error.in(path);
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:,=%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

Result<TrustedPath> walk_trusted(const PathSource& source, const std::string& path,
                                 const Trust& trust, Use use) {
  if (path.empty()) return Error{Errc::kNotFound, "the path is empty"};
  std::string whole = path;
  if (path.front() != '/') {
    std::error_code failed;
    whole = std::filesystem::current_path(failed).string() + "/" + path;
    if (failed) return Error{Errc::kNotFound, failed.message()}.in("the current directory");
  }
  auto found = Walk(source, trust, use).run(whole);
  // kubelet put another "..data" there, and removed what the one that was followed led to.
  const bool swapped = found && found->in_volume && !found->missing.empty();
  return swapped ? Walk(source, trust, use).run(whole) : std::move(found);
}

}  // namespace notifyd
