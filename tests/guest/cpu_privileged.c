// SPDX-License-Identifier: MIT
// Privileged instructions of a driver, as production drivers contain them inline: port input and
// output of every width and in string form, model specific registers, control, debug and
// descriptor table registers, interrupts off and on, and what raises exceptions. Each works against
// the machine's virtual processor.
//
// Page: NF:wdm.READ_PORT_UCHAR, NF:wdm.WRITE_PORT_UCHAR
// Run:
// Expect: cpu_privileged: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#define SCRATCH     0x3ff // of the first serial port: keeps what is written
#define PCI_ADDRESS 0xcf8 // keeps what is written, 32 bits at a time
#define NOBODY      0x2e0 // no device answers

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD CpuUnload;

static NTSTATUS raised;

// ---- ports --------------------------------------------------------------------------------------

static inline UCHAR
In8(USHORT Port)
{
    UCHAR value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "d"(Port));
    return value;
}

static inline USHORT
In16(USHORT Port)
{
    USHORT value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "d"(Port));
    return value;
}

static inline ULONG
In32(USHORT Port)
{
    ULONG value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "d"(Port));
    return value;
}

static inline VOID
Out8(USHORT Port, UCHAR Value)
{
    __asm__ volatile("outb %1, %0" : : "d"(Port), "a"(Value));
}

static inline VOID
Out32(USHORT Port, ULONG Value)
{
    __asm__ volatile("outl %1, %0" : : "d"(Port), "a"(Value));
}

static VOID
TestPorts(VOID)
{
    ULONG64 wide = 0x1122334455667788;
    UCHAR immediate;

    Out8(SCRATCH, 0x5a);
    EXPECT_EQ(In8(SCRATCH), 0x5a);
    EXPECT_EQ(READ_PORT_UCHAR((PUCHAR)(ULONG_PTR)SCRATCH), 0x5a);
    WRITE_PORT_UCHAR((PUCHAR)(ULONG_PTR)SCRATCH, 0xa5);
    EXPECT_EQ(In8(SCRATCH), 0xa5);
    Out32(PCI_ADDRESS, 0x80000008);
    EXPECT_EQ(In32(PCI_ADDRESS), 0x80000008);
    EXPECT_EQ(In8(NOBODY), 0xff);
    EXPECT_EQ(In16(NOBODY), 0xffff);
    EXPECT_EQ(In32(NOBODY), 0xffffffff);
    __asm__ volatile("outw %%ax, %%dx" : : "d"((USHORT)NOBODY), "a"((USHORT)1));
    // The short form names its port, a diagnostic one; only al changes.
    __asm__ volatile("outb %%al, $0x80" : : "a"((UCHAR)0x42));
    __asm__ volatile("inb $0x80, %%al" : "=a"(immediate));
    EXPECT_EQ(immediate, 0x42);
    __asm__ volatile("inb %%dx, %%al" : "+a"(wide) : "d"((USHORT)SCRATCH));
    EXPECT_EQ(wide, 0x11223344556677a5);
    wide = 0x1122334455667788;
    __asm__ volatile("inl %%dx, %%eax" : "+a"(wide) : "d"((USHORT)PCI_ADDRESS));
    EXPECT_EQ(wide, 0x80000008);
}

static VOID
TestStrings(VOID)
{
    static const UCHAR bytes[4] = {1, 2, 3, 4};
    static const ULONG addresses[2] = {0x80000000, 0x80000004};
    UCHAR buffer[8] = {0};
    USHORT words[4] = {0};
    ULONG longs[3] = {0, 0, 7};
    const void *source = bytes;
    void *target = buffer;
    ULONG64 count = 4;

    __asm__ volatile("rep outsb" : "+S"(source), "+c"(count) : "d"((USHORT)SCRATCH) : "memory");
    EXPECT_EQ(count, 0);
    EXPECT(source == bytes + 4);
    EXPECT_EQ(In8(SCRATCH), 4);
    count = 3;
    __asm__ volatile("rep insb" : "+D"(target), "+c"(count) : "d"((USHORT)SCRATCH) : "memory");
    EXPECT(target == buffer + 3 && buffer[0] == 4 && buffer[2] == 4 && buffer[3] == 0);
    target = words + 3;
    count = 2;
    __asm__ volatile("std; rep insw; cld"
                     : "+D"(target), "+c"(count)
                     : "d"((USHORT)NOBODY)
                     : "memory");
    EXPECT(target == words + 1 && words[3] == 0xffff && words[2] == 0xffff && words[1] == 0);
    source = addresses;
    count = 2;
    __asm__ volatile("rep outsl" : "+S"(source), "+c"(count) : "d"((USHORT)PCI_ADDRESS) : "memory");
    EXPECT_EQ(In32(PCI_ADDRESS), 0x80000004);
    target = longs;
    __asm__ volatile("insl" : "+D"(target) : "d"((USHORT)PCI_ADDRESS) : "memory");
    EXPECT(target == longs + 1 && longs[0] == 0x80000004 && longs[1] == 0);
    READ_PORT_BUFFER_ULONG((PULONG)(ULONG_PTR)PCI_ADDRESS, longs, 2);
    EXPECT(longs[0] == 0x80000004 && longs[1] == 0x80000004 && longs[2] == 7);
}

static VOID
TestStringFault(VOID)
{
    // Page 0 is never there. Nothing was read from the device, so the exception can be handled.
    volatile ULONG64 count = 3;
    RAISED({
        void *target = (void *)16;
        ULONG64 left = count;
        __asm__ volatile("rep insb" : "+D"(target), "+c"(left) : "d"((USHORT)SCRATCH) : "memory");
    });
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
}

// ---- registers ----------------------------------------------------------------------------------

static inline ULONG64
ReadMsr(ULONG Register)
{
    ULONG low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(Register));
    return ((ULONG64)high << 32) | low;
}

static inline VOID
WriteMsr(ULONG Register, ULONG64 Value)
{
    __asm__ volatile("wrmsr" : : "c"(Register), "a"((ULONG)Value), "d"((ULONG)(Value >> 32)));
}

static NOINLINE VOID
TouchMsr(ULONG Register, BOOLEAN Write)
{
    if (Write)
        WriteMsr(Register, ~0ull);
    else
        (void)ReadMsr(Register);
}

static VOID
TestModelRegisters(VOID)
{
    ULONG64 star = ReadMsr(0xc0000082);

    EXPECT_EQ(ReadMsr(0xc0000080) & 0x500, 0x500); // EFER: long mode enabled and active
    WriteMsr(0xc0000082, 0xfffff80012345678);
    EXPECT_EQ(ReadMsr(0xc0000082), 0xfffff80012345678);
    WriteMsr(0xc0000082, star);
    RAISED(TouchMsr(0x4711, FALSE));
    EXPECT_EQ(raised, STATUS_PRIVILEGED_INSTRUCTION);
    RAISED(TouchMsr(0xce, TRUE)); // read-only
    EXPECT_EQ(raised, STATUS_PRIVILEGED_INSTRUCTION);
}

static VOID
TestControlRegisters(VOID)
{
    ULONG64 cr0, cr2, cr3, cr4, cr8, value;

    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %%cr8, %0" : "=r"(cr8));
    EXPECT_EQ(cr0 & 0x80010001, 0x80010001); // paging, write protection, protected mode
    EXPECT(cr3 != 0 && (cr3 & 0xfff) == 0);
    EXPECT_EQ(cr4 & 0x620, 0x620); // PAE and the SSE bits
    EXPECT_EQ(cr8, PASSIVE_LEVEL);
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 & ~0x10000ull));
    __asm__ volatile("mov %%cr0, %0" : "=r"(value));
    EXPECT_EQ(value, cr0 & ~0x10000ull);
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0));
    __asm__ volatile("mov %0, %%cr3" : : "r"(cr3) : "memory");
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 ^ 0x80));
    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    EXPECT_EQ(value, cr4 ^ 0x80);
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
    __asm__ volatile("mov %0, %%cr8" : : "r"((ULONG64)DISPATCH_LEVEL));
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    __asm__ volatile("mov %0, %%cr8" : : "r"((ULONG64)PASSIVE_LEVEL));
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    RAISED(__asm__ volatile("mov %0, %%cr0" : : "r"(0ull))); // long mode without paging
    EXPECT_EQ(raised, STATUS_PRIVILEGED_INSTRUCTION);
}

static VOID
TestDebugRegisters(VOID)
{
    ULONG64 value;

    __asm__ volatile("mov %0, %%dr0" : : "r"(0xfffff80000001000));
    __asm__ volatile("mov %%dr0, %0" : "=r"(value));
    EXPECT_EQ(value, 0xfffff80000001000);
    __asm__ volatile("mov %0, %%dr0" : : "r"(0ull));
    __asm__ volatile("mov %%dr7, %0" : "=r"(value));
    EXPECT_EQ(value, 0x400);
    __asm__ volatile("mov %%dr6, %0" : "=r"(value));
    EXPECT_EQ(value & 0xffff0ff0, 0xffff0ff0);
}

#pragma pack(push, 1)
typedef struct _DESCRIPTOR_TABLE
{
    USHORT Limit;
    ULONG64 Base;
} DESCRIPTOR_TABLE;
#pragma pack(pop)

static VOID
TestTables(VOID)
{
    DESCRIPTOR_TABLE table = {0x57, 0xfffff80000001000};
    USHORT selector;

    __asm__ volatile("lgdt %0" : : "m"(table));
    __asm__ volatile("lidt %0" : : "m"(table));
    __asm__ volatile("str %0" : "=r"(selector)); // runs without a trap on most processors
    __asm__ volatile("lldt %0" : : "r"((USHORT)0));
    __asm__ volatile("ltr %0" : : "r"((USHORT)0x40));
    passed++;
    RAISED(__asm__ volatile("lgdt %0" : : "m"(*(DESCRIPTOR_TABLE *)16)));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
}

static VOID
TestCaches(VOID)
{
    ULONG a = 0, b, c, d, low, high;

    __asm__ volatile("invlpg (%0)" : : "r"(&a) : "memory");
    __asm__ volatile("wbinvd" : : : "memory");
    __asm__ volatile("invd" : : : "memory");
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    EXPECT(a != 0);
    __asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(0));
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    EXPECT_EQ(low & 3, 3);
    __asm__ volatile("clac; stac; clac");
    __asm__ volatile("clts");
    __asm__ volatile("swapgs; swapgs");
    EXPECT(KeGetCurrentThread() != NULL);
    passed++;
}

// ---- interrupts ---------------------------------------------------------------------------------

static volatile LONG expirations;

static VOID NTAPI
Expired(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    expirations++;
}

static VOID
TestInterrupts(VOID)
{
    static KTIMER timer;
    static KDPC dpc;
    LARGE_INTEGER due = {.QuadPart = MILLISECONDS(1)};
    ULONG64 before;

    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, Expired, NULL);
    __asm__ volatile("cli; nop; sti" : : : "memory");
    // A halted processor goes on when the next interrupt comes, here the clock's.
    before = KeQueryInterruptTime();
    KeSetTimer(&timer, due, &dpc);
    while (expirations != 1 && KeQueryInterruptTime() - before < 10000000)
        __asm__ volatile("hlt" : : : "memory");
    EXPECT_EQ(expirations, 1);
    EXPECT(KeQueryInterruptTime() - before >= 10000);
}

// ---- what raises --------------------------------------------------------------------------------

static NOINLINE VOID
Undefined(VOID)
{
    __asm__ volatile("ud2");
}

static NOINLINE VOID
Vmx(VOID)
{
    __asm__ volatile("vmxoff");
}

static VOID
TestExceptions(VOID)
{
    RAISED(__asm__ volatile("int3"));
    EXPECT_EQ(raised, STATUS_BREAKPOINT);
    RAISED(__asm__ volatile(".byte 0xcd, 0x03"));
    EXPECT_EQ(raised, STATUS_BREAKPOINT);
    RAISED(__asm__ volatile("int $0x2c"));
    EXPECT_EQ(raised, STATUS_ASSERTION_FAILURE);
    RAISED(Undefined());
    EXPECT_EQ(raised, STATUS_ILLEGAL_INSTRUCTION);
    RAISED(Vmx());
    EXPECT_EQ(raised, STATUS_ILLEGAL_INSTRUCTION);
    // The debug service of a machine without a debugger does nothing; a filler byte follows.
    __asm__ volatile("int $0x2d; nop" : : "a"(1), "c"(0), "d"(0) : "memory");
    passed++;
}

static VOID
CpuUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = CpuUnload;
    TestPorts();
    TestStrings();
    TestStringFault();
    TestModelRegisters();
    TestControlRegisters();
    TestDebugRegisters();
    TestTables();
    TestCaches();
    TestInterrupts();
    TestExceptions();
    return Finish("cpu_privileged");
}
