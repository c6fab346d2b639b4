// SPDX-License-Identifier: MIT
// Waiting until a variable changes, for RtlRunOnceXxx: rtl may not know the dispatcher, so boot
// hands it this. Owns one event that stands for all addresses; waits are rare, and a thread woken
// for another address looks at its own and sleeps again. APC_LEVEL or below.
#include "init/init.h"

#include "rtl/rtl.h"

static KEVENT InitAddressEvent;

static VOID
InitWaitOnAddress(const volatile ULONG_PTR *Address, ULONG_PTR Value)
{
    for (;;)
    {
        KeClearEvent(&InitAddressEvent);
        // Looked at after the event was cleared: a change from here on sets it again.
        if (*Address != Value)
            return;
        (void)KeWaitForSingleObject(&InitAddressEvent, Executive, KernelMode, FALSE, NULL);
    }
}

static VOID
InitWakeAddress(const volatile ULONG_PTR *Address)
{
    UNREFERENCED_PARAMETER(Address);
    KeSetEvent(&InitAddressEvent, IO_NO_INCREMENT, FALSE);
}

void
InitAddressWaits(void)
{
    KeInitializeEvent(&InitAddressEvent, NotificationEvent, FALSE);
    RtlHooks.WaitOnAddress = InitWaitOnAddress;
    RtlHooks.WakeAddress = InitWakeAddress;
}
