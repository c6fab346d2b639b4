// SPDX-License-Identifier: MIT
// A nonmaskable interrupt that nobody handles.
//
// Page: NF:wdm.KeRegisterNmiCallback
// Page: debugger/bug-check-0x80--nmi-hardware-failure.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^NMI_HARDWARE_FAILURE$
// Report: rule=no NMI callback claims
// Report: driver=^bad_nmi.sys$
#include "bad.h"

static NMI_CALLBACK First;
static NMI_CALLBACK Second;
static ULONG order[2];
static ULONG calls;
static BOOLEAN handled[2];

static BOOLEAN
Record(ULONG Number, BOOLEAN Handled)
{
    if (KeGetCurrentIrql() == HIGH_LEVEL && calls < 2)
    {
        order[calls] = Number;
        handled[calls++] = Handled;
    }
    return TRUE;
}

static BOOLEAN
First(PVOID Context, BOOLEAN Handled)
{
    UNREFERENCED_PARAMETER(Context);
    return Record(1, Handled);
}

static BOOLEAN
Second(PVOID Context, BOOLEAN Handled)
{
    UNREFERENCED_PARAMETER(Context);
    return Record(2, Handled);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PVOID handles[2];

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    handles[0] = KeRegisterNmiCallback(First, NULL);
    handles[1] = KeRegisterNmiCallback(Second, NULL);
    __asm__ volatile("int $2");
    (void)KeDeregisterNmiCallback(handles[0]);
    (void)KeDeregisterNmiCallback(handles[1]);
    // The last registered is called first, and the other hears that it was handled.
    if (calls != 2 || order[0] != 2 || order[1] != 1 || handled[0] || !handled[1] ||
        KeGetCurrentIrql() != PASSIVE_LEVEL)
        return STATUS_UNSUCCESSFUL;
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    __asm__ volatile("int $2");
    return STATUS_SUCCESS;
}
