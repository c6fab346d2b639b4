// SPDX-License-Identifier: MIT
// Structured exception handling from inside a driver: raised, faulting, nested, unwinding.
// Page: kernel/handling-exceptions.md, NF:wdm.ExRaiseStatus, NF:wdm.ProbeForRead
// Page: NF:ntddk.ExRaiseAccessViolation, NF:ntddk.ExRaiseDatatypeMisalignment
// Run:
// Expect: seh: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

static ULONG passed;
static ULONG failed;

#define EXPECT(Condition)                                         \
    do                                                            \
    {                                                             \
        if (Condition)                                            \
            passed++;                                             \
        else                                                      \
        {                                                         \
            failed++;                                             \
            DbgPrint("FAIL line %d: %s\n", __LINE__, #Condition); \
        }                                                         \
    } while (0)

static volatile ULONG zero;
static volatile LONG *volatile nullPointer;

// Keeps the compiler from seeing through the tests.
#if defined(_MSC_VER) || defined(__clang__)
#define NOINLINE __declspec(noinline)
#else
#define NOINLINE __attribute__((noinline))
#endif

// As far as the compiler can see, it may also return: a __finally block behind a call that never
// does would be dropped.
static NOINLINE void
RaiseIn(NTSTATUS Status)
{
    if (zero == 0)
        ExRaiseStatus(Status);
}

static void
TestRaise(void)
{
    NTSTATUS code = 0;

    __try
    {
        RaiseIn(STATUS_INVALID_PARAMETER);
        EXPECT(FALSE);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        code = GetExceptionCode();
    }
    EXPECT(code == STATUS_INVALID_PARAMETER);
    __try
    {
        ExRaiseAccessViolation();
    }
    __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION)
    {
        code = 1;
    }
    EXPECT(code == 1);
    __try
    {
        ExRaiseDatatypeMisalignment();
    }
    __except (GetExceptionCode() == STATUS_DATATYPE_MISALIGNMENT)
    {
        code = 2;
    }
    EXPECT(code == 2);
}

static void
TestProbe(void)
{
    NTSTATUS code = 0;

    __try
    {
        ProbeForRead((PVOID)(ULONG_PTR)&code, 4, 1); // a kernel address
        EXPECT(FALSE);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        code = GetExceptionCode();
    }
    EXPECT(code == STATUS_ACCESS_VIOLATION);
    code = 0;
    __try
    {
        ProbeForRead((PVOID)0x1001, 4, 4);
        EXPECT(FALSE);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        code = GetExceptionCode();
    }
    EXPECT(code == STATUS_DATATYPE_MISALIGNMENT);
}

static ULONG_PTR faultAddress;
static ULONG_PTR faultKind;

static LONG
Note(PEXCEPTION_POINTERS Pointers)
{
    faultKind = Pointers->ExceptionRecord->ExceptionInformation[0];
    faultAddress = Pointers->ExceptionRecord->ExceptionInformation[1];
    return EXCEPTION_EXECUTE_HANDLER;
}

// Faults directly in the try body, in a function it calls, and in a routine of the system.
static NOINLINE LONG
ReadAt(volatile LONG *Address)
{
    return *Address;
}

static void
TestFaults(void)
{
    ULONG hits = 0;
    CHAR buffer[16];

    __try
    {
        *nullPointer = 1;
    }
    __except (Note(GetExceptionInformation()))
    {
        hits++;
    }
    EXPECT(faultKind == 1 && faultAddress == 0);
    __try
    {
        hits += ReadAt((volatile LONG *)0x1234);
    }
    __except (Note(GetExceptionInformation()))
    {
        hits++;
    }
    EXPECT(faultKind == 0 && faultAddress == 0x1234);
    __try
    {
        hits += 100 / zero;
    }
    __except (GetExceptionCode() == STATUS_INTEGER_DIVIDE_BY_ZERO)
    {
        hits++;
    }
    __try
    {
        memmove(buffer, (PVOID)0x2000, sizeof(buffer));
    }
    __except (Note(GetExceptionInformation()))
    {
        hits++;
    }
    EXPECT(hits == 4);
    __try
    {
        ((void (*)(void))nullPointer)();
    }
    __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION)
    {
        hits++;
    }
    EXPECT(hits == 5);
}

static ULONG order;
static ULONG trail[8];

static void
Mark(ULONG Value)
{
    if (order < RTL_NUMBER_OF(trail))
        trail[order++] = Value;
}

static NOINLINE void
InnerFinally(void)
{
    __try
    {
        ExRaiseStatus(STATUS_UNSUCCESSFUL);
    }
    __finally
    {
        EXPECT(AbnormalTermination());
        Mark(2);
    }
}

static LONG
MarkFilter(ULONG Value, LONG Result)
{
    Mark(Value);
    return Result;
}

static void
TestOrder(void)
{
    order = 0;
    __try
    {
        __try
        {
            InnerFinally();
        }
        __finally
        {
            Mark(3);
        }
    }
    __except (MarkFilter(1, EXCEPTION_EXECUTE_HANDLER))
    {
        Mark(4);
    }
    // The filter runs before any __finally block: the search comes first.
    EXPECT(order == 4 && trail[0] == 1 && trail[1] == 2 && trail[2] == 3 && trail[3] == 4);

    order = 0;
    __try
    {
        Mark(1);
    }
    __finally
    {
        EXPECT(!AbnormalTermination());
        Mark(2);
    }
    EXPECT(order == 2);
}

static void
TestSearch(void)
{
    ULONG outer = 0;

    __try
    {
        __try
        {
            RaiseIn(STATUS_ACCESS_DENIED);
        }
        __except (GetExceptionCode() == STATUS_NO_MEMORY ? EXCEPTION_EXECUTE_HANDLER
                                                         : EXCEPTION_CONTINUE_SEARCH)
        {
            EXPECT(FALSE);
        }
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        outer = 1;
    }
    EXPECT(outer == 1);
}

// An exception inside a __finally block that runs because of another one: the second one wins, and
// no block runs twice.
static NOINLINE void
Collide(void)
{
    __try
    {
        __try
        {
            RaiseIn(STATUS_INVALID_HANDLE);
        }
        __finally
        {
            Mark(1);
            RaiseIn(STATUS_NOT_FOUND);
        }
    }
    __finally
    {
        Mark(2);
    }
}

static void
TestCollided(void)
{
    NTSTATUS code = 0;

    order = 0;
    __try
    {
        Collide();
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        code = GetExceptionCode();
        Mark(3);
    }
    EXPECT(code == STATUS_NOT_FOUND);
    EXPECT(order == 3 && trail[0] == 1 && trail[1] == 2 && trail[2] == 3);
}

// An exception in a filter is searched for a handler of its own.
static LONG
RaisingFilter(void)
{
    LONG result = EXCEPTION_CONTINUE_SEARCH;

    __try
    {
        RaiseIn(STATUS_INTEGER_OVERFLOW);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        result = EXCEPTION_EXECUTE_HANDLER;
    }
    return result;
}

static void
TestNested(void)
{
    NTSTATUS code = 0;

    __try
    {
        RaiseIn(STATUS_CANCELLED);
    }
    __except (RaisingFilter())
    {
        code = GetExceptionCode();
    }
    EXPECT(code == STATUS_CANCELLED);
}

static UCHAR page[64];

static LONG
Repair(PEXCEPTION_POINTERS Pointers)
{
    // Any general register that still holds the bad address gets the good one.
    PULONG64 registers = &Pointers->ContextRecord->Rax;

    for (ULONG i = 0; i < 16; i++)
    {
        if (i != 4 && registers[i] == 0x3000)
            registers[i] = (ULONG64)page;
    }
    return EXCEPTION_CONTINUE_EXECUTION;
}

static volatile UCHAR *volatile badByte = (volatile UCHAR *)0x3000;

static NOINLINE UCHAR
ReadByte(volatile UCHAR *Address)
{
    return *Address;
}

static void
TestContinue(void)
{
    UCHAR value = 0;

    page[0] = 0x5A;
    __try
    {
        value = ReadByte(badByte);
    }
    __except (Repair(GetExceptionInformation()))
    {
        EXPECT(FALSE);
    }
    EXPECT(value == 0x5A);
}

// Driver -> kernel -> driver: the exception crosses the system's frames in the middle.
static IO_COMPLETION_ROUTINE Completion;

static NTSTATUS
Completion(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(Context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static DRIVER_DISPATCH Dispatch;

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    RaiseIn(STATUS_DEVICE_NOT_READY);
    return STATUS_SUCCESS;
}

static void
TestCallback(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device;
    NTSTATUS code = 0;
    PIRP irp;

    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Dispatch;
    EXPECT(
        NT_SUCCESS(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)));
    irp = IoAllocateIrp(device->StackSize, FALSE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    IoSetCompletionRoutine(irp, Completion, NULL, TRUE, TRUE, TRUE);
    __try
    {
        IoCallDriver(device, irp);
        EXPECT(FALSE);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        code = GetExceptionCode();
    }
    EXPECT(code == STATUS_DEVICE_NOT_READY);
    // The lower routine never completed it; somebody has to.
    irp->IoStatus.Status = code;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    IoFreeIrp(irp);
    IoDeleteDevice(device);
}

static NOINLINE ULONG
LeaveEarly(void)
{
    __try
    {
        if (zero == 0)
            __leave;
        Mark(9);
    }
    __finally
    {
        Mark(1);
    }
    return order;
}

static NOINLINE ULONG
ReturnEarly(void)
{
    __try
    {
        __try
        {
            return 7;
        }
        __finally
        {
            Mark(2);
        }
    }
    __finally
    {
        Mark(3);
    }
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    TestRaise();
    TestProbe();
    TestFaults();
    TestOrder();
    TestSearch();
    TestCollided();
    TestNested();
    TestContinue();
    TestCallback(DriverObject);
    order = 0;
    EXPECT(LeaveEarly() == 1);
    EXPECT(ReturnEarly() == 7 && order == 3);
    DbgPrint("seh: %lu passed, %lu failed\n", passed, failed);
    return failed == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
