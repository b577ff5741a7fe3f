#include "template.h"

#include <gtest/gtest.h>

#include <ostream>

#include "event_json.h"

namespace webhook {
namespace {

std::string as_it_is(std::string_view text, bool) { return std::string(text); }

Json event() {
  return Json::parse(R"({
    "title": "a title", "empty": "", "nothing": null, "yes": true, "no": false, "n": 7,
    "request": {"user": "alice", "roles": ["editor", "auditor"], "none": [],
                "reviews": [{"author": "bob", "user": "inner"}, {"author": "carol"}],
                "annotations": {"ticket.id": ["T-1"], "team": ["a", "b"]}}})");
}

std::string rendered(const std::string& text) { return Template(text).render(event(), as_it_is); }

struct Case {
  const char* text;
  const char* becomes;
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.text; }
class Rendered : public ::testing::TestWithParam<Case> {};

TEST_P(Rendered, IsThis) { EXPECT_EQ(rendered(GetParam().text), GetParam().becomes); }

INSTANTIATE_TEST_SUITE_P(
    Template, Rendered,
    ::testing::Values(
        Case{"", ""}, Case{"no tags { } }} at all", "no tags { } }} at all"},
        Case{"{{title}}", "a title"}, Case{"{{ title }}!", "a title!"},
        Case{"{{request.user}} {{request.roles}}", "alice editor, auditor"},
        Case{"{{n}} {{yes}} {{no}} [{{nothing}}] [{{empty}}]", "7 true false [] []"},
        Case{"{{{title}}} {{{request.roles}}} {{{nothing}}}",
             "\"a title\" [\"editor\",\"auditor\"] null"},
        Case{"{\"a\":{{{n}}}}", "{\"a\":7}"}, Case{"{{! a remark }}x", "x"},
        Case{"{{#yes}}a{{/yes}}{{#no}}b{{/no}}{{#nothing}}c{{/nothing}}{{#empty}}d{{/empty}}", "a"},
        Case{"{{^yes}}a{{/yes}}{{^no}}b{{/no}}{{^nothing}}c{{/nothing}}{{^request.none}}d"
             "{{/request.none}}",
             "bcd"},
        Case{"{{#request.roles}}<{{.}}>{{^@last}},{{/@last}}{{/request.roles}}",
             "<editor>,<auditor>"},
        Case{"{{#request.reviews}}{{author}} for {{title}};{{/request.reviews}}",
             "bob for a title;carol for a title;"},
        Case{"{{#request}}{{user}}{{/request}}", "alice"},
        Case{"{{#title}}{{title}}{{/title}}", "a title"},
        Case{"{{request.annotations.ticket.id}} {{request.annotations.team}}", "T-1 a, b"},
        Case{"[{{request.annotations.other}}] [{{nowhere}}]", "[] []"},
        Case{"{{#request.reviews}}{{#request.roles}}{{.}} {{/request.roles}}{{/request.reviews}}",
             "editor auditor editor auditor "}));

class Wrong : public ::testing::TestWithParam<Case> {};

TEST_P(Wrong, IsRefusedWithItsPlace) {
  try {
    Template(GetParam().text).check_names(full_sample("pending"));
    FAIL() << "accepted";
  } catch (const TemplateError& e) {
    EXPECT_STREQ(e.what(), GetParam().becomes);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Template, Wrong,
    ::testing::Values(Case{"{{title", "line 1, column 1: no }} follows"},
                      Case{"a\nbc{{{title}}", "line 2, column 3: no }}} follows"},
                      Case{"{{}}", "line 1, column 1: \"\" is not a name"},
                      Case{"{{a b}}", "line 1, column 1: \"a b\" is not a name"},
                      Case{"{{.a}}", "line 1, column 1: \".a\" is not a name"},
                      Case{"{{#review}}x", "line 1, column 1: {{#review}} is never closed"},
                      Case{"x{{/review}}", "line 1, column 2: {{/review}} closes nothing"},
                      Case{"{{#review}}{{/request}}",
                           "line 1, column 12: {{/request}} stands where {{/review}} must"},
                      Case{"{{titel}}", "line 1, column 1: no event has \"titel\""},
                      Case{"{{#request.reviews}}\n{{autor}}{{/request.reviews}}",
                           "line 2, column 1: no event has \"autor\""},
                      Case{"{{author}}", "line 1, column 1: no event has \"author\""},
                      Case{"{{^review}}{{x}}{{/review}}",
                           "line 1, column 12: no event has \"x\""}));

TEST(Template, HasEndsToHowDeepItGoes) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{{#review}}";
  EXPECT_THROW(Template{deep}, TemplateError);
}

TEST(Template, TellsWhatIsMarkupFromWhatIsNot) {
  const auto escape = [](std::string_view text, bool markup) {
    return std::string(text) + (markup ? " escaped" : " kept");
  };
  EXPECT_EQ(Template("{{title}}, {{&title}}").render(event(), escape),
            "a title escaped, a title kept");
}

TEST(Template, KnowsAnyAnnotationAndTrait) {
  Template("{{request.annotations.team}}{{request.user_traits.any.thing}}")
      .check_names(full_sample("pending"));
}

}  // namespace
}  // namespace webhook
