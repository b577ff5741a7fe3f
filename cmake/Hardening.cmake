# What makes an error in this code harder to use against whoever runs it. Checked in the built files
# by scripts/check_hardening.sh, which the test `hardening` runs.
#
# Not with sanitizers: they bring their own checks, and _FORTIFY_SOURCE would hide memory accesses
# from them.
include(CheckCXXCompilerFlag)
include(CheckPIESupported)

# Without it CMake compiles for a position independent program, and links another.
check_pie_supported()

if(NOT NOTIFYD_SANITIZE)
  # For all of it, generated code included: the weakest part is the one that counts.
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection)
    string(MAKE_C_IDENTIFIER "NOTIFYD_HAS${flag}" has)
    check_cxx_compiler_flag(${flag} ${has})
    if(${has})
      add_compile_options(${flag})
    endif()
  endforeach()
  # glibc's checks need an optimizing compiler; what is compiled without (tests) takes this back.
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()
