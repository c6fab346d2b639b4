// SPDX-License-Identifier: MIT
// Facts of a report: driver, place, request, and what a faulting address is. Reads the other
// folders' tables, changes nothing. IRQL: any; also after the machine has stopped.
#include "vf/vfp.h"

VF_REPORT *
ViNewReport(VF_REPORT_KIND Kind)
{
    static VF_REPORT report;

    RtlZeroMemory(&report, sizeof(report));
    report.Kind = Kind;
    report.Time100ns = KiQueryTime();
    return &report;
}

void
ViFillPlace(VF_REPORT *Report)
{
    Report->Irql = KiCurrentIrql();
    Report->Processor = KiCurrentProcessor()->Number;
    Report->ThreadNumber = KiCurrentThread()->Number;
    if (KiBlamedRoutine != NULL)
    {
        Report->Frames[0] = (PVOID)KiBlamedRoutine;
        Report->FirstIsRoutine = TRUE;
        Report->FrameCount = 1 + KiCaptureDriverStack(Report->Frames + 1, KI_STACK_FRAMES - 1);
        KiBlamedRoutine = NULL;
    }
    else
    {
        Report->FrameCount = KiCaptureDriverStack(Report->Frames, KI_STACK_FRAMES);
    }
    ViFillDriver(Report);
}

void
ViFillDriver(VF_REPORT *Report)
{
    VF_CODE code;

    for (ULONG i = 0; i < Report->FrameCount; i++)
    {
        if (VfQueryCode((ULONG64)Report->Frames[i], &code))
        {
            RtlFormat(Report->Driver, sizeof(Report->Driver), "%s", code.Name);
            return;
        }
    }
}

static void
FillDriverOf(VF_REPORT *Report, PVOID Code)
{
    VF_CODE code;

    if (Report->Driver[0] == 0 && Code != NULL && VfQueryCode((ULONG64)Code, &code))
        RtlFormat(Report->Driver, sizeof(Report->Driver), "%s", code.Name);
}

void
ViFillOwner(VF_REPORT *Report, ULONG64 Address)
{
    MM_POOL_BLOCK block;
    BOOLEAN freed;

    if (!MmFindPoolBlock(Address, &block, &freed))
        return;
    FillDriverOf(Report, block.Caller);
    // Nobody is on the stack: then the stack of the allocation is the best there is.
    for (ULONG i = 0; Report->FrameCount == 0 && i < block.FrameCount && i < KI_STACK_FRAMES; i++)
        Report->Frames[i] = block.Frames[i];
    if (Report->FrameCount == 0)
        Report->FrameCount =
            block.FrameCount < KI_STACK_FRAMES ? block.FrameCount : KI_STACK_FRAMES;
}

void
ViFillParameterDriver(VF_REPORT *Report)
{
    VF_CODE code;

    for (ULONG i = 0; i < 4 && Report->FrameCount == 0; i++)
    {
        if (!VfQueryCode(Report->Parameters[i], &code))
            continue;
        FillDriverOf(Report, (PVOID)Report->Parameters[i]);
        Report->Frames[0] = (PVOID)Report->Parameters[i];
        Report->FirstIsRoutine = TRUE;
        Report->FrameCount = 1;
    }
}

static void
DescribeDevice(VF_REPORT *Report, PVOID Device)
{
    IO_DEVICE_INFO info;

    if (Device == NULL || !IoQueryDevice(Device, &info))
        return;
    RtlFormat(Report->Device, sizeof(Report->Device), "%wZ", &info.Name);
    FillDriverOf(Report, info.DeviceObject->DriverObject->DriverStart);
}

void
ViFillRequest(VF_REPORT *Report, PVOID Irp, PVOID Device)
{
    IO_IRP_INFO info;
    ULONG length;

    DescribeDevice(Report, Device);
    if (Irp == NULL || !IoQueryIrp(Irp, &info))
        return;
    length = RtlFormat(Report->Irp, sizeof(Report->Irp), "IRP %u: %s", info.Number,
                       IoMajorFunctionName(info.MajorFunction));
    if (info.IoControlCode != 0)
        length += RtlFormat(Report->Irp + length, sizeof(Report->Irp) - length, " 0x%X",
                            info.IoControlCode);
    if (info.DeviceName.Length != 0)
        length += RtlFormat(Report->Irp + length, sizeof(Report->Irp) - length, ", %wZ",
                            &info.DeviceName);
    if (info.FileObject != NULL && info.FileObject->FileName.Length != 0)
        RtlFormat(Report->Irp + length, sizeof(Report->Irp) - length, ", file %wZ",
                  &info.FileObject->FileName);
    if (Report->Device[0] == 0 && info.DeviceName.Length != 0)
        RtlFormat(Report->Device, sizeof(Report->Device), "%wZ", &info.DeviceName);
}

// ---- addresses --------------------------------------------------------------------------------

static void
AddOwner(char *Line, SIZE_T LineSize, PVOID Caller, const char *Verb)
{
    VF_CODE code;
    SIZE_T length = 0;

    if (Caller == NULL || !VfQueryCode((ULONG64)Caller - 1, &code))
        return;
    while (Line[length] != 0)
        length++;
    RtlFormat(Line + length, LineSize - length, ", %s by %s+0x%X", Verb, code.Name, code.Rva);
}

static BOOLEAN
DescribeImage(ULONG64 Address, char *Line, SIZE_T LineSize)
{
    static const char *const kinds[] = {
        "the header of",          "code of", "data of", "pageable code of", "pageable data of",
        "a discarded section of", "code of"};
    LDR_ADDRESS_INFO info;
    VF_CODE code;

    if (LdrQueryAddress(Address, &info))
    {
        RtlFormat(Line, LineSize, "%p is in %s %s, section %s, offset 0x%X%s", (PVOID)Address,
                  kinds[info.Kind], info.Image->Name,
                  info.SectionName[0] != 0 ? info.SectionName : "(none)", info.Rva,
                  info.Kind == LdrAddressDiscarded
                      ? ": its memory is gone since DriverEntry returned"
                      : "");
        return TRUE;
    }
    if (!VfQueryCode(Address, &code))
        return FALSE;
    RtlFormat(Line, LineSize, "%p was in %s, offset 0x%X, which has been unloaded", (PVOID)Address,
              code.Name, code.Rva);
    return TRUE;
}

typedef struct _STACK_SEARCH
{
    ULONG64 Address;
    PPS_THREAD Thread;
} STACK_SEARCH;

static BOOLEAN
IsInStack(PPS_THREAD Thread, PVOID Context)
{
    STACK_SEARCH *search = Context;

    // The guard below belongs to it: that is where an overflow faults.
    if (search->Address < (ULONG64)Thread->Tcb.StackLimit - 16 * 1024 ||
        search->Address >= (ULONG64)Thread->Tcb.StackBase)
        return TRUE;
    search->Thread = Thread;
    return FALSE;
}

static BOOLEAN
DescribeStack(ULONG64 Address, char *Line, SIZE_T LineSize)
{
    STACK_SEARCH search = {Address, NULL};

    if (Address - HOST_REGION_STACK >= HOST_REGION_SIZE)
        return FALSE;
    PsForEachThread(IsInStack, &search);
    if (search.Thread == NULL)
        RtlFormat(Line, LineSize, "%p is in a kernel stack that no thread has", (PVOID)Address);
    else
        RtlFormat(Line, LineSize, "%p is %s the kernel stack of thread %u", (PVOID)Address,
                  Address < (ULONG64)search.Thread->Tcb.StackLimit ? "just below" : "in",
                  search.Thread->Tcb.Number);
    return TRUE;
}

static BOOLEAN
DescribeByValue(ULONG64 Address, char *Line, SIZE_T LineSize)
{
    if (Address < 0x10000)
        RtlFormat(Line, LineSize, "%p is a NULL pointer%s", (PVOID)Address,
                  Address != 0 ? " plus the offset of a field" : "");
    else if (Address < HOST_USER_LIMIT && MmForeignUserAddress(Address) != NULL)
        RtlFormat(Line, LineSize, "%p is user memory of another process than the one that runs",
                  (PVOID)Address);
    else if (Address < HOST_USER_LIMIT)
        RtlFormat(Line, LineSize, "%p is an address of user memory", (PVOID)Address);
    else if ((Address >> 32) == 0xDFDFDFDFull || Address == ~0ull)
        RtlFormat(Line, LineSize, "%p is no canonical address%s", (PVOID)Address,
                  Address == ~0ull ? "" : ": it was read from freed pool or from behind a block");
    else if (Address - HOST_REGION_MMIO < HOST_REGION_SIZE)
        RtlFormat(Line, LineSize, "%p is in the range of device memory", (PVOID)Address);
    else if (Address - HOST_REGION_RAM < HOST_REGION_SIZE)
        RtlFormat(Line, LineSize, "%p is in physical memory", (PVOID)Address);
    else
        return FALSE;
    return TRUE;
}

static BOOLEAN
DescribeDeadIrp(ULONG64 Address, char *Line, SIZE_T LineSize)
{
    IO_DEAD_IRP info;

    if (!IoQueryDeadIrp(Address, &info))
        return FALSE;
    RtlFormat(Line, LineSize, "%p is %s of IRP %u (%s), which is gone", (PVOID)Address, info.Field,
              info.Number, info.Sent ? IoMajorFunctionName(info.MajorFunction) : "never sent");
    AddOwner(Line, LineSize, info.Caller, "completed or freed");
    return TRUE;
}

BOOLEAN
ViDescribe(ULONG64 Address, char *Line, SIZE_T LineSize)
{
    MM_POOL_BLOCK block;
    BOOLEAN freed;

    Line[0] = 0;
    if (DescribeDeadIrp(Address, Line, LineSize))
        return TRUE;
    if (MmDescribeAddress(Address, Line, LineSize))
    {
        if (MmFindPoolBlock(Address, &block, &freed))
            AddOwner(Line, LineSize, block.Caller, "allocated");
        return TRUE;
    }
    return DescribeImage(Address, Line, LineSize) || DescribeStack(Address, Line, LineSize) ||
           DescribeByValue(Address, Line, LineSize);
}

void
ViDescribeRegisters(const CONTEXT *Context, char *Line, SIZE_T LineSize)
{
    static const char *const names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    const ULONG64 *registers = &Context->Rax;

    for (ULONG i = 0; i < 16; i++)
    {
        ULONG64 value = registers[i];
        if ((value >> 16) == 0xDFDFDFDFDFDFull || (value >> 16) == 0xC5C5C5C5C5C5ull)
        {
            RtlFormat(Line, LineSize, "%s is %p, no canonical address: what %s pool holds",
                      names[i], (PVOID)value, (UCHAR)(value >> 24) == 0xDF ? "freed" : "fresh");
            return;
        }
    }
}
