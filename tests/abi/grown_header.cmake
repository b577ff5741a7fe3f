# NOTIFYD_GROWN_SDK: a folder with notify/abi.h as the next minor will look: one more field at the
# end of every struct that begins with `size`. What is compiled against it stands for a newer
# daemon, or for a newer module.
set(NOTIFYD_GROWN_SDK ${CMAKE_BINARY_DIR}/grown_sdk)
set(abi_h ${CMAKE_SOURCE_DIR}/sdk/include/notify/abi.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${abi_h})
file(READ ${abi_h} grown)

function(grow pattern replacement)
  string(REGEX REPLACE "${pattern}" "${replacement}" changed "${grown}")
  if(changed STREQUAL grown)
    message(FATAL_ERROR "abi.h has nothing like ${pattern}; mend tests/abi/grown_header.cmake")
  endif()
  set(grown "${changed}" PARENT_SCOPE)
endfunction()

string(REGEX MATCH "NOTIFY_ABI_MINOR ([0-9]+)u" ignored "${grown}")
math(EXPR next_minor "${CMAKE_MATCH_1} + 1")
grow("NOTIFY_ABI_MINOR [0-9]+u" "NOTIFY_ABI_MINOR ${next_minor}u")
foreach(name review threshold resource access_list request digest event recipient result
    http_request http_response option module)
  grow("\n} notify_${name};" "\n  const void* grown;\n} notify_${name};")
endforeach()
grow("(\nstruct notify_host {[^}]*\n)}" "\\1  const void* grown;\n}")
file(CONFIGURE OUTPUT ${NOTIFYD_GROWN_SDK}/notify/abi.h CONTENT "${grown}" @ONLY)
