// SPDX-License-Identifier: MIT
// Requests through a stack of two devices whose driver lives in this program: buffers by method,
// pending, cancellation, completion routines, and the checks that stop a driver that breaks the
// rules.
#include "io_kit.h"

#define IOCTL_ECHO    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_OUT     CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_NEITHER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_WRITE   CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_PEND    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x804, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_INLINE  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x805, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_BROKEN  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x806, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef enum _MISTAKE
{
    MistakeNone,
    MistakeCompleteTwice,
    MistakeStatusPending,
    MistakeCancelRoutineSet,
    MistakeOtherStatus,
    MistakePendingNotMarked,
    MistakeMarkedNotPending,
    MistakeForgotten,
    MistakeIrql,
    MistakeCriticalRegion,
    MistakeOverrun,
    MistakeTooMuch,
    MistakeNoLocations,
    MistakeFreeIrp,
} MISTAKE;

static PDEVICE_OBJECT Lower;
static PDEVICE_OBJECT Filter;
static MISTAKE Mistake;
static BOOLEAN FilterCompletes; // the filter sets a completion routine
static ULONG Completions;
static ULONG Creates, Cleanups, Closes;
static PIRP Pended;
static KTIMER Timer;
static KDPC Dpc;
static char Order[64];

static void
Note(char What)
{
    size_t length = strlen(Order);
    if (length + 1 < sizeof(Order))
    {
        Order[length] = What;
        Order[length + 1] = 0;
    }
}

static NTSTATUS
Finish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IofCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID DDI_CALLBACK
OnTimer(PKDPC Object, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    (void)Object;
    (void)Context;
    (void)Argument1;
    (void)Argument2;
    PIRP irp = Pended;
    if (irp != NULL && IoSetCancelRoutine(irp, NULL) != NULL)
    {
        Pended = NULL;
        memcpy(irp->AssociatedIrp.SystemBuffer, "late", 4);
        Finish(irp, STATUS_SUCCESS, 4);
    }
}

static VOID DDI_CALLBACK
OnCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Pended = NULL;
    Finish(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS
Pend(PIRP Irp, BOOLEAN WithTimer)
{
    LARGE_INTEGER due = {.QuadPart = -50000};
    IoMarkIrpPending(Irp);
    Pended = Irp;
    IoSetCancelRoutine(Irp, OnCancel);
    if (WithTimer)
    {
        KeSetTimer(&Timer, due, &Dpc);
    }
    return STATUS_PENDING;
}

static NTSTATUS
BreakRule(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;
    switch (Mistake)
    {
    case MistakeCompleteTwice:
        Finish(Irp, STATUS_SUCCESS, 0);
        return Finish(Irp, STATUS_SUCCESS, 0);
    case MistakeStatusPending:
        return Finish(Irp, STATUS_PENDING, 0);
    case MistakeCancelRoutineSet:
        IoSetCancelRoutine(Irp, OnCancel);
        return Finish(Irp, STATUS_SUCCESS, 0);
    case MistakeOtherStatus:
        Finish(Irp, STATUS_UNSUCCESSFUL, 0);
        return STATUS_SUCCESS;
    case MistakePendingNotMarked:
        Pended = Irp;
        return STATUS_PENDING;
    case MistakeMarkedNotPending:
        IoMarkIrpPending(Irp);
        return Finish(Irp, STATUS_SUCCESS, 0);
    case MistakeForgotten:
        return STATUS_SUCCESS;
    case MistakeIrql:
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        return Finish(Irp, STATUS_SUCCESS, 0);
    case MistakeCriticalRegion:
        KeEnterCriticalRegion();
        return Finish(Irp, STATUS_SUCCESS, 0);
    case MistakeOverrun:
        ((UCHAR *)Irp->AssociatedIrp.SystemBuffer)[8] = 1;
        return Finish(Irp, STATUS_SUCCESS, 0);
    case MistakeTooMuch:
        return Finish(Irp, STATUS_SUCCESS, 9);
    case MistakeNoLocations:
        return IofCallDriver(DeviceObject, Irp);
    case MistakeFreeIrp:
        IoFreeIrp(Irp);
        return STATUS_SUCCESS;
    default:
        return Finish(Irp, STATUS_SUCCESS, 0);
    }
}

static NTSTATUS
LowerControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
    UCHAR *buffer = Irp->AssociatedIrp.SystemBuffer;
    switch (stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_ECHO:
        for (ULONG i = 0; i < in; i++)
        {
            buffer[i] ^= 0xff;
        }
        return Finish(Irp, STATUS_SUCCESS, in < out ? in : out);
    case IOCTL_OUT:
        memset(MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority), buffer[0], out);
        return Finish(Irp, STATUS_SUCCESS, out);
    case IOCTL_NEITHER:
        memcpy(Irp->UserBuffer, stack->Parameters.DeviceIoControl.Type3InputBuffer, in);
        return Finish(Irp, STATUS_SUCCESS, in);
    case IOCTL_PEND:
        return Pend(Irp, in != 0);
    case IOCTL_INLINE: /* pending, but completed before the routine returns */
        IoMarkIrpPending(Irp);
        memset(buffer, 7, out);
        Finish(Irp, STATUS_SUCCESS, out);
        return STATUS_PENDING;
    case IOCTL_BROKEN:
        return BreakRule(DeviceObject, Irp);
    default:
        return Finish(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static NTSTATUS DDI_CALLBACK
FilterDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)Context;
    Note(DeviceObject == Filter ? 'c' : '?');
    Completions++;
    if (Irp->PendingReturned)
    {
        IoMarkIrpPending(Irp);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS
Forward(PIRP Irp)
{
    if (!FilterCompletes)
    {
        IoSkipCurrentIrpStackLocation(Irp);
        return IofCallDriver(Lower, Irp);
    }
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, FilterDone, NULL, TRUE, TRUE, TRUE);
    Note('f');
    return IofCallDriver(Lower, Irp);
}

static NTSTATUS DDI_CALLBACK
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    if (DeviceObject == Filter)
    {
        return Forward(Irp);
    }
    switch (stack->MajorFunction)
    {
    case IRP_MJ_CREATE:
        Creates++;
        return Finish(Irp,
                      stack->FileObject->FileName.Length == 0 ? STATUS_SUCCESS
                                                              : STATUS_OBJECT_NAME_NOT_FOUND,
                      FILE_OPENED);
    case IRP_MJ_CLEANUP:
        Cleanups++;
        return Finish(Irp, STATUS_SUCCESS, 0);
    case IRP_MJ_CLOSE:
        Closes++;
        return Finish(Irp, STATUS_SUCCESS, 0);
    case IRP_MJ_READ:
        memset(Irp->AssociatedIrp.SystemBuffer, 'r', stack->Parameters.Read.Length);
        return Finish(Irp, STATUS_SUCCESS, stack->Parameters.Read.Length);
    case IRP_MJ_DEVICE_CONTROL:
        return LowerControl(DeviceObject, Irp);
    default:
        return Finish(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static NTSTATUS DDI_CALLBACK
Entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    (void)RegistryPath;
    RtlInitUnicodeString(&name, L"\\Device\\Kit");
    RtlInitUnicodeString(&link, L"\\??\\Kit");
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
    {
        DriverObject->MajorFunction[i] = Dispatch;
    }
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, OnTimer, NULL);
    NTSTATUS status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Lower);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    Lower->Flags |= DO_BUFFERED_IO;
    Lower->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    status = IoCreateDevice(DriverObject, 16, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Filter);
    if (NT_SUCCESS(status) && IoAttachDeviceToDeviceStack(Filter, Lower) != Lower)
    {
        status = STATUS_UNSUCCESSFUL;
    }
    Filter->Flags |= DO_BUFFERED_IO;
    return NT_SUCCESS(status) ? IoCreateSymbolicLink(&link, &name) : status;
}

// ---- client calls
// --------------------------------------------------------------------------------

typedef struct _REQUEST
{
    HANDLE Handle;
    ULONG Code;
    ULONG In;
    ULONG Out;
    NTSTATUS Status;
    ULONG Options;
    ACCESS_MASK Access;
    PCWSTR Name;
    BOOLEAN Read;
} REQUEST;

// Layout of the page of user memory.
typedef struct _PAGE
{
    IO_STATUS_BLOCK Iosb;
    HANDLE Handle;
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name;
    WCHAR Text[64];
    UCHAR In[1024];
    UCHAR Out[1024];
} PAGE;

#define USER  ((PAGE *)KitUser)
#define ALIAS ((PAGE *)KitAlias)

static void
OpenRoutine(void *Context)
{
    REQUEST *request = Context;
    USER->Handle = NULL;
    RtlInitUnicodeString(&USER->Name, request->Name != NULL ? request->Name : L"\\??\\Kit");
    memcpy(USER->Text, USER->Name.Buffer, USER->Name.Length);
    USER->Name.Buffer = USER->Text;
    InitializeObjectAttributes(&USER->Attributes, &USER->Name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    request->Status = NtCreateFile(&USER->Handle, request->Access | SYNCHRONIZE, &USER->Attributes,
                                   &USER->Iosb, NULL, 0, 0, FILE_OPEN, request->Options, NULL, 0);
    request->Handle = USER->Handle;
}

static HANDLE
Open(ACCESS_MASK Access, ULONG Options)
{
    REQUEST request = {.Access = Access, .Options = Options};
    assert_int_equal(KitRun(UserMode, OpenRoutine, &request), KiRunDone);
    assert_int_equal(request.Status, STATUS_SUCCESS);
    return request.Handle;
}

static void
CloseRoutine(void *Context)
{
    ((REQUEST *)Context)->Status = NtClose(((REQUEST *)Context)->Handle);
}

static void
Close(HANDLE Handle)
{
    REQUEST request = {.Handle = Handle};
    assert_int_equal(KitRun(UserMode, CloseRoutine, &request), KiRunDone);
    assert_int_equal(request.Status, STATUS_SUCCESS);
}

static void
ControlRoutine(void *Context)
{
    REQUEST *request = Context;
    request->Status =
        NtDeviceIoControlFile(request->Handle, NULL, NULL, NULL, &USER->Iosb, request->Code,
                              request->In != 0 ? USER->In : NULL, request->In,
                              request->Out != 0 ? USER->Out : NULL, request->Out);
}

static NTSTATUS
Control(HANDLE Handle, ULONG Code, ULONG In, ULONG Out)
{
    REQUEST request = {.Handle = Handle, .Code = Code, .In = In, .Out = Out};
    ALIAS->Iosb.Status = 0x12345678;
    ALIAS->Iosb.Information = 0x1234;
    assert_int_equal(KitRun(UserMode, ControlRoutine, &request), KiRunDone);
    return request.Status;
}

static void
ReadRoutine(void *Context)
{
    REQUEST *request = Context;
    request->Status = NtReadFile(request->Handle, NULL, NULL, NULL, &USER->Iosb, USER->Out,
                                 request->Out, NULL, NULL);
}

static void
CancelRoutine(void *Context)
{
    REQUEST *request = Context;
    request->Status = NtCancelIoFile(request->Handle, (PIO_STATUS_BLOCK)USER->In);
}

#define SYNCHRONOUS FILE_SYNCHRONOUS_IO_NONALERT

// ---- tests
// ---------------------------------------------------------------------------------------

// Proves: KERNEL:irp-mj-cleanup, KERNEL:irp-mj-close, KERNEL:nt-device-names
static void
TestOpenClose(void **State)
{
    REQUEST request = {.Access = FILE_READ_DATA, .Name = L"\\??\\Kit\\trailing"};
    (void)State;
    Creates = Cleanups = Closes = 0;
    Close(Open(FILE_READ_DATA, 0));
    assert_int_equal(Creates, 1);
    assert_int_equal(Cleanups, 1);
    assert_int_equal(Closes, 1);
    assert_int_equal(Lower->ReferenceCount, 0);
    assert_int_equal(KitRun(UserMode, OpenRoutine, &request), KiRunDone);
    assert_int_equal((ULONG)request.Status, (ULONG)STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(Creates, 2);
    assert_int_equal(Cleanups, 1);
    assert_int_equal(Closes, 1);
    request.Name = L"\\??\\Missing";
    assert_int_equal(KitRun(UserMode, OpenRoutine, &request), KiRunDone);
    assert_int_equal((ULONG)request.Status, (ULONG)STATUS_OBJECT_NAME_NOT_FOUND);
}

// Proves: KERNEL:buffer-descriptions-for-i-o-control-codes
static void
TestMethods(void **State)
{
    HANDLE handle = Open(FILE_READ_DATA, SYNCHRONOUS);
    (void)State;
    for (FilterCompletes = FALSE; FilterCompletes <= TRUE; FilterCompletes++)
    {
        memset(ALIAS->In, 0x0f, 64);
        memset(ALIAS->Out, 0, 64);
        assert_int_equal(Control(handle, IOCTL_ECHO, 64, 32), STATUS_SUCCESS);
        assert_int_equal(ALIAS->Iosb.Status, STATUS_SUCCESS);
        assert_int_equal(ALIAS->Iosb.Information, 32);
        assert_int_equal(ALIAS->Out[31], 0xf0);
        assert_int_equal(ALIAS->Out[32], 0);
        ALIAS->In[0] = 9;
        assert_int_equal(Control(handle, IOCTL_OUT, 1, 1024), STATUS_SUCCESS);
        assert_int_equal(ALIAS->Out[1023], 9);
        memcpy(ALIAS->In, "neither", 8);
        assert_int_equal(Control(handle, IOCTL_NEITHER, 8, 8), STATUS_SUCCESS);
        assert_string_equal((char *)ALIAS->Out, "neither");
    }
    FilterCompletes = FALSE;
    Close(handle);
}

// Proves: KERNEL:defining-i-o-control-codes
static void
TestRequiredAccess(void **State)
{
    HANDLE reader = Open(FILE_READ_DATA, SYNCHRONOUS);
    HANDLE writer = Open(FILE_WRITE_DATA, SYNCHRONOUS);
    (void)State;
    assert_int_equal((ULONG)Control(reader, IOCTL_WRITE, 0, 0), (ULONG)STATUS_ACCESS_DENIED);
    assert_int_equal((ULONG)Control(writer, IOCTL_WRITE, 0, 0),
                     (ULONG)STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal((ULONG)Control((HANDLE)0x1234, IOCTL_ECHO, 0, 0),
                     (ULONG)STATUS_INVALID_HANDLE);
    Close(reader);
    Close(writer);
}

static void
BadBufferRoutine(void *Context)
{
    REQUEST *request = Context;
    request->Status = NtDeviceIoControlFile(request->Handle, NULL, NULL, NULL, &USER->Iosb,
                                            IOCTL_ECHO, request->In ? (PVOID)0x20000000 : USER->In,
                                            8, request->Out ? (PVOID)0x20000000 : USER->Out, 8);
}

// Proves: KERNEL:using-buffered-i-o (a bad buffer is the caller's error)
static void
TestBadBuffers(void **State)
{
    REQUEST request = {.Handle = Open(FILE_READ_DATA, SYNCHRONOUS), .In = 1};
    (void)State;
    assert_int_equal(KitRun(UserMode, BadBufferRoutine, &request), KiRunDone);
    assert_int_equal((ULONG)request.Status, (ULONG)STATUS_ACCESS_VIOLATION);
    request.In = 0;
    request.Out = 1;
    assert_int_equal(KitRun(UserMode, BadBufferRoutine, &request), KiRunDone);
    assert_int_equal((ULONG)request.Status, (ULONG)STATUS_ACCESS_VIOLATION);
    Close(request.Handle);
}

// Proves: KERNEL:implementing-an-iocompletion-routine (pending is passed on upwards)
static void
TestPending(void **State)
{
    HANDLE handle = Open(FILE_READ_DATA, SYNCHRONOUS);
    (void)State;
    for (FilterCompletes = FALSE; FilterCompletes <= TRUE; FilterCompletes++)
    {
        assert_int_equal(Control(handle, IOCTL_PEND, 1, 8), STATUS_SUCCESS);
        assert_int_equal(ALIAS->Iosb.Information, 4);
        assert_memory_equal(ALIAS->Out, "late", 4);
        assert_int_equal(Control(handle, IOCTL_INLINE, 0, 8), STATUS_SUCCESS);
        assert_int_equal(ALIAS->Out[7], 7);
    }
    FilterCompletes = FALSE;
    Close(handle);
}

// Proves: NF:wdm.IoCancelIrp
static void
TestAsynchronousAndCancel(void **State)
{
    REQUEST request = {.Handle = Open(FILE_READ_DATA, 0)};
    (void)State;
    assert_int_equal(Control(request.Handle, IOCTL_PEND, 1, 8), STATUS_PENDING);
    assert_int_equal(ALIAS->Iosb.Status, 0x12345678);
    assert_int_not_equal(KitRunUntil(KiQueryTime() + 1000000), KiRunBugCheck);
    assert_int_equal(ALIAS->Iosb.Status, STATUS_SUCCESS);
    assert_memory_equal(ALIAS->Out, "late", 4);

    assert_int_equal(Control(request.Handle, IOCTL_PEND, 0, 8), STATUS_PENDING);
    assert_non_null(Pended);
    assert_int_equal(KitRun(UserMode, CancelRoutine, &request), KiRunDone);
    assert_int_equal(request.Status, STATUS_SUCCESS);
    assert_null(Pended);
    assert_int_equal((ULONG)ALIAS->Iosb.Status, (ULONG)STATUS_CANCELLED);

    assert_int_equal(Control(request.Handle, IOCTL_INLINE, 0, 8), STATUS_PENDING);
    assert_int_equal(ALIAS->Iosb.Status, STATUS_SUCCESS);
    Close(request.Handle);
}

static void
TestCompletionOrder(void **State)
{
    HANDLE handle = Open(FILE_READ_DATA, SYNCHRONOUS);
    (void)State;
    FilterCompletes = TRUE;
    Order[0] = 0;
    Completions = 0;
    assert_int_equal(Control(handle, IOCTL_ECHO, 8, 8), STATUS_SUCCESS);
    assert_string_equal(Order, "fc");
    assert_int_equal(Completions, 1);
    FilterCompletes = FALSE;
    Close(handle);
}

// Proves: NF:ntifs.NtReadFile (the position of a synchronous file)
static void
TestRead(void **State)
{
    REQUEST request = {.Handle = Open(FILE_READ_DATA, SYNCHRONOUS), .Out = 100};
    (void)State;
    assert_int_equal(KitRun(UserMode, ReadRoutine, &request), KiRunDone);
    assert_int_equal(request.Status, STATUS_SUCCESS);
    assert_int_equal(ALIAS->Iosb.Information, 100);
    assert_int_equal(ALIAS->Out[99], 'r');
    Close(request.Handle);
    request.Handle = Open(FILE_READ_DATA, 0);
    assert_int_equal(KitRun(UserMode, ReadRoutine, &request), KiRunDone);
    assert_int_equal((ULONG)request.Status, (ULONG)STATUS_INVALID_PARAMETER);
    Close(request.Handle);
    request.Handle = Open(FILE_WRITE_DATA, SYNCHRONOUS);
    assert_int_equal(KitRun(UserMode, ReadRoutine, &request), KiRunDone);
    assert_int_equal((ULONG)request.Status, (ULONG)STATUS_ACCESS_DENIED);
    Close(request.Handle);
}

static BOOLEAN
CountIrp(const IO_IRP_INFO *Info, PVOID Context)
{
    (void)Info;
    ++*(ULONG *)Context;
    return TRUE;
}

static void
TestNothingIsLeft(void **State)
{
    ULONG count = 0;
    (void)State;
    IoForEachIrp(CountIrp, &count);
    assert_int_equal(count, 0);
    assert_int_equal(Lower->ReferenceCount, 0);
    assert_int_equal(Creates - 1, Closes);
}

// Each mistake stops the machine with its documented code.
static void
TestMistakes(void **State)
{
    static const struct
    {
        MISTAKE Mistake;
        ULONG Code;
        ULONG Parameter1;
    } cases[] = {
        {MistakeCompleteTwice, 0x44, 0},        {MistakeStatusPending, 0xc9, 0x06},
        {MistakeCancelRoutineSet, 0xc9, 0x07},  {MistakeOtherStatus, 0xc9, 0x224},
        {MistakePendingNotMarked, 0xc9, 0x23d}, {MistakeMarkedNotPending, 0xc9, 0x23e},
        {MistakeForgotten, 0xc9, 0x226},        {MistakeIrql, 0xc9, 0x05},
        {MistakeCriticalRegion, 0xc4, 0xc5},    {MistakeOverrun, 0x19, 0x20},
        {MistakeTooMuch, 0xc9, 0x312},          {MistakeNoLocations, 0x35, 0},
        {MistakeFreeIrp, 0xc9, 0x02},
    };
    REQUEST request = {
        .Handle = Open(FILE_READ_DATA, SYNCHRONOUS), .Code = IOCTL_BROKEN, .In = 8, .Out = 8};
    (void)State;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        ULONG64 parameter1;
        Mistake = cases[i].Mistake;
        FilterCompletes = Mistake == MistakeNoLocations;
        ULONG code = KitBugCheck(UserMode, ControlRoutine, &request, &parameter1);
        if (code != cases[i].Code ||
            (cases[i].Parameter1 != 0 && parameter1 != cases[i].Parameter1))
        {
            fail_msg("mistake %d: bug check 0x%x, first parameter 0x%llx", (int)cases[i].Mistake,
                     code, (unsigned long long)parameter1);
        }
    }
    FilterCompletes = FALSE;
    Mistake = MistakeNone;
    Close(request.Handle);
}

static int
Setup(void **State)
{
    return KitBoot(State) == 0 && KitLoad(Entry) == STATUS_SUCCESS ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(TestOpenClose),       cmocka_unit_test(TestMethods),
        cmocka_unit_test(TestRequiredAccess),  cmocka_unit_test(TestBadBuffers),
        cmocka_unit_test(TestPending),         cmocka_unit_test(TestAsynchronousAndCancel),
        cmocka_unit_test(TestCompletionOrder), cmocka_unit_test(TestRead),
        cmocka_unit_test(TestNothingIsLeft),   cmocka_unit_test(TestMistakes),
    };
    return cmocka_run_group_tests(tests, Setup, NULL);
}
