// SPDX-License-Identifier: MIT
// Boot order. The first phase runs on the host's stack and only builds data; the second runs as the
// first thread of the machine, because creating drivers and worker threads needs a dispatcher.
#include "init/init.h"

#include "cm/cm.h"
#include "ex/ex.h"
#include "hal/hal.h"
#include "io/io.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "rtl/rtl.h"
#include "se/se.h"
#include "tm/tm.h"

typedef struct _INIT_PHASE_TWO
{
    NTSTATUS Status;
} INIT_PHASE_TWO;

// Contract: kernel/introduction-to-threaded-dpcs.md: on by default, a thread for each processor.
static NTSTATUS
StartDpcThreads(void)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (ULONG_PTR i = 0; i < KiProcessorCount && NT_SUCCESS(status); i++)
    {
        HANDLE handle;
        status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                      KiThreadedDpcThread, (PVOID)i);
        if (NT_SUCCESS(status))
            status = ObCloseHandle(handle, KernelMode);
    }
    return status;
}

static void
PhaseTwo(void *Context)
{
    INIT_PHASE_TWO *phase = Context;

    // Boot is the system's own work, whichever thread lends its stack.
    KiCurrentThread()->PreviousMode = KernelMode;
    phase->Status = PsStartWorkers();
    if (NT_SUCCESS(phase->Status))
        phase->Status = StartDpcThreads();
    if (NT_SUCCESS(phase->Status))
        phase->Status = IoInitSystem();
    KiCurrentThread()->PreviousMode = UserMode;
}

static NTSTATUS
PhaseOne(const INIT_PARAMETERS *Parameters)
{
    NTSTATUS status;

    RtlVersion.MajorVersion = Parameters->MajorVersion;
    RtlVersion.MinorVersion = Parameters->MinorVersion;
    RtlVersion.BuildNumber = Parameters->BuildNumber;
    PsMajorVersion = Parameters->MajorVersion;
    PsMinorVersion = Parameters->MinorVersion;
    PsBuildNumber = Parameters->BuildNumber;
    MmPagingChecks = !Parameters->ChecksOff;
    status = MmInitSystem();
    if (NT_SUCCESS(status))
        status = KiStartProcessors(&Parameters->Start);
    if (!NT_SUCCESS(status))
        return status;
    HalInitSystem(Parameters->Machine);
    InitLoader(Parameters);
    RtlHooks.RaiseStatus = KiRaiseInCaller;
    InitAddressWaits();
    status = ObInitSystem();
    if (NT_SUCCESS(status))
        status = ExInitSystem();
    if (NT_SUCCESS(status))
        status = SeInitSystem();
    if (NT_SUCCESS(status))
        status = PsInitSystem();
    if (NT_SUCCESS(status))
        status = TmInitTypes();
    if (NT_SUCCESS(status))
        status = CmInitSystem();
    return status;
}

NTSTATUS
InitKernel(const INIT_PARAMETERS *Parameters, PPS_PROCESS *ClientProcess, PPS_THREAD *ClientThread)
{
    INIT_PHASE_TWO phaseTwo = {STATUS_UNSUCCESSFUL};
    NTSTATUS status = PhaseOne(Parameters);

    if (NT_SUCCESS(status))
        status = PsCreateClientProcess("client.exe", ClientProcess);
    if (NT_SUCCESS(status))
        status = PsCreateClientThread(*ClientProcess, ClientThread);
    if (!NT_SUCCESS(status))
        return status;
    if (KiRunClient(&(*ClientThread)->Tcb, PhaseTwo, &phaseTwo) != KiRunDone)
        return STATUS_UNSUCCESSFUL;
    if (NT_SUCCESS(phaseTwo.Status))
        (void)KiRunReady();
    return phaseTwo.Status;
}
