# What every target of this project shares.

# Usage requirements rather than global flags, so that protobuf's generated code is left alone.
#
# g++ 12 believes that std::string overruns its own small buffer. In a system header it keeps that
# to itself, in a precompiled one it does not.
set(wrong_about_strings
  -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
add_library(notifyd_flags INTERFACE)
target_compile_options(notifyd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  "$<$<CXX_COMPILER_ID:GNU>:${wrong_about_strings}>"
  $<$<BOOL:${NOTIFYD_WERROR}>:-Werror>
  # A precompiled header fits only what is compiled in the same way: programs as libraries are, and
  # everything with threads.
  -fPIC -pthread)

if(NOTIFYD_SANITIZE)
  # Everywhere, generated code included: a program must be sanitized as a whole.
  # clang 14 cannot assemble coroutines with the check of called functions' types.
  add_compile_options(-fsanitize=${NOTIFYD_SANITIZE} -fno-omit-frame-pointer
    $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fno-sanitize=function>)
  add_link_options(-fsanitize=${NOTIFYD_SANITIZE})
endif()

# ---- Precompiled headers ----
# A fifth of the time of a build was reading the same headers again. A source includes what it needs
# all the same: clang-tidy and the fuzz targets compile without. Only with g++: clang refuses a
# precompiled header as soon as one -D differs.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()

# What is read in most files. Headers of this project change too often to be here.
set(notifyd_std_headers
  <algorithm> <array> <charconv> <chrono> <cstdint> <filesystem> <fstream> <functional> <map>
  <memory> <mutex> <optional> <set> <sstream> <stdexcept> <string> <string_view> <system_error>
  <thread> <unordered_map> <utility> <vector>)
set(notifyd_json_headers ${notifyd_std_headers} <nlohmann/json.hpp>)

# notifyd_precompiled_header(NAME HEADERS <h> ... [USES lib ...]): to be compiled once and shared.
# It takes the compile options of the folder that it is called from, and fits targets with the same
# ones.
function(notifyd_precompiled_header name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;USES")
  add_library(${name} OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cc)
  target_link_libraries(${name} PRIVATE notifyd_flags ${arg_USES})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

notifyd_precompiled_header(notifyd_pch_std HEADERS ${notifyd_std_headers})
notifyd_precompiled_header(notifyd_pch_json HEADERS ${notifyd_json_headers}
  USES nlohmann_json::nlohmann_json)

# notifyd_precompile(NAME [std|json|test]): compiled with one of these. A bigger one pays only where
# most files want what is in it, since it costs its size to load. One with gRPC saved nothing.
function(notifyd_precompile name)
  set(kind ${ARGN})
  if(NOT kind)
    set(kind std)
  endif()
  target_precompile_headers(${name} REUSE_FROM notifyd_pch_${kind})
endfunction()

# notifyd_library(NAME SOURCES a.cc ... USES lib ...): a static library of the host. Includes are
# written from the folder that holds the parts ("delivery/dispatcher.h").
function(notifyd_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;PRIVATE_USES")
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name}
    PUBLIC ${CMAKE_SOURCE_DIR}/host ${CMAKE_SOURCE_DIR}/sdk/include)
  target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE notifyd_flags ${arg_PRIVATE_USES})
  notifyd_precompile(${name})
endfunction()

# notifyd_test(NAME SOURCES a_test.cc ... USES lib ... [LABEL unit] [COST 0]): one test program,
# its cases known to ctest one by one. What has a higher COST is started first.
function(notifyd_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT;COST" "SOURCES;USES")
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(NOT arg_COST)
    set(arg_COST 0)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE notifyd_flags ${arg_USES} GTest::gmock_main)
  notifyd_precompile(${name} test)
  include(GoogleTest)
  # Without pretty values: those of structs hold addresses, so that names would not last.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
    PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} COST ${arg_COST})
endfunction()
