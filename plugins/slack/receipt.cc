#include "receipt.h"

#include <algorithm>
#include <charconv>

#include "ids.h"

namespace slack {
namespace {

constexpr std::size_t kMostCounted = 1'000'000;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_channel(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

bool is_state(std::string_view text) {
  return !text.empty() && text.size() <= 16 && std::all_of(text.begin(), text.end(), is_upper);
}

std::size_t number(std::string_view text) {
  std::size_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && n <= kMostCounted ? n : 0;
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return head;
}

void read_field(Receipt& receipt, std::string_view field) {
  const std::string_view key = take_until(field, '=');
  if (key == "r") receipt.replies = number(field);
  if (key == "u") receipt.not_told = number(field);
  if (!is_state(field)) return;
  if (key == "s") receipt.shown = field;
  if (key == "x") receipt.reacted = field;
  if (key == "t") receipt.told = field;
}

}  // namespace

std::string Receipt::str() const {
  std::string out = message();
  if (replies > 0) out += ";r=" + std::to_string(replies);
  if (!shown.empty()) out += ";s=" + shown;
  if (!reacted.empty()) out += ";x=" + reacted;
  if (!told.empty()) out += ";t=" + told;
  if (not_told > 0) out += ";u=" + std::to_string(not_told);
  return out;
}

Receipt Receipt::parse(std::string_view text) {
  Receipt receipt;
  std::string_view place = take_until(text, ';');
  const std::string_view channel = take_until(place, '/');
  if (is_channel(channel) && is_ts(place)) {
    receipt.channel = channel;
    receipt.ts = place;
  }
  while (!text.empty()) read_field(receipt, take_until(text, ';'));
  return receipt;
}

}  // namespace slack
