// SPDX-License-Identifier: MIT
// Boot: brings the kernel's folders up in order. What runtime calls.
#ifndef INIT_INIT_H
#define INIT_INIT_H

#include "ntddk.h"

#include "ke/ke.h"
#include "ps/ps.h"

struct hw_machine;

typedef struct _INIT_PARAMETERS
{
    KI_START_PARAMETERS Start;
    ULONG MajorVersion, MinorVersion, BuildNumber; // presented to drivers
    struct hw_machine *Machine;
    BOOLEAN ChecksOff;
    // One line about a file that cannot be loaded; not terminated by a newline.
    void (*Message)(const char *Line);
} INIT_PARAMETERS;

// Private to init: connects the loader to ke, mm and the user (drivers.c).
void InitLoader(_In_ const INIT_PARAMETERS *Parameters);

// On the host's stack; ends with one client process and one client thread ready for KiRunClient.
// A failure leaves the process unfit for another boot.
NTSTATUS
InitKernel(_In_ const INIT_PARAMETERS *Parameters,
           _Out_ PPS_PROCESS *ClientProcess,
           _Out_ PPS_THREAD *ClientThread);

// Gives RtlRunOnceXxx a way to wait for another thread (addresswait.c).
void InitAddressWaits(void);

#endif
