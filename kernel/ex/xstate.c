/* SPDX-License-Identifier: MIT */
/*
 * Extended processor state that drivers save around code of their own with vector registers. Owns
 * nothing: the saved state belongs to the caller's XSTATE_SAVE. IRQL <= DISPATCH_LEVEL.
 */
#include "exp.h"

#define EXP_XSTATE_TAG  'tSxE'
#define EXP_XSTATE_PAGE "NF:wdm.KeRestoreExtendedProcessorState"

/* What the machine offers: legacy state, AVX, and the three parts of AVX-512. */
#define EXP_XSTATE_OFFERED (XSTATE_MASK_LEGACY | XSTATE_MASK_GSSE | XSTATE_MASK_AVX512)

/* Contract: NF:ntddk.RtlGetEnabledExtendedFeatures. */
DDI ULONG64 NTAPI
RtlGetEnabledExtendedFeatures(_In_ ULONG64 FeatureMask)
{
    return FeatureMask & KiExtendedStateMask() & EXP_XSTATE_OFFERED;
}

static __attribute__((noreturn, cold)) void
ExpXStateViolation(ULONG64 Kind, PXSTATE_SAVE Save, const char *Rule)
{
    ULONG64 saved = Kind == 1 ? Save->Level : (ULONG64)Save->Thread;
    ULONG64 current = Kind == 1 ? KiCurrentIrql() : (ULONG64)KiCurrentThread();
    KiBugCheckWithRule(INVALID_FLOATING_POINT_STATE, Kind, Kind == 0 ? 0 : saved,
                       Kind == 0 ? 0 : current, 0, Rule, EXP_XSTATE_PAGE, NULL, NULL);
}

/* Contract: NF:wdm.KeSaveExtendedProcessorState. The upper halves of the vector registers are what
 * a driver's caller may still have in use; nothing on the way here changes them. */
DDI NTSTATUS NTAPI
KeSaveExtendedProcessorState(_In_ ULONG64 Mask, _Out_ PXSTATE_SAVE XStateSave)
{
    ULONG64 mask = RtlGetEnabledExtendedFeatures(Mask);
    SIZE_T size = KiExtendedStateSize();
    PVOID buffer = MmAllocatePool(NonPagedPoolNx, size + 64, EXP_XSTATE_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    PXSAVE_AREA area = (PXSAVE_AREA)(((ULONG_PTR)buffer + 63) & ~(ULONG_PTR)63);
    RtlZeroMemory(&area->Header, sizeof(area->Header));
    __asm__ volatile("xsave64 %0"
                     : "+m"(*area)
                     : "a"((ULONG)mask), "d"((ULONG)(mask >> 32))
                     : "memory");
    RtlZeroMemory(XStateSave, sizeof(*XStateSave));
    XStateSave->Thread = KiCurrentThread();
    XStateSave->Level = KiCurrentIrql();
    XStateSave->XStateContext.Mask = mask;
    XStateSave->XStateContext.Length = (ULONG)size;
    XStateSave->XStateContext.Area = area;
    XStateSave->XStateContext.Buffer = buffer;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.KeRestoreExtendedProcessorState. */
DDI VOID NTAPI
KeRestoreExtendedProcessorState(_In_ PXSTATE_SAVE XStateSave)
{
    XSTATE_CONTEXT context = XStateSave->XStateContext;
    if (context.Area == NULL)
    {
        ExpXStateViolation(0, XStateSave,
                           "KeRestoreExtendedProcessorState was given state that is not saved, or "
                           "that has been restored");
    }
    if (XStateSave->Level != KiCurrentIrql())
    {
        ExpXStateViolation(1, XStateSave,
                           "KeRestoreExtendedProcessorState must run at the IRQL of its "
                           "KeSaveExtendedProcessorState");
    }
    if (XStateSave->Thread != KiCurrentThread())
    {
        ExpXStateViolation(2, XStateSave,
                           "KeRestoreExtendedProcessorState must run in the thread of its "
                           "KeSaveExtendedProcessorState");
    }
    XStateSave->XStateContext.Area = NULL;
    __asm__ volatile("xrstor64 %0"
                     :
                     : "m"(*context.Area), "a"((ULONG)context.Mask),
                       "d"((ULONG)(context.Mask >> 32))
                     : "memory");
    MmFreePool(context.Buffer, EXP_XSTATE_TAG);
}
