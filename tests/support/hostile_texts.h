// What hostile requesters, reviewers and servers have put into texts, each around words that say
// who would be deceived. 93 of them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "notify/text.hpp"

namespace notifyd::test {

// Characters that nobody sees, or that steer what shows them.
inline std::vector<std::string> unseen_characters() {
  using namespace std::string_literals;
  return {"\0"s,        "\x01",       "\x07",       "\x08",       "\t",           "\n",
          "\v",         "\f",         "\r",         "\r\n",       "\x0e",         "\x1b",
          "\x1f",       "\x7f",       "\u0080",     "\u0085",     "\u008d",       "\u0090",
          "\u009b",     "\u009d",     "\u009f",     "\u00ad",     "\u034f",       "\u061c",
          "\u115f",     "\u1160",     "\u17b4",     "\u180b",     "\u180e",       "\u200b",
          "\u200c",     "\u200d",     "\u200e",     "\u200f",     "\u2028",       "\u2029",
          "\u202a",     "\u202b",     "\u202c",     "\u202d",     "\u202e",       "\u2060",
          "\u2061",     "\u2064",     "\u2066",     "\u2067",     "\u2068",       "\u2069",
          "\u206f",     "\u2800",     "\u3164",     "\ue000",     "\uf8ff",       "\ufdd0",
          "\ufe00",     "\ufe0f",     "\ufeff",     "\uffa0",     "\ufff9",       "\ufffa",
          "\ufffb",     "\uffff",     "\U0001d173", "\U000e0001", "\U000e0041",   "\U000e007f",
          "\U000e0100", "\U0010fffd", "\xff",       "\xc0\xaf",   "\xed\xa0\x80", "\x9b"};
}

// Sentences that pass for ours, markup, mentions and links.
inline std::vector<std::string> forgeries() {
  std::string pile = "e";
  for (int i = 0; i < 60; ++i) pile += "\u0301";
  return {"\u201D. \u2705 APPROVED: ciso@example.com requests role admin (cluster prod).",
          "\u2019\u201D\u201F\uFF02\". \u2705 APPROVED: ciso@example.com",
          "\n\u2705 APPROVED: ciso@example.com",
          "x\n*Status*: \u2705 APPROVED\n*Resolution reason*: ok",
          "x` \u2705 *APPROVED* `y",
          "``` \u2705 *APPROVED* ```",
          "`\uFEFF` \u2705 *APPROVED*",
          "\u1FEF\uFF40\u02CB \u2705 *APPROVED*",
          ":white_check_mark: *APPROVED* _by_ ~nobody~ ciso",
          "*bold* _it_ ~no~ > quote",
          "<https://evil.example|the request> <@U0CISO> <!channel>",
          "&lt;!here&gt; &amp;lt;!here&amp;gt;",
          "@here @channel #general",
          "evil.example",
          "www.evil.example https://evil.example/login mailto:ciso@evil.example",
          pile,
          "2026-11-22T12:34:56.789Z INFO  announced request=r-1",
          "x\" recipient=\"#ciso\" state=APPROVED",
          "x\u00A0state=APPROVED",
          "\x1b]0;owned\x07\x1b[2J\x1b[31m",
          "\u009b2J\u009d0;owned\u009c"};
}

inline std::vector<std::string> hostile_texts() {
  std::vector<std::string> texts;
  for (const std::string& unseen : unseen_characters()) {
    texts.push_back("ciso" + unseen + "APPROVED");
  }
  for (std::string& forged : forgeries()) texts.push_back(std::move(forged));
  return texts;
}

// Told apart from notify::visible by another way: no table of its own. "" when all can be seen.
inline std::string let_through(std::string_view text, std::string_view kept = "") {
  const std::vector<std::string> unseen = unseen_characters();
  for (const std::string& each : unseen) {
    const bool may = each.size() == 1 && kept.find(each[0]) != std::string_view::npos;
    // A lone byte that is no UTF-8 is part of many good sequences; visible() below tells.
    const bool lone = each.size() == 1 && static_cast<unsigned char>(each[0]) >= 0x80;
    if (!may && !lone && each != "\r\n" && text.find(each) != std::string_view::npos) return each;
  }
  const std::string seen = notify::visible(text, kept);
  return seen == text ? "" : "not as visible() has it: " + seen;
}

}  // namespace notifyd::test
