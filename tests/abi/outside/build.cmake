# Builds one module outside of this tree with nothing but the staged SDK, and has the staged kit
# check it. -DSTAGE= prefix of the staged SDK, -DWORK= a folder of its own, -DHOW=cmake or plain,
# -DCOMPILER=, -DLANGUAGE=C or CXX, -DSTANDARD= for a plain call, -DNAME= of the module, -DSOURCE=.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE out ERROR_VARIABLE out
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(failed)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}:\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
get_filename_component(here "${CMAKE_CURRENT_LIST_DIR}" ABSOLUTE)

if(HOW STREQUAL "cmake")
  # A project in C alone must not need a C++ compiler, nor the other way round.
  set(LANGUAGES ${LANGUAGE})
  set(VERSION 1.0)
  configure_file("${here}/CMakeLists.txt.in" "${WORK}/CMakeLists.txt" @ONLY)
  run(${CMAKE_COMMAND} -S ${WORK} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${STAGE}
    -DCMAKE_${LANGUAGE}_COMPILER=${COMPILER})
  run(${CMAKE_COMMAND} --build ${WORK}/build)
  run(${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/build --output-on-failure)
  if(NOT out MATCHES "modcheck.${NAME}")
    message(FATAL_ERROR "the module was not checked:\n${out}")
  endif()
else()
  set(ENV{PKG_CONFIG_PATH} "${STAGE}/share/pkgconfig")
  set(module "${WORK}/libnotify_${NAME}.so")
  run(pkg-config --cflags teleport-notify)
  separate_arguments(cflags UNIX_COMMAND "${out}")
  run(pkg-config --libs teleport-notify)
  separate_arguments(libs UNIX_COMMAND "${out}")
  run(${COMPILER} -std=${STANDARD} -O1 -Wall -Wextra -Werror ${cflags} ${SOURCE} ${libs}
    -o ${module})
  run(${STAGE}/bin/notify-modcheck ${module})
endif()
