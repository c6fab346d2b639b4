// SPDX-License-Identifier: MIT
// Exceptions that pass through IoCallDriver and IoCompleteRequest leave the caller's non-volatile
// vector registers as they were, and so do requests that come back in order.
// Page: NF:wdm.IofCallDriver, NF:wdm.IoCompleteRequest
// Run:
// Expect: io_registers: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

typedef enum _WHERE
{
    Nowhere,
    InDispatch,
    InCompletion
} WHERE;

static DRIVER_UNLOAD Unload;
static DRIVER_DISPATCH Dispatch;
static IO_COMPLETION_ROUTINE Done;

static PDEVICE_OBJECT device;
static WHERE raiseIn;
typedef int VECTOR __attribute__((vector_size(16)));

static volatile VECTOR seeds[10] = {{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}};

// Its prologue saves xmm6 to xmm15, its body destroys them, and its unwind data say how to undo it.
static NOINLINE VOID
DestroyAndRaise(BOOLEAN Raise)
{
    __asm__ volatile("xorps %%xmm6, %%xmm6\n\txorps %%xmm7, %%xmm7\n\txorps %%xmm8, %%xmm8\n\t"
                     "xorps %%xmm9, %%xmm9\n\txorps %%xmm10, %%xmm10\n\txorps %%xmm11, %%xmm11\n\t"
                     "xorps %%xmm12, %%xmm12\n\txorps %%xmm13, %%xmm13\n\t"
                     "xorps %%xmm14, %%xmm14\n\txorps %%xmm15, %%xmm15"
                     :
                     :
                     : "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
                       "xmm15");
    if (Raise)
        ExRaiseStatus(STATUS_DATA_ERROR);
}

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    DestroyAndRaise(raiseIn == InDispatch);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS
Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(Context);
    DestroyAndRaise(raiseIn == InCompletion);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NOINLINE NTSTATUS
Send(PIRP Irp)
{
    __try
    {
        return IoCallDriver(device, Irp);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        return GetExceptionCode();
    }
}

// Ten values live across the call: more than the volatile registers hold.
static NOINLINE ULONG
SendHoldingTen(PIRP Irp, NTSTATUS *Status)
{
    VECTOR a = seeds[0], b = seeds[1], c = seeds[2], d = seeds[3], e = seeds[4];
    VECTOR f = seeds[5], g = seeds[6], h = seeds[7], i = seeds[8], j = seeds[9];

    __asm__ volatile("" : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e));
    __asm__ volatile("" : "+x"(f), "+x"(g), "+x"(h), "+x"(i), "+x"(j));
    *Status = Send(Irp);
    return (a[0] == seeds[0][0]) + (b[0] == seeds[1][0]) + (c[0] == seeds[2][0]) +
           (d[0] == seeds[3][0]) + (e[0] == seeds[4][0]) + (f[0] == seeds[5][0]) +
           (g[0] == seeds[6][0]) + (h[0] == seeds[7][0]) + (i[0] == seeds[8][0]) +
           (j[0] == seeds[9][0]);
}

static VOID
Try(WHERE Where, NTSTATUS Expected)
{
    PIRP irp = IoAllocateIrp(device->StackSize, FALSE);
    NTSTATUS status = STATUS_SUCCESS;

    EXPECT(irp != NULL);
    if (irp == NULL)
        return;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    IoSetCompletionRoutine(irp, Done, NULL, TRUE, TRUE, TRUE);
    raiseIn = Where;
    EXPECT_EQ(SendHoldingTen(irp, &status), 10);
    EXPECT_EQ(status, Expected);
    raiseIn = Nowhere;
    if (Where == InDispatch)
    {
        // The driver still has it; a second pass through the driver ends it.
        irp->IoStatus.Status = STATUS_UNSUCCESSFUL;
        IoCompleteRequest(irp, IO_NO_INCREMENT);
    }
    IoFreeIrp(irp);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Dispatch;
    status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    EXPECT_EQ(status, STATUS_SUCCESS);
    if (NT_SUCCESS(status))
    {
        Try(Nowhere, STATUS_SUCCESS);
        Try(InDispatch, STATUS_DATA_ERROR);
        Try(InCompletion, STATUS_DATA_ERROR);
        IoDeleteDevice(device);
    }
    DbgPrint("io_registers: %u passed, %u failed\n", passed, failed);
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
