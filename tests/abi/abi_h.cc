#include "abi_h.c"
