// SPDX-License-Identifier: MIT
// Owns the declarations of the variables that ntoskrnl exports. A driver sees each through its
// import slot, which holds the variable's address: hence one level of indirection more than in the
// kernel, and an asm label instead of dllimport, whose code would follow the slot once too often.
#ifndef OPENWDM_WDM_DATA_H
#define OPENWDM_WDM_DATA_H

#include <openwdm_parts/wdm_ob_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

#if defined(OPENWDM_KERNEL)
#define OPENWDM_EXPORTED_DATA(Type, Name) extern Type Name
// The table exports the variable behind this pointer (symbol=), so both sides write *PsThreadType.
#define OPENWDM_EXPORTED_TYPE(Name)       extern POBJECT_TYPE *Name
#else
#define OPENWDM_EXPORTED_DATA(Type, Name) extern Type *Name __asm__("__imp_" #Name)
#define OPENWDM_EXPORTED_TYPE(Name)       extern POBJECT_TYPE *Name __asm__("__imp_" #Name)
#endif

    OPENWDM_EXPORTED_TYPE(CmKeyObjectType);
    OPENWDM_EXPORTED_TYPE(IoFileObjectType);
    OPENWDM_EXPORTED_TYPE(ExEventObjectType);
    OPENWDM_EXPORTED_TYPE(ExSemaphoreObjectType);
    OPENWDM_EXPORTED_TYPE(TmTransactionManagerObjectType);
    OPENWDM_EXPORTED_TYPE(TmResourceManagerObjectType);
    OPENWDM_EXPORTED_TYPE(TmEnlistmentObjectType);
    OPENWDM_EXPORTED_TYPE(TmTransactionObjectType);
    OPENWDM_EXPORTED_TYPE(PsProcessType);
    OPENWDM_EXPORTED_TYPE(PsThreadType);
    OPENWDM_EXPORTED_TYPE(PsJobType);
    OPENWDM_EXPORTED_TYPE(SeTokenObjectType);
    OPENWDM_EXPORTED_TYPE(IoDriverObjectType);
    OPENWDM_EXPORTED_TYPE(IoDeviceObjectType);
    OPENWDM_EXPORTED_DATA(BOOLEAN, KdDebuggerNotPresent);
    OPENWDM_EXPORTED_DATA(BOOLEAN, KdDebuggerEnabled);
    OPENWDM_EXPORTED_DATA(BOOLEAN, NlsMbCodePageTag);
    OPENWDM_EXPORTED_DATA(BOOLEAN, NlsMbOemCodePageTag);
    OPENWDM_EXPORTED_DATA(CCHAR, KeNumberProcessors);
    OPENWDM_EXPORTED_DATA(PVOID, MmHighestUserAddress);
    OPENWDM_EXPORTED_DATA(PVOID, MmSystemRangeStart);
    OPENWDM_EXPORTED_DATA(ULONG_PTR, MmUserProbeAddress);
    OPENWDM_EXPORTED_DATA(ULONG, NtBuildNumber);
    OPENWDM_EXPORTED_DATA(ULONG, InitSafeBootMode);
    // Imported with dllimport, as NTKERNELAPI says: drivers write its name for the process.
    extern NTKERNELAPI PEPROCESS PsInitialSystemProcess;

#if defined(OPENWDM_KERNEL)
#define KD_DEBUGGER_ENABLED      KdDebuggerEnabled
#define KD_DEBUGGER_NOT_PRESENT  KdDebuggerNotPresent
#define NLS_MB_CODE_PAGE_TAG     NlsMbCodePageTag
#define NLS_MB_OEM_CODE_PAGE_TAG NlsMbOemCodePageTag
#else
#define KD_DEBUGGER_ENABLED      *KdDebuggerEnabled
#define KD_DEBUGGER_NOT_PRESENT  *KdDebuggerNotPresent
#define NLS_MB_CODE_PAGE_TAG     *NlsMbCodePageTag
#define NLS_MB_OEM_CODE_PAGE_TAG *NlsMbOemCodePageTag
#define MM_HIGHEST_USER_ADDRESS  (*(PVOID *)MmHighestUserAddress)
#define MM_USER_PROBE_ADDRESS    (*(PULONG_PTR)MmUserProbeAddress)
#define MM_SYSTEM_RANGE_START    (*(PVOID *)MmSystemRangeStart)
#endif
#define MM_KSEG0_BASE       MM_SYSTEM_RANGE_START
#define MM_SYSTEM_SPACE_END 0xFFFFFFFFFFFFFFFFULL

#ifdef __cplusplus
}
#endif

#endif
