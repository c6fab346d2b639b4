/* SPDX-License-Identifier: MIT */
/*
 * The register file of a guest at a hardware fault, as the host's signal handler saw it.
 * Pure data: hw/ emulates instructions on it and kernel/ke turns it into a CONTEXT.
 */
#ifndef HOST_TRAP_H
#define HOST_TRAP_H

#include <stdint.h>

/* Indices of gpr[], in x86 encoding order. */
enum host_gpr
{
    HOST_RAX,
    HOST_RCX,
    HOST_RDX,
    HOST_RBX,
    HOST_RSP,
    HOST_RBP,
    HOST_RSI,
    HOST_RDI,
    HOST_R8,
    HOST_R9,
    HOST_R10,
    HOST_R11,
    HOST_R12,
    HOST_R13,
    HOST_R14,
    HOST_R15
};

/* x86 exception vectors in host_trap.trap_number. */
enum host_vector
{
    HOST_VECTOR_DE = 0,
    HOST_VECTOR_DB = 1,
    HOST_VECTOR_BP = 3,
    HOST_VECTOR_UD = 6,
    HOST_VECTOR_SS = 12,
    HOST_VECTOR_GP = 13,
    HOST_VECTOR_PF = 14,
    HOST_VECTOR_MF = 16,
    HOST_VECTOR_AC = 17,
    HOST_VECTOR_XM = 19
};

/* Bits of host_trap.error_code for HOST_VECTOR_PF. */
#define HOST_PF_PRESENT 0x1u
#define HOST_PF_WRITE   0x2u
#define HOST_PF_EXECUTE 0x10u

struct host_trap
{
    uint64_t gpr[16];
    uint64_t rip;
    uint64_t rflags;
    uint64_t fault_address; /* valid for HOST_VECTOR_PF */
    uint64_t error_code;
    uint32_t trap_number;
    int32_t signal;   /* SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGBUS */
    int32_t sig_code; /* si_code */
    void *fpstate;    /* FXSAVE image followed by the XSAVE extension, or NULL; writable */
};

#endif
