#include "mpi_module.h"

// #embed is C23; the clang of Swift's toolchain has it in C11 too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char source[] = {
#embed "Module/bnc_mpi.c" suffix(, 0)
};

static const char header[] = {
#embed "../PluginABI/include/bnc_processes.h" suffix(, 0)
};

const char *bnc_module_source(void) { return source; }

const char *bnc_module_header(void) { return header; }
