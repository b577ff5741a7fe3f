#include "args.h"

#include <algorithm>
#include <utility>

#include "json_text.h"

namespace slack {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

void append_percent_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4U]);
      out.push_back(kHex[byte & 0xFU]);
    }
  }
}

}  // namespace

void Args::set(std::string_view name, std::string text) { put(name, std::move(text), true); }

void Args::put(std::string_view name, std::string value, bool is_text) {
  const auto at = std::ranges::lower_bound(all_, name, {}, &Arg::name);
  if (at != all_.end() && at->name == name) {
    *at = {name, std::move(value), is_text};
  } else {
    all_.insert(at, {name, std::move(value), is_text});
  }
}

void Args::erase(std::string_view name) {
  std::erase_if(all_, [name](const Arg& arg) { return arg.name == name; });
}

std::string_view Args::at(std::string_view name) const {
  const auto found = std::ranges::find(all_, name, &Arg::name);
  return found == all_.end() ? std::string_view() : found->value;
}

std::string Args::as_json() const {
  std::string out = "{";
  for (const Arg& arg : all_) {
    if (out.size() > 1) out += ',';
    append_quoted(out, arg.name);
    out += ':';
    if (arg.is_text) {
      append_quoted(out, arg.value);
    } else {
      out += arg.value;
    }
  }
  out += '}';
  return out;
}

std::string Args::as_form() const {
  std::string out;
  for (const Arg& arg : all_) {
    if (!out.empty()) out += '&';
    append_percent_encoded(out, arg.name);
    out += '=';
    append_percent_encoded(out, arg.value);
  }
  return out;
}

}  // namespace slack
