// SPDX-License-Identifier: MIT
// Variables of the kernel that drivers import and read. Constant after boot, but for the tick
// count.
#include "ke/kep.h"

CCHAR KeNumberProcessors = 1;

// There is no debugger: DbgPrint goes to the run's output, and a break is a bug check.
BOOLEAN KdDebuggerEnabled = FALSE;
BOOLEAN KdDebuggerNotPresent = TRUE;
BOOLEAN KdEnteredDebugger = FALSE;

// 0: not a safe-mode boot. Contract:
// kernel/determining-whether-the-operating-system-is-running-in-safe-mode.md
ULONG InitSafeBootMode = 0;

ULONG NtGlobalFlag = 0;
BOOLEAN Mm64BitPhysicalAddress = TRUE;

// The copy of KUSER_SHARED_DATA's TickCount that 32-bit drivers used; still exported on x64.
volatile KSYSTEM_TIME KeTickCount;

// Code and parameters of the bug check, for crash dump drivers.
ULONG_PTR KiBugCheckData[5];
