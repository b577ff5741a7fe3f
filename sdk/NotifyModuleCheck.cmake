# cmake -DNM=nm -DMODULE=libnotify_x.so -P NotifyModuleCheck.cmake
#
# Run after a module is linked: it must export exactly its table, and nothing that would keep it
# mapped after dlclose.

execute_process(COMMAND "${NM}" -D --defined-only "${MODULE}"
  OUTPUT_VARIABLE symbols ERROR_VARIABLE trouble RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${MODULE}: nm failed: ${trouble}")
endif()

string(REGEX MATCHALL "[^\n]+" lines "${symbols}")
set(exported "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^[0-9a-fA-F]* *([A-Za-z]) ([^ ]+)$")
    message(FATAL_ERROR "${MODULE}: cannot read this line of nm: ${line}")
  endif()
  set(type "${CMAKE_MATCH_1}")
  set(symbol "${CMAKE_MATCH_2}")
  if(type STREQUAL "u")
    message(FATAL_ERROR "${MODULE}: ${symbol} is STB_GNU_UNIQUE and would keep the module "
      "mapped for ever; compile with -fno-gnu-unique")
  endif()
  list(APPEND exported "${symbol}")
endforeach()

if(NOT exported STREQUAL "notify_module_v1")
  list(JOIN exported ", " exported)
  message(FATAL_ERROR "${MODULE}: exports [${exported}], must export exactly notify_module_v1; "
    "define the table with NOTIFY_MODULE (C++) or as `const notify_module notify_module_v1` "
    "(C), and keep the version script")
endif()
