// Secrets that others may read: no reason to refuse them, but one to say so.
#pragma once

#include <string>

#include "base/trusted_file.h"

namespace notifyd {

// What is to be said about a secret that is in this file, or nothing: who else may read it, and
// what mends that without taking it from us.
std::string exposure_of(const std::string& path, const Trust& trust = file_trust());
std::string exposure_of(const PathSource& source, const std::string& path, const Trust& trust);

}  // namespace notifyd
