# notify_add_module(NAME SOURCES a.cc ... [LIBS lib ...])
#
# Builds libnotify_NAME.so, a module for teleport-notifyd, into ${CMAKE_BINARY_DIR}/modules and
# installs it to lib/teleport-notifyd/modules. The target is notify_NAME. Works from this source
# tree and, by find_package(TeleportNotify), from an installed SDK; C, C++ or both.

include_guard(GLOBAL)

# The headers stand beside this file in the source tree, and in <prefix>/include once installed.
set(_notify_candidates "${CMAKE_CURRENT_LIST_DIR}/include"
  "${CMAKE_CURRENT_LIST_DIR}/../../../include")
foreach(candidate IN LISTS _notify_candidates)
  if(EXISTS "${candidate}/notify/abi.h" AND NOT NOTIFY_INCLUDE_DIR)
    get_filename_component(NOTIFY_INCLUDE_DIR "${candidate}" ABSOLUTE)
  endif()
endforeach()
if(NOT NOTIFY_INCLUDE_DIR)
  message(FATAL_ERROR "notify/abi.h is in none of: ${_notify_candidates}; "
    "set NOTIFY_INCLUDE_DIR to the folder that holds notify/")
endif()
set_property(GLOBAL PROPERTY NOTIFY_INCLUDE_DIR "${NOTIFY_INCLUDE_DIR}")
unset(_notify_candidates)

# A sanitizer's runtime is found in the program that loads the module, so its symbols stay undefined
# here.
function(_notify_sanitized result)
  get_directory_property(options LINK_OPTIONS)
  if("${options} ${CMAKE_SHARED_LINKER_FLAGS} ${CMAKE_MODULE_LINKER_FLAGS}" MATCHES "-fsanitize")
    set(${result} TRUE PARENT_SCOPE)
  else()
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

# _notify_module_target(TARGET FILE_NAME): what makes a MODULE library one that the daemon can load
# and unload. Tests use it without the check to build modules that are wrong on purpose.
function(_notify_module_target target file_name)
  get_property(include_dir GLOBAL PROPERTY NOTIFY_INCLUDE_DIR)
  target_include_directories(${target} PRIVATE "${include_dir}")
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("CXX" IN_LIST languages)
    target_compile_features(${target} PRIVATE cxx_std_20)
  endif()
  if("C" IN_LIST languages)
    target_compile_features(${target} PRIVATE c_std_11)
  endif()
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME "${file_name}" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    # The daemon maps a copy, so a RUNPATH with $ORIGIN would point nowhere; it refuses any.
    BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "")
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:$<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>>)
  target_link_options(${target} PRIVATE -Wl,-z,relro,-z,now,-z,noexecstack)
  _notify_sanitized(sanitized)
  if(NOT sanitized)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
endfunction()

function(notify_add_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "notify_add_module(${name} SOURCES a.cc ... [LIBS lib ...]): ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target notify_${name})
  set(here "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
  add_library(${target} MODULE ${arg_SOURCES})
  _notify_module_target(${target} libnotify_${name})
  target_link_libraries(${target} PRIVATE ${arg_LIBS})
  target_link_options(${target} PRIVATE "-Wl,--version-script=${here}/module.map")
  set_target_properties(${target} PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/modules"
    LINK_DEPENDS "${here}/module.map;${here}/NotifyModuleCheck.cmake")
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DMODULE=$<TARGET_FILE:${target}>
      -P "${here}/NotifyModuleCheck.cmake")
  install(TARGETS ${target} LIBRARY DESTINATION lib/teleport-notifyd/modules)
  if(TARGET product)  # in the daemon's own tree, what `./dev build` makes
    add_dependencies(product ${target})
  endif()
endfunction()
