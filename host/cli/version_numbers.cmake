# Writes OUTPUT, a header with VERSION and the commit of SOURCE_DIR. Runs at each build and leaves
# the file alone when nothing changed, so that a new commit costs one small compilation.
set(ref "unknown")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} rev-parse --short HEAD
    OUTPUT_VARIABLE found RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(ref ${found})
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
#pragma once

namespace notifyd::cli {

inline constexpr const char* kVersion = "@VERSION@";
inline constexpr const char* kGitRef = "@ref@";

}  // namespace notifyd::cli
]] @ONLY)
