// SPDX-License-Identifier: MIT
// What a client's buffers become: the four transfer methods of control codes and the three kinds of
// read and write, with buffers that are right, short, empty, unaligned, absent and the kernel's.
// The first request arrives in the client's thread, whose previous mode is user, so that the
// Nt services called there treat every pointer as a user's.
// Page: kernel/methods-for-accessing-data-buffers.md
// Page: kernel/security-issues-for-i-o-control-codes.md
// Page: kernel/buffer-descriptions-for-i-o-control-codes.md, kernel/using-buffered-i-o.md
// Page: kernel/using-direct-i-o.md, kernel/using-neither-buffered-nor-direct-i-o.md
// Page: kernel/defining-i-o-control-codes.md, NF:wdm.ProbeForRead, NF:wdm.ProbeForWrite
// Page: kernel/dispatchreadwrite-using-buffered-i-o.md
// Page: kernel/dispatchreadwrite-using-direct-i-o.md
// Page: kernel/errors-in-referencing-user-space-addresses.md, NF:wdm.ExGetPreviousMode
// Page: NF:ntifs.NtDeviceIoControlFile, NF:ntifs.NtCreateFile, NF:ntifs.NtReadFile
// Page: NF:ntifs.NtWriteFile, NF:ntifs.NtOpenFile, NF:ntifs.NtFsControlFile, NF:ntifs.NtClose
// Run: open \\.\IoUser; ioctl 0x222003 out:8192; close
// Expect: io_user: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

#define CODE(Function, Method) CTL_CODE(FILE_DEVICE_UNKNOWN, Function, Method, FILE_ANY_ACCESS)
#define IOCTL_RUN              CODE(0x800, METHOD_NEITHER)
#define FUNCTION_INVERT        0x900 // output = bitwise complement of the input
#define FUNCTION_OVERFLOW      0x901 // half of the answer and STATUS_BUFFER_OVERFLOW
#define FUNCTION_FAIL          0x902 // writes, claims Information, fails
#define NEEDED                 16u   // bytes of output an inversion needs at least

_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH Simple;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
static DRIVER_DISPATCH Control;
_Dispatch_type_(IRP_MJ_READ)
static DRIVER_DISPATCH ReadWrite;
static DRIVER_UNLOAD Unload;

// What the driver saw of the last request.
static struct
{
    ULONG Calls;
    ULONG Length;
    PVOID System;
    PVOID Type3;
    PVOID User;
    PMDL Mdl;
    ULONG MdlBytes;
    ULONG MdlOffset;
    KPROCESSOR_MODE Mode;
} seen;

// Layout of the client's memory.
typedef struct _USER
{
    IO_STATUS_BLOCK Iosb;
    HANDLE Handle;
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name;
    LARGE_INTEGER Offset;
    WCHAR Text[64];
    UCHAR In[512];
    UCHAR Out[512];
} USER;

static PDEVICE_OBJECT devices[4]; // the control device, buffered, direct, neither
static PWSTR names[] = {L"\\Device\\IoUser", L"\\Device\\IoUserBuffered", L"\\Device\\IoUserDirect",
                        L"\\Device\\IoUserNeither"};
static USER *user;
static UCHAR kernelData[512];

#define NOWHERE ((PVOID)0x1000) // never mapped in a client

// ---- the driver -------------------------------------------------------------------------------

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
Simple(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static void
Note(PIRP Irp, ULONG Length)
{
    seen.Calls++;
    seen.Length = Length;
    seen.System = Irp->AssociatedIrp.SystemBuffer;
    seen.User = Irp->UserBuffer;
    seen.Mdl = Irp->MdlAddress;
    seen.MdlBytes = Irp->MdlAddress != NULL ? MmGetMdlByteCount(Irp->MdlAddress) : 0;
    seen.MdlOffset = Irp->MdlAddress != NULL ? MmGetMdlByteOffset(Irp->MdlAddress) : 0;
    seen.Mode = Irp->RequestorMode;
}

// Input and output of a control request, wherever the method has put them.
static NTSTATUS
FindBuffers(PIRP Irp, PIO_STACK_LOCATION Stack, PUCHAR *Input, PUCHAR *Output)
{
    ULONG inLength = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG outLength = Stack->Parameters.DeviceIoControl.OutputBufferLength;

    *Input = Irp->AssociatedIrp.SystemBuffer;
    *Output = Irp->AssociatedIrp.SystemBuffer;
    switch (METHOD_FROM_CTL_CODE(Stack->Parameters.DeviceIoControl.IoControlCode))
    {
    case METHOD_BUFFERED:
        return STATUS_SUCCESS;
    case METHOD_IN_DIRECT:
    case METHOD_OUT_DIRECT:
        *Output = NULL;
        if (Irp->MdlAddress != NULL)
            *Output = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
        return Irp->MdlAddress == NULL || *Output != NULL ? STATUS_SUCCESS
                                                          : STATUS_INSUFFICIENT_RESOURCES;
    default:
        *Input = Stack->Parameters.DeviceIoControl.Type3InputBuffer;
        *Output = Irp->UserBuffer;
        __try
        {
            if (Irp->RequestorMode != KernelMode)
            {
                ProbeForRead(*Input, inLength, sizeof(ULONG));
                ProbeForWrite(*Output, outLength, sizeof(ULONG));
            }
        }
        __except (EXCEPTION_EXECUTE_HANDLER)
        {
            return GetExceptionCode();
        }
        return STATUS_SUCCESS;
    }
}

static NTSTATUS
Invert(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    ULONG inLength = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG outLength = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    ULONG direct = METHOD_FROM_CTL_CODE(Stack->Parameters.DeviceIoControl.IoControlCode);
    PUCHAR in, out;
    NTSTATUS status = FindBuffers(Irp, Stack, &in, &out);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    if (inLength == 0)
        return Complete(Irp, STATUS_SUCCESS, 0);
    if (outLength < NEEDED)
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    if (inLength > outLength)
        inLength = outLength;
    if (direct == METHOD_IN_DIRECT) // the second buffer holds data for the device, too
    {
        for (ULONG i = 0; i < inLength; i++)
            kernelData[i] = (UCHAR)(in[i] + out[i]);
        return Complete(Irp, STATUS_SUCCESS, inLength);
    }
    __try
    {
        for (ULONG i = 0; i < inLength; i++)
            out[i] = (UCHAR)~in[i];
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        return Complete(Irp, GetExceptionCode(), 0);
    }
    return Complete(Irp, STATUS_SUCCESS, inLength);
}

static void Run(USER *Memory);

static NTSTATUS
Control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (code == IOCTL_RUN)
    {
        if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(USER))
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        ProbeForWrite(Irp->UserBuffer, sizeof(USER), 1);
        Run(Irp->UserBuffer);
        return Complete(Irp, STATUS_SUCCESS, 0);
    }
    Note(Irp, stack->Parameters.DeviceIoControl.OutputBufferLength);
    seen.Type3 = stack->Parameters.DeviceIoControl.Type3InputBuffer;
    switch ((code >> 2) & 0xfff)
    {
    case FUNCTION_INVERT:
        return Invert(Irp, stack);
    case FUNCTION_OVERFLOW:
        RtlFillMemory(Irp->AssociatedIrp.SystemBuffer, 8, 0x77);
        return Complete(Irp, STATUS_BUFFER_OVERFLOW, 8);
    case FUNCTION_FAIL:
        RtlFillMemory(Irp->AssociatedIrp.SystemBuffer, 8, 0x66);
        return Complete(Irp, STATUS_DEVICE_NOT_READY, 8);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

// A device of one repeated byte that remembers what was written.
static NTSTATUS
ReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    BOOLEAN read = stack->MajorFunction == IRP_MJ_READ;
    ULONG length = stack->Parameters.Read.Length;
    PUCHAR data = Irp->AssociatedIrp.SystemBuffer;

    Note(Irp, length);
    if (length == 0)
        return Complete(Irp, STATUS_SUCCESS, 0);
    if (DeviceObject->Flags & DO_DIRECT_IO)
        data = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
    else if (!(DeviceObject->Flags & DO_BUFFERED_IO))
        data = Irp->UserBuffer;
    if (data == NULL)
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    __try
    {
        if (!(DeviceObject->Flags & (DO_DIRECT_IO | DO_BUFFERED_IO)) && read)
            ProbeForWrite(data, length, 1);
        else if (!(DeviceObject->Flags & (DO_DIRECT_IO | DO_BUFFERED_IO)))
            ProbeForRead(data, length, 1);
        if (read)
            RtlFillMemory(data, length, 0x5a);
        else
            RtlCopyMemory(kernelData, data, length);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        return Complete(Irp, GetExceptionCode(), 0);
    }
    return Complete(Irp, STATUS_SUCCESS, length);
}

// ---- the client -------------------------------------------------------------------------------

static NTSTATUS
Open(PCWSTR Name, PHANDLE Handle)
{
    NTSTATUS status;

    RtlInitUnicodeString(&user->Name, Name);
    RtlCopyMemory(user->Text, Name, user->Name.Length);
    user->Name.Buffer = user->Text;
    InitializeObjectAttributes(&user->Attributes, &user->Name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status =
        NtCreateFile(&user->Handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &user->Attributes,
                     &user->Iosb, NULL, 0, 0, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    *Handle = user->Handle;
    return status;
}

static NTSTATUS
Send(HANDLE Handle, ULONG Code, PVOID In, ULONG InLength, PVOID Out, ULONG OutLength)
{
    RtlZeroMemory(&seen, sizeof(seen));
    user->Iosb.Status = 0x11111111;
    user->Iosb.Information = 99;
    return NtDeviceIoControlFile(Handle, NULL, NULL, NULL, &user->Iosb, Code, In, InLength, Out,
                                 OutLength);
}

static void
FillInput(void)
{
    for (ULONG i = 0; i < sizeof(user->In); i++)
        user->In[i] = (UCHAR)i;
    RtlFillMemory(user->Out, sizeof(user->Out), 0xee);
}

static void
TestBuffered(HANDLE Handle)
{
    ULONG code = CODE(FUNCTION_INVERT, METHOD_BUFFERED);

    FillInput();
    EXPECT_EQ(Send(Handle, code, user->In, 32, user->Out, 64), STATUS_SUCCESS);
    EXPECT_EQ(user->Iosb.Status, STATUS_SUCCESS);
    EXPECT_EQ(user->Iosb.Information, 32);
    EXPECT_EQ(user->Out[0], 0xff);
    EXPECT_EQ(user->Out[31], 0xe0);
    EXPECT_EQ(user->Out[32], 0xee); // Information says how much is copied back
    EXPECT(seen.System != NULL && seen.System != (PVOID)user->Out && seen.Mdl == NULL);
    EXPECT((ULONG_PTR)seen.System > (ULONG_PTR)MM_HIGHEST_USER_ADDRESS);
    EXPECT_EQ(seen.Mode, UserMode);
    EXPECT_EQ(Send(Handle, code, user->In, 32, user->Out, NEEDED - 1), STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(seen.Calls, 1);
    EXPECT_EQ(Send(Handle, code, NULL, 0, NULL, 0), STATUS_SUCCESS);
    EXPECT(seen.Calls == 1 && seen.System == NULL); // no buffer, but a request
    EXPECT_EQ(Send(Handle, code, user->In + 1, 32, user->Out + 3, 64), STATUS_SUCCESS);
    EXPECT_EQ(user->Out[3], (UCHAR)~1);
    EXPECT_EQ((ULONG_PTR)seen.System & 7, 0);
    EXPECT_EQ(Send(Handle, code, NOWHERE, 32, user->Out, 64), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(seen.Calls, 0);
    EXPECT_EQ(Send(Handle, code, user->In, 32, NOWHERE, 64), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(seen.Calls, 0);
    EXPECT_EQ(Send(Handle, code, kernelData, 32, user->Out, 64), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(seen.Calls, 0);
    EXPECT_EQ(Send(Handle, code, user->In, 32, kernelData, 64), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(seen.Calls, 0);
    EXPECT_EQ(Send(Handle, code, (PUCHAR)MM_HIGHEST_USER_ADDRESS - 3, 32, user->Out, 64),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(seen.Calls, 0);
}

// A warning brings its data, an error does not.
static void
TestStatuses(HANDLE Handle)
{
    FillInput();
    EXPECT_EQ(Send(Handle, CODE(FUNCTION_OVERFLOW, METHOD_BUFFERED), NULL, 0, user->Out, 16),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(user->Iosb.Information, 8);
    EXPECT(user->Out[7] == 0x77 && user->Out[8] == 0xee);
    FillInput();
    EXPECT_EQ(Send(Handle, CODE(FUNCTION_FAIL, METHOD_BUFFERED), NULL, 0, user->Out, 16),
              STATUS_DEVICE_NOT_READY);
    EXPECT_EQ(user->Out[0], 0xee);
    EXPECT_EQ(Send(Handle, CODE(0x9ff, METHOD_BUFFERED), NULL, 0, NULL, 0),
              STATUS_INVALID_DEVICE_REQUEST);
    EXPECT_EQ(NtDeviceIoControlFile(Handle, NULL, NULL, NULL, (PIO_STATUS_BLOCK)kernelData,
                                    CODE(FUNCTION_INVERT, METHOD_BUFFERED), NULL, 0, NULL, 0),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtFsControlFile(Handle, NULL, NULL, NULL, &user->Iosb,
                              CODE(FUNCTION_INVERT, METHOD_BUFFERED), NULL, 0, NULL, 0),
              STATUS_INVALID_DEVICE_REQUEST); // another major function, which this driver has not
}

static void
TestDirect(HANDLE Handle)
{
    ULONG out = CODE(FUNCTION_INVERT, METHOD_OUT_DIRECT);
    ULONG in = CODE(FUNCTION_INVERT, METHOD_IN_DIRECT);

    FillInput();
    EXPECT_EQ(Send(Handle, out, user->In, 32, user->Out + 5, 64), STATUS_SUCCESS);
    EXPECT(seen.System != NULL && seen.Mdl != NULL);
    EXPECT_EQ(seen.MdlBytes, 64);
    EXPECT_EQ(seen.MdlOffset, (ULONG_PTR)(user->Out + 5) & (PAGE_SIZE - 1));
    EXPECT(user->Out[4] == 0xee && user->Out[5] == 0xff && user->Out[36] == 0xe0);
    FillInput();
    RtlFillMemory(user->Out, 64, 1);
    EXPECT_EQ(Send(Handle, in, user->In, 32, user->Out, 64), STATUS_SUCCESS);
    EXPECT(kernelData[0] == 1 && kernelData[31] == 32);
    EXPECT_EQ(Send(Handle, out, user->In, 32, user->Out, NEEDED - 1), STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(Send(Handle, out, NULL, 0, NULL, 0), STATUS_SUCCESS);
    EXPECT(seen.Calls == 1 && seen.System == NULL && seen.Mdl == NULL);
    EXPECT_EQ(Send(Handle, out, user->In, 8, user->Out, 0), STATUS_BUFFER_TOO_SMALL);
    EXPECT(seen.System != NULL && seen.Mdl == NULL);
    for (ULONG i = 0; i < 2; i++)
    {
        ULONG code = i == 0 ? in : out;

        EXPECT_EQ(Send(Handle, code, user->In, 32, NOWHERE, 64), STATUS_ACCESS_VIOLATION);
        EXPECT_EQ(Send(Handle, code, NOWHERE, 32, user->Out, 64), STATUS_ACCESS_VIOLATION);
        EXPECT_EQ(Send(Handle, code, user->In, 32, kernelData, 64), STATUS_ACCESS_VIOLATION);
        EXPECT_EQ(Send(Handle, code, kernelData, 32, user->Out, 64), STATUS_ACCESS_VIOLATION);
        EXPECT_EQ(seen.Calls, 0);
    }
}

static void
TestNeither(HANDLE Handle)
{
    ULONG code = CODE(FUNCTION_INVERT, METHOD_NEITHER);

    FillInput();
    EXPECT_EQ(Send(Handle, code, user->In, 32, user->Out, 64), STATUS_SUCCESS);
    EXPECT(seen.System == NULL && seen.Mdl == NULL);
    EXPECT(seen.Type3 == (PVOID)user->In && seen.User == (PVOID)user->Out);
    EXPECT(user->Out[31] == 0xe0 && user->Out[32] == 0xee);
    EXPECT_EQ(Send(Handle, code, user->In, 32, user->Out, NEEDED - 1), STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(Send(Handle, code, NULL, 0, NULL, 0), STATUS_SUCCESS);
    EXPECT_EQ(Send(Handle, code, NOWHERE, 0, kernelData, 0), STATUS_SUCCESS);
    EXPECT(seen.Type3 == NOWHERE && seen.User == (PVOID)kernelData); // nothing was looked at
    EXPECT_EQ(Send(Handle, code, user->In + 1, 32, user->Out, 64), STATUS_DATATYPE_MISALIGNMENT);
    EXPECT_EQ(Send(Handle, code, user->In, 32, user->Out + 2, 64), STATUS_DATATYPE_MISALIGNMENT);
    EXPECT_EQ(Send(Handle, code, kernelData, 32, user->Out, 64), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(Send(Handle, code, user->In, 32, kernelData, 64), STATUS_ACCESS_VIOLATION);
    // Reading is not probed page by page: the copy itself faults.
    EXPECT_EQ(Send(Handle, code, NOWHERE, 32, user->Out, 64), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(Send(Handle, code, user->In, 32, NOWHERE, 64), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(seen.Calls, 1); // it is the driver that finds out
    EXPECT_EQ(Send(Handle, code, (PUCHAR)MM_HIGHEST_USER_ADDRESS - 3, 32, user->Out, 64),
              STATUS_ACCESS_VIOLATION);
}

static NTSTATUS
Read(HANDLE Handle, PVOID Buffer, ULONG Length)
{
    RtlZeroMemory(&seen, sizeof(seen));
    user->Offset.QuadPart = 0;
    return NtReadFile(Handle, NULL, NULL, NULL, &user->Iosb, Buffer, Length, &user->Offset, NULL);
}

static NTSTATUS
Write(HANDLE Handle, PVOID Buffer, ULONG Length)
{
    RtlZeroMemory(&seen, sizeof(seen));
    user->Offset.QuadPart = 0;
    return NtWriteFile(Handle, NULL, NULL, NULL, &user->Iosb, Buffer, Length, &user->Offset, NULL);
}

static void
TestTransfers(HANDLE Handle, ULONG Index)
{
    BOOLEAN neither = Index == 3;

    FillInput();
    EXPECT_EQ(Read(Handle, user->Out + 1, 100), STATUS_SUCCESS);
    EXPECT_EQ(user->Iosb.Information, 100);
    EXPECT(user->Out[0] == 0xee && user->Out[1] == 0x5a && user->Out[100] == 0x5a);
    EXPECT_EQ(user->Out[101], 0xee);
    EXPECT((seen.System != NULL) == (Index == 1) && (seen.Mdl != NULL) == (Index == 2));
    if (Index == 2)
        EXPECT_EQ(seen.MdlBytes, 100);
    if (neither)
        EXPECT(seen.User == (PVOID)(user->Out + 1));
    EXPECT_EQ(Write(Handle, user->In + 7, 64), STATUS_SUCCESS);
    EXPECT_EQ(user->Iosb.Information, 64);
    EXPECT(kernelData[0] == 7 && kernelData[63] == 70);
    // A transfer of nothing is a request without a buffer.
    EXPECT_EQ(Read(Handle, user->Out, 0), STATUS_SUCCESS);
    EXPECT(seen.Calls == 1 && seen.System == NULL && seen.Mdl == NULL);
    EXPECT_EQ(user->Iosb.Information, 0);
    EXPECT_EQ(Write(Handle, NULL, 0), STATUS_SUCCESS);
    EXPECT_EQ(seen.Calls, 1);
    // The services refuse what cannot be a user's buffer before the driver is asked.
    EXPECT_EQ(Read(Handle, kernelData, 16), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(Write(Handle, kernelData, 16), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(seen.Calls, 0);
    EXPECT_EQ(Read(Handle, NOWHERE, 16), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(Write(Handle, NOWHERE, 16), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(seen.Calls, neither ? 1 : 0);
}

static void
TestOpens(void)
{
    HANDLE handle;

    EXPECT_EQ(Open(L"\\Device\\IoUserMissing", &handle), STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(NtCreateFile((PHANDLE)kernelData, GENERIC_READ, &user->Attributes, &user->Iosb, NULL,
                           0, 0, FILE_OPEN, 0, NULL, 0),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtOpenFile(&user->Handle, GENERIC_READ, NOWHERE, &user->Iosb, 0, 0),
              STATUS_ACCESS_VIOLATION);
    RtlInitUnicodeString(&user->Name, names[1]);
    EXPECT_EQ(NtOpenFile(&user->Handle, GENERIC_READ, &user->Attributes, &user->Iosb, 0, 0),
              STATUS_ACCESS_VIOLATION); // the name's characters are the kernel's
    RtlCopyMemory(user->Text, names[1], user->Name.Length);
    user->Name.Buffer = user->Text;
    EXPECT_EQ(NtOpenFile(&user->Handle, GENERIC_READ, &user->Attributes, &user->Iosb, 0, 0),
              STATUS_SUCCESS);
    handle = user->Handle;
    EXPECT_EQ((LONG_PTR)handle > 0, TRUE); // a user's handle, in the table of the process
    EXPECT_EQ(Write(handle, user->In, 4), STATUS_ACCESS_DENIED); // not opened for writing
    EXPECT_EQ(NtClose(handle), STATUS_SUCCESS);
    EXPECT_EQ(NtClose(handle), STATUS_INVALID_HANDLE);
}

static void
Run(USER *Memory)
{
    HANDLE handle;

    user = Memory;
    EXPECT_EQ(ExGetPreviousMode(), UserMode);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT((PVOID)Memory <= MM_HIGHEST_USER_ADDRESS);
    EXPECT_EQ(Open(names[1], &handle), STATUS_SUCCESS);
    TestBuffered(handle);
    TestStatuses(handle);
    TestDirect(handle);
    TestNeither(handle);
    EXPECT_EQ(NtClose(handle), STATUS_SUCCESS);
    for (ULONG i = 1; i < 4; i++)
    {
        EXPECT_EQ(Open(names[i], &handle), STATUS_SUCCESS);
        TestTransfers(handle, i);
        EXPECT_EQ(NtClose(handle), STATUS_SUCCESS);
    }
    TestOpens();
    (void)Finish("io_user");
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, L"\\DosDevices\\IoUser");
    IoDeleteSymbolicLink(&link);
    while (DriverObject->DeviceObject != NULL)
        IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_READ] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    DriverObject->DriverUnload = Unload;
    for (ULONG i = 0; i < 4 && NT_SUCCESS(status); i++)
    {
        RtlInitUnicodeString(&name, names[i]);
        status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &devices[i]);
        if (NT_SUCCESS(status) && (i == 1 || i == 2))
            devices[i]->Flags |= i == 1 ? DO_BUFFERED_IO : DO_DIRECT_IO;
    }
    RtlInitUnicodeString(&name, names[0]);
    RtlInitUnicodeString(&link, L"\\DosDevices\\IoUser");
    return NT_SUCCESS(status) ? IoCreateSymbolicLink(&link, &name) : status;
}
