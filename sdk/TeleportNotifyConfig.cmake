# find_package(TeleportNotify [1.0] REQUIRED): notify_add_module(), of NotifyModule.cmake; and
#
#   notify_check_module(NAME [CONFIG FILE])
#
# which adds a test that runs the conformance kit over the module NAME. FILE is a file as it would
# stand in conf.d, for a module that needs to be told something before it starts.
include("${CMAKE_CURRENT_LIST_DIR}/NotifyModule.cmake")

find_program(NOTIFY_MODCHECK notify-modcheck
  HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin" NO_DEFAULT_PATH)

function(notify_check_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CONFIG" "")
  if(NOT NOTIFY_MODCHECK)
    message(FATAL_ERROR "notify-modcheck is not installed beside this package")
  endif()
  set(config "")
  if(arg_CONFIG)
    get_filename_component(file "${arg_CONFIG}" ABSOLUTE)
    set(config --config "${file}")
  endif()
  add_test(NAME modcheck.${name}
    COMMAND ${NOTIFY_MODCHECK} $<TARGET_FILE:notify_${name}> ${config})
endfunction()
