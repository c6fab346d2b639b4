// SPDX-License-Identifier: MIT
// setjmp and longjmp: back over frames whose __finally blocks run, with the registers that a callee
// preserves; and without unwinding when the buffer names no frame. Traces of the stack.
// No page: the C library's, as compilers call it; the page of RtlWalkFrameChain states nothing.
// Run:
// Expect: seh_jump: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <intrin.h>

#include "check.h"

typedef struct DECLSPEC_ALIGN(16) _JUMP
{
    ULONG64 Frame;
    ULONG64 Registers[9];
    ULONG64 Rip;
    ULONG64 Rest[21];
} JUMP;
C_ASSERT(sizeof(JUMP) == 0x100);

// As compilers see them: _setjmp gets the buffer and the frame it was called from.
int SetJump(JUMP *Buffer, PVOID Frame) __asm__("_setjmp") __attribute__((returns_twice));
int SetJumpEx(JUMP *Buffer, PVOID Frame) __asm__("_setjmpex") __attribute__((returns_twice));
void LongJump(JUMP *Buffer, int Value) __asm__("longjmp");

static JUMP place;
static volatile ULONG cleaned;

static NOINLINE void
Deep(ULONG Depth, int Value)
{
    __try
    {
        if (Depth != 0)
            Deep(Depth - 1, Value);
        else if (Value != 99)
            LongJump(&place, Value);
    }
    __finally
    {
        cleaned += AbnormalTermination() ? 1 : 100;
    }
}

static NOINLINE int
Jump(int Value, BOOLEAN Extended)
{
    volatile ULONG before = 0x1234;
    int result = Extended ? SetJumpEx(&place, __builtin_frame_address(0))
                          : SetJump(&place, __builtin_frame_address(0));

    if (result == 0)
    {
        before++;
        Deep(2, Value);
        return -1;
    }
    EXPECT_EQ(before, 0x1235);
    return result;
}

static NOINLINE int
JumpFlat(int Value)
{
    int result = SetJump(&place, NULL);

    if (result == 0)
    {
        Deep(2, Value);
        return -1;
    }
    return result;
}

static void
TestJump(void)
{
    cleaned = 0;
    EXPECT_EQ(Jump(7, FALSE), 7);
    EXPECT_EQ(cleaned, 3);
    EXPECT_EQ(Jump(0, TRUE), 1); // 0 would look like the first return
    EXPECT_EQ(cleaned, 6);
    EXPECT_EQ(Jump(-5, TRUE), -5);
    EXPECT_EQ(cleaned, 9);
    EXPECT_EQ(Jump(99, FALSE), -1); // nobody jumps
    EXPECT_EQ(cleaned, 309);
    EXPECT_EQ(JumpFlat(8), 8); // no frame: no __finally block
    EXPECT_EQ(cleaned, 309);
}

// A jump out of a filter's and a handler's function leaves exceptions behind that still work.
static void
TestAfterwards(void)
{
    NTSTATUS raised;

    RAISED(ExRaiseStatus(STATUS_DEVICE_BUSY));
    EXPECT_EQ(raised, STATUS_DEVICE_BUSY);
}

static PVOID frames[8];

static NOINLINE ULONG
Walk(ULONG Count, ULONG Flags)
{
    ULONG result = RtlWalkFrameChain(frames, Count, Flags);

    return result + (KeGetCurrentIrql() & 0); // no tail call
}

static void
TestWalk(void)
{
    ULONG all = Walk(8, 0);
    PVOID second = frames[1];

    EXPECT(all >= 3);
    EXPECT((ULONG64)frames[0] - (ULONG64)Walk < 0x100);
    EXPECT_EQ(Walk(1, 0), 1);
    frames[0] = NULL;
    EXPECT(Walk(8, 1 << 8) == all - 1); // the number of frames to skip is above the flags
    EXPECT((ULONG64)frames[0] - (ULONG64)TestWalk < 0x400 && frames[0] != second);
    EXPECT_EQ(Walk(8, 1), 0); // of user mode: a system thread has none
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestJump();
    TestAfterwards();
    TestWalk();
    return Finish("seh_jump");
}
