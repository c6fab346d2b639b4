/* SPDX-License-Identifier: MIT */
/*
 * Exports of the kernel's modules and the gates through which drivers call them.
 *
 * Each row of the tables in ddi/ generates one KI_EXPORT and one gate. A gate loads the address of
 * its KI_EXPORT into r11 and jumps to KiGateCommon (gate.S), which counts a safe point, checks the
 * IRQL, records the transition for structured exception handling and tail-jumps to Function.
 */
#ifndef KE_GATE_H
#define KE_GATE_H

#include "ntdef.h"

typedef enum _KI_EXPORT_KIND
{
    KiExportFunction, /* bound to Gate */
    KiExportVarargs,  /* bound to Gate */
    KiExportLeaf,     /* bound to Function directly: can neither raise nor block */
    KiExportData,     /* bound to Function, which is the address of the variable */
    KiExportStub,     /* bound to Gate, which reports the missing API */
    KiExportStubData  /* a variable: bound to memory that reports it when it is touched */
} KI_EXPORT_KIND;

/* gate.S uses these offsets; keep them in step (C_ASSERTs in gate.c). */
typedef struct _KI_EXPORT
{
    const void *Function; /* +0  implementation or data; NULL for stubs */
    const void *Gate;     /* +8  what the import table gets; NULL for leaf and data */
    const char *Name;     /* +16 */
    const char *Module;   /* +24 "ntoskrnl.exe", "hal.dll" */
    UCHAR Kind;           /* +32 KI_EXPORT_KIND */
    UCHAR MinIrql;        /* +33 */
    UCHAR MaxIrql;        /* +34 15 when any */
    /* +35 the implementation, everything it calls into drivers from and everything in it that may
     * fault leave xmm6 to xmm15 alone, so its records need not hold them. Row note keeps-xmm. */
    BOOLEAN KeepsXmm;
    UCHAR IrqlSpan; /* +36 MaxIrql - MinIrql */
} KI_EXPORT, *PKI_EXPORT;

typedef struct _KI_EXPORT_MODULE
{
    const char *Name;   /* lower case, with extension */
    PKI_EXPORT Exports; /* sorted by name (strcmp order) */
    ULONG Count;
} KI_EXPORT_MODULE, *PKI_EXPORT_MODULE;

/* Generated: all modules of ddi/, terminated by Name == NULL. */
extern KI_EXPORT_MODULE KiExportModules[];

/* Finds an export. Module names compare without case; "ntkrnlmp.exe" and the like are ntoskrnl's.
 * Names of ntoskrnl.exe are also found in hal.dll and the other way round, because Windows moved
 * exports between the two. Returns NULL when the module or the name is unknown. */
PKI_EXPORT
KiFindExport(_In_opt_z_ const char *Module, _In_z_ const char *Name);

/* TRUE if Module names one of the kernel's own modules. */
BOOLEAN
KiIsKernelModule(_In_z_ const char *Module);

/* The address a driver's import table gets for Export. */
const void *KiExportAddress(_In_ const KI_EXPORT *Export);

#endif
