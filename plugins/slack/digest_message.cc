#include "digest_message.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "blocks.h"
#include "escape.h"
#include "fitting.h"
#include "notify/module.hpp"
#include "text.h"

namespace slack {
namespace {

using notify::view;

constexpr std::size_t kMostCharacters = 64;  // of one value: many share a text object
constexpr std::size_t kFewestCharacters = 8;
constexpr std::size_t kUrlLimit = 1000;

template <class Build>
std::string fitted_text(const Build& build) {
  return fitted(build, kMostCharacters, kFewestCharacters);
}

std::string counted(std::uint32_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string who(const notify_digest& digest, std::size_t limit) {
  const std::string_view user = trim(view(digest.user));
  return user.empty() ? "Somebody" : name_text(user, limit);
}

std::string title(const notify_digest& digest, std::size_t limit) {
  const std::string open = counted(digest.pending, "open Access Request", "open Access Requests");
  return who(digest, limit) + " has " + open +
         " here. So many came at once that from here on they are gathered in this message, which "
         "is kept up to date, instead of one message each.";
}

std::string counts(const notify_digest& digest) {
  std::string out = "\u23F3 PENDING: " + std::to_string(digest.pending);
  const auto add = [&out](std::string_view name, std::uint32_t count) {
    if (count > 0) out += "\n" + std::string(name) + ": " + std::to_string(count);
  };
  add("\u2705 APPROVED", digest.approved);
  add("\u274C DENIED", digest.denied);
  add("\u231B EXPIRED", digest.expired);
  return out;
}

std::string roles_of(const notify_request& request, std::size_t limit) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < request.n_roles; ++i) names.push_back(view(request.roles[i].name));
  return names.empty() ? "access" : list_code(names, ",", limit);
}

std::string newest(const notify_digest& digest, std::size_t limit) {
  if (digest.n_newest == 0) return "None of them waits for a decision any more.";
  std::string out = "*The newest that wait for a decision*:";
  for (std::size_t i = 0; i < digest.n_newest; ++i) {
    const notify_request& request = *digest.newest[i];
    out += "\n\u2022 " + roles_of(request, limit) + ", ID " + name_text(view(request.id), limit);
  }
  if (digest.pending > digest.n_newest) {
    out += "\nand " + std::to_string(digest.pending - digest.n_newest) + " more";
  }
  return out;
}

// A character that ends a link would break more than the link.
bool is_link(std::string_view url) {
  const bool http = url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
  return http && url.size() <= kUrlLimit && std::all_of(url.begin(), url.end(), [](char c) {
           return c > ' ' && c < '\x7f' &&
                  std::string_view("<>|\"`\\").find(c) == std::string_view::npos;
         });
}

std::string where(const notify_digest& digest) {
  const std::string_view url = trim(view(digest.url));
  if (is_link(url)) return "*All of them*: <" + escape(url) + ">";
  return "*All of them*: `tsh request ls`";
}

std::string in_a_line(const notify_digest& digest) {
  const std::string_view user = trim(view(digest.user));
  return "\u23F3 " + (user.empty() ? "Somebody" : quoted_name(user, kMostCharacters)) + " has " +
         counted(digest.pending, "open Access Request", "open Access Requests") +
         ", gathered in one message (" + std::to_string(digest.approved) + " approved, " +
         std::to_string(digest.denied) + " denied, " + std::to_string(digest.expired) +
         " expired).";
}

}  // namespace

Message digest_message(const notify_digest& digest) {
  Message message;
  message.text = in_a_line(digest);
  Blocks blocks;
  blocks.section(fitted_text([&](std::size_t limit) { return title(digest, limit); }));
  blocks.section(counts(digest));
  blocks.section(fitted_text([&](std::size_t limit) { return newest(digest, limit); }));
  blocks.section(where(digest));
  message.blocks = std::move(blocks).json();
  return message;
}

}  // namespace slack
