# What `./dev build` stages for those who build modules, from this build: -DBUILD=, -DSTAGE=.
file(REMOVE_RECURSE "${STAGE}")
foreach(part sdk tests/conformance)
  execute_process(COMMAND ${CMAKE_COMMAND} -DCMAKE_INSTALL_PREFIX=${STAGE}
    -P ${BUILD}/${part}/cmake_install.cmake
    RESULT_VARIABLE failed OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(failed)
    message(FATAL_ERROR "${part}:\n${out}")
  endif()
endforeach()
