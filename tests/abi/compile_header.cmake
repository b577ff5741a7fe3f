# cmake -DCOMPILER=... -DSTANDARD=... -DSOURCE=... -DINCLUDE=... -P compile_header.cmake
#
# A header of the SDK must compile by itself, without a warning, in every language its users write.
execute_process(
  COMMAND "${COMPILER}" -std=${STANDARD} -fsyntax-only -Wall -Wextra -pedantic
    -Wpadded -Werror ${FLAGS} -I "${INCLUDE}" "${SOURCE}"
  RESULT_VARIABLE failed ERROR_VARIABLE output)
if(failed)
  message(FATAL_ERROR "${COMPILER} -std=${STANDARD} ${SOURCE}:\n${output}")
endif()
