// SPDX-License-Identifier: MIT
// Vector registers of 256 bits in a driver: they are saved and restored around its own use, and
// kept where the system interrupts it: DPCs that use them too when the IRQL falls, exceptions that
// are continued, emulated instructions, and preemption in a loop without calls.
//
// Page: NF:wdm.KeSaveExtendedProcessorState, NF:wdm.KeRestoreExtendedProcessorState
// Page: NF:ntddk.RtlGetEnabledExtendedFeatures
// Run:
// Expect: cpu_avx: (\d+ passed, 0 failed|skipped: the processor has no AVX2)
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#define AVX __attribute__((target("avx2"), noinline))

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD AvxUnload;

typedef struct _VECTORS
{
    ULONG64 Lanes[16][4];
} VECTORS;

static VOID
Fill(VECTORS *Vectors, ULONG64 Seed)
{
    for (ULONG i = 0; i < 16; i++)
    {
        for (ULONG lane = 0; lane < 4; lane++)
            Vectors->Lanes[i][lane] = Seed + i * 16 + lane;
    }
}

static BOOLEAN
Same(const VECTORS *Left, const VECTORS *Right)
{
    return RtlCompareMemory(Left, Right, sizeof(*Left)) == sizeof(*Left);
}

// Loads ymm0 to ymm15, executes Instructions, stores them again.
#define AVX_ALL                                                                              \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"
#define LOAD_ALL                                                                               \
    "vmovdqu 0(%[in]), %%ymm0\n vmovdqu 32(%[in]), %%ymm1\n vmovdqu 64(%[in]), %%ymm2\n"       \
    "vmovdqu 96(%[in]), %%ymm3\n vmovdqu 128(%[in]), %%ymm4\n vmovdqu 160(%[in]), %%ymm5\n"    \
    "vmovdqu 192(%[in]), %%ymm6\n vmovdqu 224(%[in]), %%ymm7\n vmovdqu 256(%[in]), %%ymm8\n"   \
    "vmovdqu 288(%[in]), %%ymm9\n vmovdqu 320(%[in]), %%ymm10\n vmovdqu 352(%[in]), %%ymm11\n" \
    "vmovdqu 384(%[in]), %%ymm12\n vmovdqu 416(%[in]), %%ymm13\n"                              \
    "vmovdqu 448(%[in]), %%ymm14\n vmovdqu 480(%[in]), %%ymm15\n"
#define STORE_ALL                                                                                  \
    "vmovdqu %%ymm0, 0(%[out])\n vmovdqu %%ymm1, 32(%[out])\n vmovdqu %%ymm2, 64(%[out])\n"        \
    "vmovdqu %%ymm3, 96(%[out])\n vmovdqu %%ymm4, 128(%[out])\n vmovdqu %%ymm5, 160(%[out])\n"     \
    "vmovdqu %%ymm6, 192(%[out])\n vmovdqu %%ymm7, 224(%[out])\n vmovdqu %%ymm8, 256(%[out])\n"    \
    "vmovdqu %%ymm9, 288(%[out])\n vmovdqu %%ymm10, 320(%[out])\n vmovdqu %%ymm11, 352(%[out])\n"  \
    "vmovdqu %%ymm12, 384(%[out])\n vmovdqu %%ymm13, 416(%[out])\n vmovdqu %%ymm14, 448(%[out])\n" \
    "vmovdqu %%ymm15, 480(%[out])\n"

static BOOLEAN
HasAvx2(VOID)
{
    ULONG a = 7, b, c = 0, d;

    if ((RtlGetEnabledExtendedFeatures(XSTATE_MASK_GSSE) & XSTATE_MASK_GSSE) == 0)
        return FALSE;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (b & (1u << 5)) != 0;
}

static AVX VOID
Destroy(VOID)
{
    static const VECTORS other = {{{0x5555555555555555}}};

    __asm__ volatile(LOAD_ALL "vzeroall" : : [in] "r"(&other) : "memory", AVX_ALL);
}

// ---- saved and restored -------------------------------------------------------------------------

static AVX VOID
LoadVectors(const VECTORS *Values)
{
    __asm__ volatile(LOAD_ALL : : [in] "r"(Values) : "memory");
}

static AVX VOID
StoreVectors(VECTORS *Values)
{
    __asm__ volatile(STORE_ALL : : [out] "r"(Values) : "memory");
}

static AVX VOID
TestSave(VOID)
{
    static VECTORS before, after;
    XSTATE_SAVE save, nested;
    ULONG64 features = RtlGetEnabledExtendedFeatures(~0ull);

    EXPECT_EQ(features & XSTATE_MASK_LEGACY, XSTATE_MASK_LEGACY);
    EXPECT_EQ(RtlGetEnabledExtendedFeatures(XSTATE_MASK_LEGACY_SSE), XSTATE_MASK_LEGACY_SSE);
    Fill(&before, 0x1111000000000000);
    LoadVectors(&before);
    EXPECT_EQ(KeSaveExtendedProcessorState(XSTATE_MASK_GSSE, &save), STATUS_SUCCESS);
    Destroy();
    EXPECT_EQ(KeSaveExtendedProcessorState(XSTATE_MASK_LEGACY | XSTATE_MASK_GSSE, &nested),
              STATUS_SUCCESS);
    Destroy();
    KeRestoreExtendedProcessorState(&nested);
    KeRestoreExtendedProcessorState(&save);
    StoreVectors(&after);
    // The lower halves are the business of the calling convention.
    for (ULONG i = 0; i < 16; i++)
    {
        EXPECT_EQ(after.Lanes[i][2], before.Lanes[i][2]);
        EXPECT_EQ(after.Lanes[i][3], before.Lanes[i][3]);
    }
}

// ---- interrupted --------------------------------------------------------------------------------

static volatile LONG dpcRuns;

static VOID NTAPI
AvxDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    XSTATE_SAVE save;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (!NT_SUCCESS(KeSaveExtendedProcessorState(XSTATE_MASK_GSSE, &save)))
        return;
    Destroy();
    KeRestoreExtendedProcessorState(&save);
    dpcRuns++;
}

static AVX VOID
TestIrqlFalls(VOID)
{
    static VECTORS in, out;
    KIRQL irql;
    KDPC dpc;

    KeInitializeDpc(&dpc, AvxDpc, NULL);
    Fill(&in, 0x2222000000000000);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    __asm__ volatile(LOAD_ALL "mov %[irql], %%cr8\n" STORE_ALL
                     :
                     : [in] "r"(&in), [out] "r"(&out), [irql] "r"((ULONG64)irql)
                     : "memory", AVX_ALL);
    EXPECT_EQ(dpcRuns, 1);
    EXPECT(Same(&in, &out));
}

static AVX VOID
TestEmulated(VOID)
{
    static VECTORS in, out;

    Fill(&in, 0x3333000000000000);
    __asm__ volatile(LOAD_ALL "inb $0x80, %%al\n mov %%cr0, %%rax\n" STORE_ALL
                     :
                     : [in] "r"(&in), [out] "r"(&out)
                     : "memory", "rax", AVX_ALL);
    EXPECT(Same(&in, &out));
}

// ---- exceptions ---------------------------------------------------------------------------------

static ULONG64 good;

static LONG
Repair(PEXCEPTION_POINTERS Pointers)
{
    Destroy();
    Pointers->ContextRecord->Rax = (ULONG64)&good;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static AVX VOID
FaultWithVectors(const VECTORS *In, VECTORS *Out)
{
    __asm__ volatile(LOAD_ALL "mov $16, %%eax\n mov (%%rax), %%rax\n" STORE_ALL
                     :
                     : [in] "r"(In), [out] "r"(Out)
                     : "memory", "rax", AVX_ALL);
}

static VOID
TestContinued(VOID)
{
    static VECTORS in, out;

    Fill(&in, 0x4444000000000000);
    __try
    {
        FaultWithVectors(&in, &out);
    }
    __except (Repair(GetExceptionInformation()))
    {
        EXPECT(FALSE);
    }
    EXPECT(Same(&in, &out));
}

// ---- threads ------------------------------------------------------------------------------------

static volatile LONG go;
static VECTORS spinIn, spinOut;

static AVX VOID
Spin(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    // No call and no safe point: only the clock gets the processor from this thread.
    __asm__ volatile(LOAD_ALL "1: pause\n cmpl $0, %[go]\n je 1b\n" STORE_ALL
                     :
                     : [in] "r"(&spinIn), [out] "r"(&spinOut), [go] "m"(go)
                     : "memory", "cc", AVX_ALL);
}

static VOID
Release(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    Destroy();
    Sleep(MILLISECONDS(1));
    Destroy();
    go = 1;
}

static VOID
TestPreempted(VOID)
{
    PVOID spinner, releaser;

    Fill(&spinIn, 0x6666000000000000);
    spinner = StartThread(Spin, NULL);
    releaser = StartThread(Release, NULL);
    JoinThread(spinner);
    JoinThread(releaser);
    EXPECT(Same(&spinIn, &spinOut));
}

static VOID
AvxUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = AvxUnload;
    if (!HasAvx2())
    {
        DbgPrint("cpu_avx: skipped: the processor has no AVX2\n");
        return STATUS_SUCCESS;
    }
    TestSave();
    TestIrqlFalls();
    TestEmulated();
    TestContinued();
    TestPreempted();
    return Finish("cpu_avx");
}
