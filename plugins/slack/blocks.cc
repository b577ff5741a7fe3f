#include "blocks.h"

#include "json_text.h"
#include "text.h"

namespace slack {

bool fits(std::string_view text) {
  return text.size() <= kTextLimit || length(text) <= kTextLimit;  // no unit is less than a byte
}

Blocks& Blocks::section(std::string_view text) {
  begin_block();
  json_ += R"({"text":)";
  add_text(text);
  json_ += R"(,"type":"section"})";
  return *this;
}

Blocks& Blocks::context(const std::vector<std::string>& texts) {
  begin_block();
  json_ += R"({"elements":[)";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) json_ += ',';
    add_text(texts[i]);
  }
  json_ += R"(],"type":"context"})";
  return *this;
}

void Blocks::begin_block() {
  if (json_.size() > 1) json_ += ',';
}

void Blocks::add_text(std::string_view text) {
  texts_fit_ = texts_fit_ && fits(text);
  json_ += R"({"text":)";
  append_quoted(json_, text);
  json_ += R"(,"type":"mrkdwn","verbatim":true})";
}

}  // namespace slack
