// SPDX-License-Identifier: MIT
// Owns the types of the run-time library: bitmaps, registry queries, versions, times and run-once.
#ifndef OPENWDM_WDM_RTL_TYPES_H
#define OPENWDM_WDM_RTL_TYPES_H

#include <openwdm_parts/wdm_security.h>
#include <openwdm_parts/wdm_context.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct _RTL_BITMAP
    {
        ULONG SizeOfBitMap;
        PULONG Buffer;
    } RTL_BITMAP, *PRTL_BITMAP;

    typedef struct _RTL_BITMAP_RUN
    {
        ULONG StartingIndex;
        ULONG NumberOfBits;
    } RTL_BITMAP_RUN, *PRTL_BITMAP_RUN;

    _Function_class_(RTL_QUERY_REGISTRY_ROUTINE)
    typedef NTSTATUS NTAPI
    RTL_QUERY_REGISTRY_ROUTINE(_In_z_ PWSTR ValueName,
                               _In_ ULONG ValueType,
                               _In_reads_bytes_opt_(ValueLength) PVOID ValueData,
                               _In_ ULONG ValueLength,
                               _In_opt_ PVOID Context,
                               _In_opt_ PVOID EntryContext);
    typedef RTL_QUERY_REGISTRY_ROUTINE *PRTL_QUERY_REGISTRY_ROUTINE;

    typedef struct _RTL_QUERY_REGISTRY_TABLE
    {
        PRTL_QUERY_REGISTRY_ROUTINE QueryRoutine;
        ULONG Flags;
        PWSTR Name;
        PVOID EntryContext;
        ULONG DefaultType;
        PVOID DefaultData;
        ULONG DefaultLength;
    } RTL_QUERY_REGISTRY_TABLE, *PRTL_QUERY_REGISTRY_TABLE;

#define RTL_QUERY_REGISTRY_SUBKEY          0x00000001
#define RTL_QUERY_REGISTRY_TOPKEY          0x00000002
#define RTL_QUERY_REGISTRY_REQUIRED        0x00000004
#define RTL_QUERY_REGISTRY_NOVALUE         0x00000008
#define RTL_QUERY_REGISTRY_NOEXPAND        0x00000010
#define RTL_QUERY_REGISTRY_DIRECT          0x00000020
#define RTL_QUERY_REGISTRY_DELETE          0x00000040
#define RTL_QUERY_REGISTRY_NOSTRING        0x00000080
#define RTL_QUERY_REGISTRY_TYPECHECK       0x00000100
#define RTL_QUERY_REGISTRY_TYPECHECK_SHIFT 24
#define RTL_QUERY_REGISTRY_TYPECHECK_MASK  (0xff << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT)
#define RTL_REGISTRY_ABSOLUTE              0
#define RTL_REGISTRY_SERVICES              1
#define RTL_REGISTRY_CONTROL               2
#define RTL_REGISTRY_WINDOWS_NT            3
#define RTL_REGISTRY_DEVICEMAP             4
#define RTL_REGISTRY_USER                  5
#define RTL_REGISTRY_MAXIMUM               6
#define RTL_REGISTRY_HANDLE                0x40000000
#define RTL_REGISTRY_OPTIONAL              0x80000000

#define HASH_STRING_ALGORITHM_DEFAULT 0
#define HASH_STRING_ALGORITHM_X65599  1
#define HASH_STRING_ALGORITHM_INVALID 0xffffffff

    typedef struct _OSVERSIONINFOA
    {
        ULONG dwOSVersionInfoSize;
        ULONG dwMajorVersion;
        ULONG dwMinorVersion;
        ULONG dwBuildNumber;
        ULONG dwPlatformId;
        CHAR szCSDVersion[128];
    } OSVERSIONINFOA, *POSVERSIONINFOA, *LPOSVERSIONINFOA;

    typedef struct _OSVERSIONINFOW
    {
        ULONG dwOSVersionInfoSize;
        ULONG dwMajorVersion;
        ULONG dwMinorVersion;
        ULONG dwBuildNumber;
        ULONG dwPlatformId;
        WCHAR szCSDVersion[128];
    } OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW, RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

    typedef struct _OSVERSIONINFOEXA
    {
        ULONG dwOSVersionInfoSize;
        ULONG dwMajorVersion;
        ULONG dwMinorVersion;
        ULONG dwBuildNumber;
        ULONG dwPlatformId;
        CHAR szCSDVersion[128];
        USHORT wServicePackMajor;
        USHORT wServicePackMinor;
        USHORT wSuiteMask;
        UCHAR wProductType;
        UCHAR wReserved;
    } OSVERSIONINFOEXA, *POSVERSIONINFOEXA, *LPOSVERSIONINFOEXA;

    typedef struct _OSVERSIONINFOEXW
    {
        ULONG dwOSVersionInfoSize;
        ULONG dwMajorVersion;
        ULONG dwMinorVersion;
        ULONG dwBuildNumber;
        ULONG dwPlatformId;
        WCHAR szCSDVersion[128];
        USHORT wServicePackMajor;
        USHORT wServicePackMinor;
        USHORT wSuiteMask;
        UCHAR wProductType;
        UCHAR wReserved;
    } OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW, RTL_OSVERSIONINFOEXW,
        *PRTL_OSVERSIONINFOEXW;

#if defined(UNICODE)
    typedef OSVERSIONINFOEXW OSVERSIONINFOEX;
    typedef POSVERSIONINFOEXW POSVERSIONINFOEX;
    typedef OSVERSIONINFOW OSVERSIONINFO;
    typedef POSVERSIONINFOW POSVERSIONINFO;
#else
typedef OSVERSIONINFOEXA OSVERSIONINFOEX;
typedef POSVERSIONINFOEXA POSVERSIONINFOEX;
typedef OSVERSIONINFOA OSVERSIONINFO;
typedef POSVERSIONINFOA POSVERSIONINFO;
#endif

#define VER_PLATFORM_WIN32s              0
#define VER_PLATFORM_WIN32_WINDOWS       1
#define VER_PLATFORM_WIN32_NT            2
#define VER_NT_WORKSTATION               0x0000001
#define VER_NT_DOMAIN_CONTROLLER         0x0000002
#define VER_NT_SERVER                    0x0000003
#define VER_EQUAL                        1
#define VER_GREATER                      2
#define VER_GREATER_EQUAL                3
#define VER_LESS                         4
#define VER_LESS_EQUAL                   5
#define VER_AND                          6
#define VER_OR                           7
#define VER_CONDITION_MASK               7
#define VER_NUM_BITS_PER_CONDITION_MASK  3
#define VER_MINORVERSION                 0x0000001
#define VER_MAJORVERSION                 0x0000002
#define VER_BUILDNUMBER                  0x0000004
#define VER_PLATFORMID                   0x0000008
#define VER_SERVICEPACKMINOR             0x0000010
#define VER_SERVICEPACKMAJOR             0x0000020
#define VER_SUITENAME                    0x0000040
#define VER_PRODUCT_TYPE                 0x0000080
#define VER_SET_CONDITION(_m_, _t_, _c_) ((_m_) = VerSetConditionMask((_m_), (_t_), (_c_)))

    typedef struct _TIME_FIELDS
    {
        CSHORT Year;
        CSHORT Month;
        CSHORT Day;
        CSHORT Hour;
        CSHORT Minute;
        CSHORT Second;
        CSHORT Milliseconds;
        CSHORT Weekday;
    } TIME_FIELDS, *PTIME_FIELDS;

    typedef union _RTL_RUN_ONCE
    {
        PVOID Ptr;
    } RTL_RUN_ONCE, *PRTL_RUN_ONCE;
#define RTL_RUN_ONCE_INIT              {0}
#define RTL_RUN_ONCE_CHECK_ONLY        0x00000001UL
#define RTL_RUN_ONCE_ASYNC             0x00000002UL
#define RTL_RUN_ONCE_INIT_FAILED       0x00000004UL
#define RTL_RUN_ONCE_CTX_RESERVED_BITS 2

    _Function_class_(RTL_RUN_ONCE_INIT_FN)
    typedef ULONG NTAPI RTL_RUN_ONCE_INIT_FN(_Inout_ PRTL_RUN_ONCE RunOnce,
                                             _Inout_opt_ PVOID Parameter,
                                             _Inout_opt_ PVOID *Context);
    typedef RTL_RUN_ONCE_INIT_FN *PRTL_RUN_ONCE_INIT_FN;

// Reasons of __fastfail that RtlFailFast passes on.
#define FAST_FAIL_LEGACY_GS_VIOLATION         0
#define FAST_FAIL_VTGUARD_CHECK_FAILURE       1
#define FAST_FAIL_STACK_COOKIE_CHECK_FAILURE  2
#define FAST_FAIL_CORRUPT_LIST_ENTRY          3
#define FAST_FAIL_INCORRECT_STACK             4
#define FAST_FAIL_INVALID_ARG                 5
#define FAST_FAIL_GS_COOKIE_INIT              6
#define FAST_FAIL_FATAL_APP_EXIT              7
#define FAST_FAIL_RANGE_CHECK_FAILURE         8
#define FAST_FAIL_UNSAFE_REGISTRY_ACCESS      9
#define FAST_FAIL_GUARD_ICALL_CHECK_FAILURE   10
#define FAST_FAIL_GUARD_WRITE_CHECK_FAILURE   11
#define FAST_FAIL_INVALID_FIBER_SWITCH        12
#define FAST_FAIL_INVALID_SET_OF_CONTEXT      13
#define FAST_FAIL_INVALID_REFERENCE_COUNT     14
#define FAST_FAIL_INVALID_JUMP_BUFFER         18
#define FAST_FAIL_MRDATA_MODIFIED             19
#define FAST_FAIL_CERTIFICATION_FAILURE       20
#define FAST_FAIL_INVALID_EXCEPTION_CHAIN     21
#define FAST_FAIL_CRYPTO_LIBRARY              22
#define FAST_FAIL_INVALID_CALL_IN_DLL_CALLOUT 23
#define FAST_FAIL_INVALID_IMAGE_BASE          24
#define FAST_FAIL_DLOAD_PROTECTION_FAILURE    25
#define FAST_FAIL_UNSAFE_EXTENSION_CALL       26
#define FAST_FAIL_INVALID_BUFFER_ACCESS       28
#define FAST_FAIL_INVALID_BALANCED_TREE       29
#define FAST_FAIL_INVALID_NEXT_THREAD         30
#define FAST_FAIL_INVALID_IDLE_STATE          36
#define FAST_FAIL_INVALID_LOCK_STATE          41
#define FAST_FAIL_INVALID_FAST_FAIL_CODE      0xFFFFFFFF

#if defined(OPENWDM_KERNEL)
// The same trap that drivers take, so that there is one place that reports it.
#define RtlFailFast(Code) __asm__ volatile("int $0x29" : : "c"(Code) : "memory")
#else
#define RtlFailFast(Code) __fastfail(Code)
#endif

// Debug print filters.
#define DPFLTR_ERROR_LEVEL   0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL   2
#define DPFLTR_INFO_LEVEL    3
#define DPFLTR_MASK          0x80000000

    typedef enum _DPFLTR_TYPE
    {
        DPFLTR_SYSTEM_ID = 0,
        DPFLTR_SMSS_ID = 1,
        DPFLTR_SETUP_ID = 2,
        DPFLTR_NTFS_ID = 3,
        DPFLTR_FSTUB_ID = 4,
        DPFLTR_CRASHDUMP_ID = 5,
        DPFLTR_CDAUDIO_ID = 6,
        DPFLTR_CDROM_ID = 7,
        DPFLTR_CLASSPNP_ID = 8,
        DPFLTR_DISK_ID = 9,
        DPFLTR_REDBOOK_ID = 10,
        DPFLTR_STORPROP_ID = 11,
        DPFLTR_SCSIPORT_ID = 12,
        DPFLTR_SCSIMINIPORT_ID = 13,
        DPFLTR_CONFIG_ID = 14,
        DPFLTR_I8042PRT_ID = 15,
        DPFLTR_SERMOUSE_ID = 16,
        DPFLTR_LSERMOUS_ID = 17,
        DPFLTR_KBDHID_ID = 18,
        DPFLTR_MOUHID_ID = 19,
        DPFLTR_KBDCLASS_ID = 20,
        DPFLTR_MOUCLASS_ID = 21,
        DPFLTR_TWOTRACK_ID = 22,
        DPFLTR_WMILIB_ID = 23,
        DPFLTR_ACPI_ID = 24,
        DPFLTR_AMLI_ID = 25,
        DPFLTR_HALIA64_ID = 26,
        DPFLTR_VIDEO_ID = 27,
        DPFLTR_SVCHOST_ID = 28,
        DPFLTR_VIDEOPRT_ID = 29,
        DPFLTR_TCPIP_ID = 30,
        DPFLTR_DMSYNTH_ID = 31,
        DPFLTR_NTOSPNP_ID = 32,
        DPFLTR_FASTFAT_ID = 33,
        DPFLTR_SAMSS_ID = 34,
        DPFLTR_PNPMGR_ID = 35,
        DPFLTR_NETAPI_ID = 36,
        DPFLTR_SCSERVER_ID = 37,
        DPFLTR_SCCLIENT_ID = 38,
        DPFLTR_SERIAL_ID = 39,
        DPFLTR_SERENUM_ID = 40,
        DPFLTR_UHCD_ID = 41,
        DPFLTR_RPCPROXY_ID = 42,
        DPFLTR_AUTOCHK_ID = 43,
        DPFLTR_DCOMSS_ID = 44,
        DPFLTR_UNIMODEM_ID = 45,
        DPFLTR_SIS_ID = 46,
        DPFLTR_FLTMGR_ID = 47,
        DPFLTR_WMICORE_ID = 48,
        DPFLTR_BURNENG_ID = 49,
        DPFLTR_IMAPI_ID = 50,
        DPFLTR_SXS_ID = 51,
        DPFLTR_FUSION_ID = 52,
        DPFLTR_IDLETASK_ID = 53,
        DPFLTR_SOFTPCI_ID = 54,
        DPFLTR_TAPE_ID = 55,
        DPFLTR_MCHGR_ID = 56,
        DPFLTR_IDEP_ID = 57,
        DPFLTR_PCIIDE_ID = 58,
        DPFLTR_FLOPPY_ID = 59,
        DPFLTR_FDC_ID = 60,
        DPFLTR_TERMSRV_ID = 61,
        DPFLTR_W32TIME_ID = 62,
        DPFLTR_PREFETCHER_ID = 63,
        DPFLTR_RSFILTER_ID = 64,
        DPFLTR_FCPORT_ID = 65,
        DPFLTR_PCI_ID = 66,
        DPFLTR_DMIO_ID = 67,
        DPFLTR_DMCONFIG_ID = 68,
        DPFLTR_DMADMIN_ID = 69,
        DPFLTR_WSOCKTRANSPORT_ID = 70,
        DPFLTR_VSS_ID = 71,
        DPFLTR_PNPMEM_ID = 72,
        DPFLTR_PROCESSOR_ID = 73,
        DPFLTR_DMSERVER_ID = 74,
        DPFLTR_SR_ID = 75,
        DPFLTR_INFINIBAND_ID = 76,
        DPFLTR_IHVDRIVER_ID = 77,
        DPFLTR_IHVVIDEO_ID = 78,
        DPFLTR_IHVAUDIO_ID = 79,
        DPFLTR_IHVNETWORK_ID = 80,
        DPFLTR_IHVSTREAMING_ID = 81,
        DPFLTR_IHVBUS_ID = 82,
        DPFLTR_HPS_ID = 83,
        DPFLTR_RTLTHREADPOOL_ID = 84,
        DPFLTR_LDR_ID = 85,
        DPFLTR_TCPIP6_ID = 86,
        DPFLTR_ISAPNP_ID = 87,
        DPFLTR_SHPC_ID = 88,
        DPFLTR_STORPORT_ID = 89,
        DPFLTR_STORMINIPORT_ID = 90,
        DPFLTR_PRINTSPOOLER_ID = 91,
        DPFLTR_VSSDYNDISK_ID = 92,
        DPFLTR_VERIFIER_ID = 93,
        DPFLTR_VDS_ID = 94,
        DPFLTR_VDSBAS_ID = 95,
        DPFLTR_VDSDYN_ID = 96,
        DPFLTR_VDSDYNDR_ID = 97,
        DPFLTR_VDSLDR_ID = 98,
        DPFLTR_VDSUTIL_ID = 99,
        DPFLTR_DFRGIFC_ID = 100,
        DPFLTR_DEFAULT_ID = 101,
        DPFLTR_MM_ID = 102,
        DPFLTR_DFSC_ID = 103,
        DPFLTR_WOW64_ID = 104,
        DPFLTR_ENDOFTABLE_ID = 155
    } DPFLTR_TYPE;

// A pointer typedef would hide that va_list differs between the ABIs.
#if defined(_WIN32)
    typedef __builtin_va_list WDK_VA_LIST;
#else
typedef __builtin_ms_va_list WDK_VA_LIST;
#endif

#ifdef __cplusplus
}
#endif

#endif
