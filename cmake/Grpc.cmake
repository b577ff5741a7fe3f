# gRPC with what it needs, as notifyd_grpc: shared, or the archives of the same packages.
#
# Of the shared libraries there are fifty, and looking up their symbols is half of what a start
# takes, twice: the process that tries a module out is one too. OpenSSL and libcurl stay shared, so
# that the distribution's fixes reach them without another build.
option(NOTIFYD_STATIC_GRPC "Link gRPC, protobuf and abseil into the daemon" OFF)

add_library(notifyd_grpc INTERFACE)
if(NOTIFYD_STATIC_GRPC)
  find_library(grpcpp_archive NAMES libgrpc++.a REQUIRED NO_CACHE)
  cmake_path(GET grpcpp_archive PARENT_PATH directory)
  file(GLOB abseil ${directory}/libabsl_*.a)
  list(TRANSFORM abseil REPLACE "^.*/lib(absl_.*)\.a$" "\\1")
  set(archives)
  foreach(name grpc++ grpc gpr address_sorting upb re2 cares protobuf ${abseil})
    find_library(${name}_archive NAMES lib${name}.a REQUIRED NO_CACHE)
    list(APPEND archives ${${name}_archive})
  endforeach()
  # They need each other, in circles.
  target_link_libraries(notifyd_grpc INTERFACE
    "$<LINK_GROUP:RESCAN,${archives}>" OpenSSL::SSL ZLIB::ZLIB Threads::Threads ${CMAKE_DL_LIBS} rt)
  target_link_options(notifyd_grpc INTERFACE -Wl,--gc-sections)
else()
  target_link_libraries(notifyd_grpc INTERFACE gRPC::grpc++ protobuf::libprotobuf)
endif()
