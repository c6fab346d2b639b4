/* SPDX-License-Identifier: MIT */
/* Private to kernel/vf: how facts for a report are collected. One report at a time. */
#ifndef VF_VFP_H
#define VF_VFP_H

#include "vf/vf.h"

#include "io/io.h"
#include "io/query.h"
#include "ldr/ldr.h"
#include "mm/mm.h"
#include "ps/ps.h"
#include "rtl/rtl.h"

#define VF_PAGE_UNLOAD "kernel/writing-an-unload-routine.md"

extern VF_CONFIG ViConfig;

/* ---- images.c ------------------------------------------------------------------------------- */

/* Remembers where Image was; addresses there are attributed to it from now on. */
void ViRememberUnloaded(PDRIVER_OBJECT DriverObject);

BOOLEAN
ViIsUnloaded(ULONG64 Address);

/* ---- facts.c -------------------------------------------------------------------------------- */

/* The report under construction, cleared: it is large and the stacks of drivers are not. */
VF_REPORT *ViNewReport(VF_REPORT_KIND Kind);

/* Where and when we are now, the running DDI's caller and the driver's stack. */
void ViFillPlace(VF_REPORT *Report);

/* Driver of the innermost frame that lies in one. */
void ViFillDriver(VF_REPORT *Report);

/* When no driver is on the stack: the one whose pool Address lies in. */
void ViFillOwner(VF_REPORT *Report, ULONG64 Address);

/* When no driver is known yet: the one whose code a parameter names (a routine that has returned).
 */
void ViFillParameterDriver(VF_REPORT *Report);

/* Device and Irp may be NULL or wild. Without a driver on the stack, the device's is taken. */
void ViFillRequest(VF_REPORT *Report, PVOID Irp, PVOID Device);

/* What lies at Address, as one line; FALSE when nothing is known about it. */
BOOLEAN
ViDescribe(ULONG64 Address, char *Line, SIZE_T LineSize);

/* A non-canonical address faults without naming itself: looks for one of the pool's fill patterns.
 */
void ViDescribeRegisters(const CONTEXT *Context, char *Line, SIZE_T LineSize);

/* ---- leaks.c -------------------------------------------------------------------------------- */

/* Reports what a driver left behind, if anything. */
void ViReportLeaks(PDRIVER_OBJECT DriverObject);

/* ---- pending.c ------------------------------------------------------------------------------ */

/* Timers whose KTIMER goes with the driver's image or devices: replaced by ones that stop the
 * machine when they are due. */
void ViTakeOverTimers(PDRIVER_OBJECT DriverObject);

/* TRUE if Timer's memory belongs to DriverObject: its image, a device extension of it. */
BOOLEAN
ViOwnsMemory(PDRIVER_OBJECT DriverObject, const void *Address);

/* Watches the pools: a timer or DPC in memory that is freed is bug check 0xC7. */
void ViWatchPool(void);

/* ---- fault.c -------------------------------------------------------------------------------- */

/* Faults in memory that is protected to see who touches it. */
void ViWatchFaults(void);

/* ---- init.c --------------------------------------------------------------------------------- */

/* Hands a violation or a leak out and counts it. */
void ViSubmit(const VF_REPORT *Report);

#endif
