#include "escape.h"

#include <gtest/gtest.h>

#include "json.h"
#include "support/hostile_texts.h"

namespace webhook {
namespace {

TEST(Escaped, IsTextInJson) {
  EXPECT_EQ(escaped("say \"hi\"\n\\", Markup::kNone, Body::kJson), R"(say \"hi\"\n\\)");
}

TEST(Escaped, IsTextInAForm) {
  EXPECT_EQ(escaped("a b&c=ü", Markup::kNone, Body::kForm), "a%20b%26c%3D%C3%BC");
}

TEST(Escaped, IsNoMentionAndNoLinkInSlack) {
  EXPECT_EQ(escaped("<!channel> & <https://a|b>", Markup::kSlack, Body::kText),
            "&lt;!channel&gt; &amp; &lt;https://a|b&gt;");
}

TEST(Escaped, IsNoMarkupAndNoMentionInMarkdown) {
  EXPECT_EQ(escaped("# **a** [b](c)", Markup::kMarkdown, Body::kText),
            R"(\# \*\*a\*\* \[b\]\(c\))");
  EXPECT_EQ(escaped("@all (@here) a@b", Markup::kMarkdown, Body::kText),
            "@\u200Ball \\(@\u200Bhere\\) a@b");
}

TEST(Escaped, ShowsWhatNobodySees) {
  EXPECT_EQ(escaped("ok\u202Eteg", Markup::kNone, Body::kText), "ok⟨U+202E⟩teg");
}

TEST(Escaped, EndsSomewhere) {
  const std::string out = escaped(std::string(1'000'000, 'x'), Markup::kNone, Body::kText);
  EXPECT_EQ(out.size(), kLongestValue - 1 + 3);
}

TEST(Escaped, IsAlwaysInsideItsString) {
  for (const std::string& text : notifyd::test::hostile_texts()) {
    for (const Markup markup : {Markup::kNone, Markup::kSlack, Markup::kMarkdown}) {
      const Json parsed = Json::parse("[\"" + escaped(text, markup, Body::kJson) + "\"]");
      EXPECT_EQ(parsed.size(), 1U);
    }
  }
}

TEST(BodyOf, GoesByTheMediaType) {
  EXPECT_EQ(body_of("application/json"), Body::kJson);
  EXPECT_EQ(body_of("Application/JSON ; charset=utf-8"), Body::kJson);
  EXPECT_EQ(body_of("application/cloudevents+json"), Body::kJson);
  EXPECT_EQ(body_of("application/x-www-form-urlencoded"), Body::kForm);
  EXPECT_EQ(body_of("text/plain"), Body::kText);
}

}  // namespace
}  // namespace webhook
