// Secrets as configuration names them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/secret_form.h"

namespace notifyd::config {

inline bool names_a_file(std::string_view written) { return written.starts_with('/'); }

// The secret itself: `written`, or what the file at the absolute path `written` holds, without the
// white space around it. Files are read at each call, so a renewed one is found. No error quotes
// the secret; a path may be quoted.
// `known`: what it was before, and was given from here. Unchanged it is not judged anew, which
// would be a good part of what a call of a chat service costs; "": nothing is known.
Result<std::string> read_secret(const std::string& written, std::string_view known = {});

}  // namespace notifyd::config
