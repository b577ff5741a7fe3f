#include "config/secret.h"

#include "base/text.h"
#include "base/trusted_file.h"
#include "config/secret_form.h"

namespace notifyd::config {
namespace {

Result<std::string> checked(std::string_view text, std::string_view known,
                            const std::string& where) {
  if (!known.empty() && trim(text) == known) return std::string(known);
  const std::string fault = secret_fault(text);
  if (!fault.empty()) return invalid(where + " " + fault);
  return std::string(trim(text));
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

Result<std::string> read_secret(const std::string& written, std::string_view known) {
  if (!names_a_file(written)) return checked(written, known, "the value");
  auto text = read_trusted(written, kMaxSecret);
  if (text) return checked(*text, known, "file " + written);
  const Error& error = text.error();
  if (error.code == kUntrusted) return error.in("file " + written);
  return Error{error.code, "file " + written + " " + error.message + advice(error.code)};
}

}  // namespace notifyd::config
