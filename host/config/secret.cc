#include "config/secret.h"

#include <algorithm>

#include "base/text.h"
#include "base/trusted_file.h"

namespace notifyd::config {
namespace {

Result<std::string> checked(std::string_view secret, const std::string& where) {
  secret = trim(secret);
  if (secret.empty()) return invalid(where + " is empty; write the secret into it");
  // A line break would end up in an HTTP header.
  if (std::ranges::any_of(secret, is_control)) {
    return invalid(where + " holds more than one line; write the secret into it and nothing else");
  }
  if (secret.size() > kMaxSecret) {
    return invalid(where + " is longer than 2000 bytes; this is not a secret of the kind expected");
  }
  return std::string(secret);
}

std::string advice(Errc code) {
  switch (code) {
    case Errc::kNotFound:
      return "; write the secret into that file, or name the file that has it";
    case Errc::kDenied:
      return "; let the user that runs this program read it";
    default:
      return "; name a file that holds the secret and nothing else";
  }
}

}  // namespace

Result<std::string> read_secret(const std::string& written) {
  if (!names_a_file(written)) return checked(written, "the value");
  auto text = read_trusted(written, kMaxSecret);
  if (text) return checked(*text, "file " + written);
  const Error& error = text.error();
  if (error.code == kUntrusted) return error.in("file " + written);
  return Error{error.code, "file " + written + " " + error.message + advice(error.code)};
}

}  // namespace notifyd::config
