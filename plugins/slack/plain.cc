#include "plain.h"

#include <vector>

#include "escape.h"
#include "fitting.h"
#include "notify/module.hpp"
#include "text.h"

namespace slack {
namespace {

using notify::view;

std::string plain_list(const std::vector<std::string_view>& items, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string next = (i > 0 ? ", " : "") + quoted_name(items[i], limit);
    if (i > 0 && length(out) + length(next) > 2 * limit) {
      return out + " +" + std::to_string(items.size() - i) + " more";
    }
    out += next;
  }
  return out;
}

std::string what_text(const Facts& facts, std::size_t limit) {
  std::string out;
  if (!facts.roles.empty()) out += " role " + plain_list(facts.role_names, limit);
  if (!facts.resources.empty()) {
    out += std::string(facts.roles.empty() ? "" : " on") + " resource " +
           plain_list(facts.resources, limit);
  }
  if (out.empty()) out = " access";
  return out + (facts.request.kind == NOTIFY_KIND_LONG_TERM ? " (long-term)" : "");
}

}  // namespace

std::string summary_cut(const Facts& facts, std::size_t limit) {
  const notify_request& request = facts.request;
  const std::string who = blank(request.user) ? "Somebody" : quoted_name(view(request.user), limit);
  std::string out = marked(facts.state) + ": " + who + " requests" + what_text(facts, limit);
  if (!blank(request.cluster)) {
    out += " (cluster " + quoted_name(view(request.cluster), limit) + ")";
  }
  out += ".";
  if (!blank(request.reason)) out += " Reason: " + quoted(view(request.reason), limit) + ".";
  if (!blank(request.resolve_reason)) {
    out += " Resolution reason: " + quoted(view(request.resolve_reason), limit) + ".";
  }
  out += access_words(facts, limit);
  if (!facts.link.empty()) return out + " " + facts.link;
  return out + " Request " + quoted_name(view(request.id), limit);
}

std::string summary(std::string_view before, const Facts& facts, std::string_view after) {
  return fitted([&](std::size_t limit) {
    return std::string(before) + summary_cut(facts, limit / 2) + std::string(after);
  });
}

}  // namespace slack
