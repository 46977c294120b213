// The module that joins processes by MPI, as texts: bnc compiles it where MPI is.
#ifndef BNC_MPI_MODULE_H
#define BNC_MPI_MODULE_H

// bnc_mpi.c
const char *bnc_module_source(void);

// bnc_processes.h, which it includes.
const char *bnc_module_header(void);

#endif
