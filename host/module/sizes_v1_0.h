/* The sizes that the structs which a module hands over had in module ABI 1.0: the least that a
 * module of this major brings. Literals, never sizeof: that grows with the header, and the daemon
 * would refuse every module that was built before. Nothing here ever changes.
 * tests/abi/layout_v1_0.c, which is C as this file is, holds each against the struct's layout. */
#ifndef NOTIFYD_MODULE_SIZES_V1_0_H
#define NOTIFYD_MODULE_SIZES_V1_0_H

enum {
  kModuleSizeV1 = 112,
  kOptionSizeV1 = 40,
  kResultSizeV1 = 80,
  kRecipientSizeV1 = 40,
  kHttpRequestSizeV1 = 72
};

#endif
