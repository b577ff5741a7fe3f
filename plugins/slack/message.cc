#include "message.h"

#include <utility>
#include <vector>

#include "blocks.h"
#include "build.h"
#include "escape.h"
#include "facts.h"
#include "fitting.h"
#include "notify/module.hpp"
#include "plain.h"
#include "text.h"
#include "times.h"

namespace slack {
namespace {

using notify::view;

std::string who_lines(const notify_request& request, std::size_t limit) {
  std::string out = line("ID", name_text(view(request.id), limit));
  if (!blank(request.cluster)) out += line("Cluster", name_text(view(request.cluster), limit));
  if (!blank(request.user)) out += line("User", name_text(view(request.user), limit));
  return out;
}

std::string fields(const Facts& facts, std::size_t limit) {
  const notify_request& request = facts.request;
  std::string out = who_lines(request, limit);
  out += role_lines(facts, limit) + resource_line(facts, limit);
  if (!blank(request.reason)) out += line("Reason", block_code(view(request.reason), limit));
  out += link_lines(facts, limit);
  return out + access_lines(facts, limit) + waiting_lines(facts, limit);
}

std::string status(const Facts& facts, std::size_t limit) {
  std::string out = "*Status*: " + marked(facts.state);
  if (!blank(facts.request.resolve_reason)) {
    out += "\n*Resolution reason*: " + block_code(view(facts.request.resolve_reason), limit);
  }
  return out;
}

std::string not_told_line(std::size_t count) {
  return "+" + std::to_string(count) + " not told (too many suggested reviewers)";
}

std::vector<std::string> context(const Facts& facts, std::size_t not_told, std::size_t limit) {
  std::vector<std::string> texts{status(facts, limit)};
  if (facts.request.n_reviews > 0) texts.push_back(review_line(facts.request, limit));
  if (not_told > 0) texts.push_back(not_told_line(not_told));
  if constexpr (*kMark != '\0') texts.emplace_back(kMark);
  return texts;
}

std::string verdict_title(const Facts& facts, std::size_t limit) {
  return "Request with ID \"" + name_text(view(facts.request.id), limit) +
         "\" has been updated: *" + std::string(state_name(facts.state)) + "*";
}

// How long the access lasts is of interest to whoever got it.
std::string verdict_fields(const Facts& facts, std::size_t limit) {
  const notify_request& request = facts.request;
  const bool granted = facts.state == State::kApproved || facts.state == State::kPromoted;
  std::string out = line("Decision", marked(facts.state));
  out += role_lines(facts, limit) + resource_line(facts, limit);
  if (granted) out += access_lines(facts, limit);
  if (!blank(request.resolve_reason)) {
    out += line("Resolution reason", block_code(view(request.resolve_reason), limit));
  }
  if (request.n_reviews > 0) out += line("Reviewed by", review_line(request, limit));
  if (!blank(request.cluster)) out += line("Cluster", name_text(view(request.cluster), limit));
  return out + link_lines(facts, limit);
}

std::string given_up_fields(const Facts& facts, std::string_view who, std::string_view why,
                            std::size_t limit) {
  std::string out = line("Not reached", name_text(who, limit));
  out += line("Why", block_code(why, limit)) + who_lines(facts.request, limit);
  out += role_lines(facts, limit) + resource_line(facts, limit);
  return facts.link.empty() ? out : out + line("Link", facts.link);
}

std::string reply_cut(const notify_review& review, std::size_t limit) {
  std::string out = quoted_name(view(review.author), limit) + " reviewed the request";
  const std::string at = time_text(review.created_ms);
  if (!at.empty()) out += " at " + at;
  out += ".\nResolution: " + marked(state_of_resolution(review.proposed)) + ".";
  if (!blank(review.reason)) out += "\nReason: " + block_code(view(review.reason), limit);
  const bool told = NOTIFY_HAS(&review, proposed_start_ms);
  const std::string start = told ? time_markup(review.proposed_start_ms) : "";
  return start.empty() ? out : out + "\nAccess would start: " + start;
}

// `fill` is told the limit of each value.
template <class Fill>
std::string fitted_blocks(const Fill& fill) {
  Blocks blocks = fitted([&fill](std::size_t limit) {
    Blocks all;
    fill(all, limit);
    return all;
  });
  return std::move(blocks).json();
}

}  // namespace

Message announcement(const notify_request& request, State state, std::size_t not_told) {
  const Facts facts(request, state);
  Message message;
  message.text = summary("", facts, not_told > 0 ? " " + not_told_line(not_told) : "");
  message.blocks = fitted_blocks([&](Blocks& blocks, std::size_t limit) {
    blocks.section(title(facts)).section(fields(facts, limit));
    blocks.context(context(facts, not_told, limit));
  });
  return message;
}

Message verdict(const notify_request& request, State state) {
  const Facts facts(request, state);
  Message message;
  message.text = summary("Your access request " + std::string(happened(state)) + ". ", facts, "");
  message.blocks = fitted_blocks([&](Blocks& blocks, std::size_t limit) {
    blocks.section(verdict_title(facts, limit)).section(verdict_fields(facts, limit));
  });
  return message;
}

Message given_up(const notify_request& request, State state, std::string_view who,
                 std::string_view why, bool tried_again) {
  constexpr const char* kTitle = "Somebody could not be told of an access request:";
  constexpr const char* kMend =
      "They hear nothing more of this request, so tell them. The next one reaches them once the "
      "above is mended.";
  constexpr const char* kAgain =
      "This is tried again by itself, less and less often, and gets through once the above is "
      "mended. Tell them if it can't wait.";
  const Facts facts(request, state);
  Message message;
  message.text = fitted([&](std::size_t limit) {
    return "Not told of an access request: " + quoted_name(who, limit / 2) +
           ". Why: " + quoted(why, limit) + ". " + summary_cut(facts, limit / 2);
  });
  message.blocks = fitted_blocks([&](Blocks& blocks, std::size_t limit) {
    blocks.section(kTitle).section(given_up_fields(facts, who, why, limit));
    blocks.section(tried_again ? kAgain : kMend);
  });
  return message;
}

std::string review_reply(const notify_review& review) {
  return fitted([&](std::size_t limit) { return reply_cut(review, limit); });
}

}  // namespace slack
