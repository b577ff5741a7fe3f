// What comes back, before anything is made of it: never deeper or of more values than the bounds
// say, and never other than what the whole parser makes of it, but for what it repeats.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json.h"

namespace {

struct Size {
  std::size_t values = 0, depth = 0;
};

void measure(const slack::Json& json, std::size_t depth, Size& size) {
  ++size.values;
  if (!json.is_structured()) return;
  if (depth > size.depth) size.depth = depth;
  for (const slack::Json& child : json) measure(child, depth + 1, size);
}

slack::Json without_echoes(slack::Json json) {
  if (!json.is_object()) return json;
  for (const std::string_view echo : slack::kEchoes) json.erase(echo);
  return json;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const slack::Json answer = slack::parse_answer(text);
  if (answer.is_discarded()) {
    // Of 64 bytes nothing is too deep or too much.
    if (size <= slack::kDeepestAnswer && slack::Json::accept(text)) std::abort();
    return 0;
  }
  const slack::Json whole = slack::Json::parse(text, nullptr, false);
  if (!whole.is_discarded() && without_echoes(answer) != without_echoes(whole)) std::abort();
  Size measured;
  measure(answer, 1, measured);
  if (measured.depth > slack::kDeepestAnswer || measured.values > slack::kMostValues) std::abort();
  static_cast<void>(slack::text_at(answer, "error"));
  static_cast<void>(slack::child_at(answer, "response_metadata"));
  return 0;
}
