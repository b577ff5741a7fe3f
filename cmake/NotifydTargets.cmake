# What every target of this project shares.

# Usage requirements rather than global flags, so that protobuf's generated code is left alone.
add_library(notifyd_flags INTERFACE)
target_compile_options(notifyd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<BOOL:${NOTIFYD_WERROR}>:-Werror>)

if(NOTIFYD_SANITIZE)
  # Everywhere, generated code included: a program must be sanitized as a whole.
  # clang 14 cannot assemble coroutines with the check of called functions' types.
  add_compile_options(-fsanitize=${NOTIFYD_SANITIZE} -fno-omit-frame-pointer
    $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fno-sanitize=function>)
  add_link_options(-fsanitize=${NOTIFYD_SANITIZE})
endif()

# notifyd_library(NAME SOURCES a.cc ... USES lib ...): a static library of the host. Includes are written
# from the folder that holds the parts ("delivery/dispatcher.h").
function(notifyd_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;PRIVATE_USES")
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/host ${CMAKE_SOURCE_DIR}/sdk/include)
  target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE notifyd_flags ${arg_PRIVATE_USES})
endfunction()

# notifyd_test(NAME SOURCES a_test.cc ... USES lib ... [LABEL unit]): one test program, its cases known
# to ctest one by one.
function(notifyd_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "SOURCES;USES")
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE notifyd_flags ${arg_USES} GTest::gmock_main)
  include(GoogleTest)
  # Without pretty values: those of structs hold addresses, so that names would not last.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
    PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
endfunction()
