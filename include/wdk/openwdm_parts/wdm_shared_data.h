// SPDX-License-Identifier: MIT
// Owns KUSER_SHARED_DATA, the page a driver reads inline at 0xFFFFF78000000000, and the visible
// head of the processor control region behind gs:.
#ifndef OPENWDM_WDM_SHARED_DATA_H
#define OPENWDM_WDM_SHARED_DATA_H

#include <openwdm_parts/wdm_ke_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define PROCESSOR_FEATURE_MAX               64
#define PF_FLOATING_POINT_PRECISION_ERRATA  0
#define PF_FLOATING_POINT_EMULATED          1
#define PF_COMPARE_EXCHANGE_DOUBLE          2
#define PF_MMX_INSTRUCTIONS_AVAILABLE       3
#define PF_PPC_MOVEMEM_64BIT_OK             4
#define PF_ALPHA_BYTE_INSTRUCTIONS          5
#define PF_XMMI_INSTRUCTIONS_AVAILABLE      6
#define PF_3DNOW_INSTRUCTIONS_AVAILABLE     7
#define PF_RDTSC_INSTRUCTION_AVAILABLE      8
#define PF_PAE_ENABLED                      9
#define PF_XMMI64_INSTRUCTIONS_AVAILABLE    10
#define PF_SSE_DAZ_MODE_AVAILABLE           11
#define PF_NX_ENABLED                       12
#define PF_SSE3_INSTRUCTIONS_AVAILABLE      13
#define PF_COMPARE_EXCHANGE128              14
#define PF_COMPARE64_EXCHANGE128            15
#define PF_CHANNELS_ENABLED                 16
#define PF_XSAVE_ENABLED                    17
#define PF_SECOND_LEVEL_ADDRESS_TRANSLATION 20
#define PF_VIRT_FIRMWARE_ENABLED            21
#define PF_RDWRFSGSBASE_AVAILABLE           22
#define PF_FASTFAIL_AVAILABLE               23
#define PF_RDRAND_INSTRUCTION_AVAILABLE     28
#define PF_RDTSCP_INSTRUCTION_AVAILABLE     32
#define PF_RDPID_INSTRUCTION_AVAILABLE      33
#define PF_MONITORX_INSTRUCTION_AVAILABLE   35
#define PF_SSSE3_INSTRUCTIONS_AVAILABLE     36
#define PF_SSE4_1_INSTRUCTIONS_AVAILABLE    37
#define PF_SSE4_2_INSTRUCTIONS_AVAILABLE    38
#define PF_AVX_INSTRUCTIONS_AVAILABLE       39
#define PF_AVX2_INSTRUCTIONS_AVAILABLE      40
#define PF_AVX512F_INSTRUCTIONS_AVAILABLE   41
#define PF_ERMS_AVAILABLE                   42

    typedef enum _ALTERNATIVE_ARCHITECTURE_TYPE
    {
        StandardDesign,
        NEC98x86,
        EndAlternatives
    } ALTERNATIVE_ARCHITECTURE_TYPE;

    typedef struct _XSTATE_FEATURE
    {
        ULONG Offset;
        ULONG Size;
    } XSTATE_FEATURE, *PXSTATE_FEATURE;

    typedef struct _XSTATE_CONFIGURATION
    {
        ULONG64 EnabledFeatures;
        ULONG64 EnabledVolatileFeatures;
        ULONG Size;
        union
        {
            ULONG ControlFlags;
            struct
            {
                ULONG OptimizedSave : 1;
                ULONG CompactionEnabled : 1;
                ULONG ExtendedFeatureDisable : 1;
            };
        };
        XSTATE_FEATURE Features[MAXIMUM_XSTATE_FEATURES];
        ULONG64 EnabledSupervisorFeatures;
        ULONG64 AlignedFeatures;
        ULONG AllFeatureSize;
        ULONG AllFeatures[MAXIMUM_XSTATE_FEATURES];
        ULONG64 EnabledUserVisibleSupervisorFeatures;
        ULONG64 ExtendedFeatureDisableFeatures;
        ULONG AllNonLargeFeatureSize;
        USHORT MaxSveVectorLength;
        USHORT Spare1;
    } XSTATE_CONFIGURATION, *PXSTATE_CONFIGURATION;

    typedef struct _KUSER_SHARED_DATA
    {
        ULONG TickCountLowDeprecated;
        ULONG TickCountMultiplier;
        volatile KSYSTEM_TIME InterruptTime;
        volatile KSYSTEM_TIME SystemTime;
        volatile KSYSTEM_TIME TimeZoneBias;
        USHORT ImageNumberLow;
        USHORT ImageNumberHigh;
        WCHAR NtSystemRoot[260];
        ULONG MaxStackTraceDepth;
        ULONG CryptoExponent;
        ULONG TimeZoneId;
        ULONG LargePageMinimum;
        ULONG AitSamplingValue;
        ULONG AppCompatFlag;
        ULONGLONG RNGSeedVersion;
        ULONG GlobalValidationRunlevel;
        volatile LONG TimeZoneBiasStamp;
        ULONG NtBuildNumber;
        NT_PRODUCT_TYPE NtProductType;
        BOOLEAN ProductTypeIsValid;
        BOOLEAN Reserved0[1];
        USHORT NativeProcessorArchitecture;
        ULONG NtMajorVersion;
        ULONG NtMinorVersion;
        BOOLEAN ProcessorFeatures[PROCESSOR_FEATURE_MAX];
        ULONG Reserved1;
        ULONG Reserved3;
        volatile ULONG TimeSlip;
        ALTERNATIVE_ARCHITECTURE_TYPE AlternativeArchitecture;
        ULONG BootId;
        LARGE_INTEGER SystemExpirationDate;
        ULONG SuiteMask;
        BOOLEAN KdDebuggerEnabled;
        union
        {
            UCHAR MitigationPolicies;
            struct
            {
                UCHAR NXSupportPolicy : 2;
                UCHAR SEHValidationPolicy : 2;
                UCHAR CurDirDevicesSkippedForDlls : 2;
                UCHAR Reserved : 2;
            };
        };
        USHORT CyclesPerYield;
        volatile ULONG ActiveConsoleId;
        volatile ULONG DismountCount;
        ULONG ComPlusPackage;
        ULONG LastSystemRITEventTickCount;
        ULONG NumberOfPhysicalPages;
        BOOLEAN SafeBootMode;
        union
        {
            UCHAR VirtualizationFlags;
            UCHAR TscQpcData;
        };
        UCHAR Reserved12[2];
        union
        {
            ULONG SharedDataFlags;
            struct
            {
                ULONG DbgErrorPortPresent : 1;
                ULONG DbgElevationEnabled : 1;
                ULONG DbgVirtEnabled : 1;
                ULONG DbgInstallerDetectEnabled : 1;
                ULONG DbgLkgEnabled : 1;
                ULONG DbgDynProcessorEnabled : 1;
                ULONG DbgConsoleBrokerEnabled : 1;
                ULONG DbgSecureBootEnabled : 1;
                ULONG DbgMultiSessionSku : 1;
                ULONG DbgMultiUsersInSessionSku : 1;
                ULONG DbgStateSeparationEnabled : 1;
                ULONG SpareBits : 21;
            };
        };
        ULONG DataFlagsPad[1];
        ULONGLONG TestRetInstruction;
        LONGLONG QpcFrequency;
        ULONG SystemCall;
        ULONG Reserved2;
        ULONGLONG FullNumberOfPhysicalPages;
        ULONGLONG SystemCallPad[1];
        union
        {
            volatile KSYSTEM_TIME TickCount;
            volatile ULONG64 TickCountQuad;
            struct
            {
                ULONG ReservedTickCountOverlay[3];
                ULONG TickCountPad[1];
            };
        };
        ULONG Cookie;
        ULONG CookiePad[1];
        LONGLONG ConsoleSessionForegroundProcessId;
        ULONGLONG TimeUpdateLock;
        ULONGLONG BaselineSystemTimeQpc;
        ULONGLONG BaselineInterruptTimeQpc;
        ULONGLONG QpcSystemTimeIncrement;
        ULONGLONG QpcInterruptTimeIncrement;
        UCHAR QpcSystemTimeIncrementShift;
        UCHAR QpcInterruptTimeIncrementShift;
        USHORT UnparkedProcessorCount;
        ULONG EnclaveFeatureMask[4];
        ULONG TelemetryCoverageRound;
        USHORT UserModeGlobalLogger[16];
        ULONG ImageFileExecutionOptions;
        ULONG LangGenerationCount;
        ULONGLONG Reserved4;
        volatile ULONGLONG InterruptTimeBias;
        volatile ULONGLONG QpcBias;
        ULONG ActiveProcessorCount;
        volatile UCHAR ActiveGroupCount;
        UCHAR Reserved9;
        union
        {
            USHORT QpcData;
            struct
            {
                volatile UCHAR QpcBypassEnabled;
                UCHAR QpcShift;
            };
        };
        LARGE_INTEGER TimeZoneBiasEffectiveStart;
        LARGE_INTEGER TimeZoneBiasEffectiveEnd;
        XSTATE_CONFIGURATION XState;
        KSYSTEM_TIME FeatureConfigurationChangeStamp;
        ULONG Spare;
        ULONG64 UserPointerAuthMask;
    } KUSER_SHARED_DATA, *PKUSER_SHARED_DATA;

// A macro of the same name lets the kernel's host build point it at its own copy of the page.
#define KI_USER_SHARED_DATA 0xFFFFF78000000000ULL
#if !defined(SharedUserData)
#define SharedUserData ((KUSER_SHARED_DATA *const)KI_USER_SHARED_DATA)
#endif
#define SharedInterruptTime (KI_USER_SHARED_DATA + 0x8)
#define SharedSystemTime    (KI_USER_SHARED_DATA + 0x14)
#define SharedTickCount     (KI_USER_SHARED_DATA + 0x320)

    typedef struct _NT_TIB
    {
        struct _EXCEPTION_REGISTRATION_RECORD *ExceptionList;
        PVOID StackBase;
        PVOID StackLimit;
        PVOID SubSystemTib;
        union
        {
            PVOID FiberData;
            ULONG Version;
        };
        PVOID ArbitraryUserPointer;
        struct _NT_TIB *Self;
    } NT_TIB, *PNT_TIB;

#define PCR_MINOR_VERSION 1
#define PCR_MAJOR_VERSION 1

    // Only the head of the processor block has offsets that drivers depend on: gs:[188h] is the
    // current thread and gs:[1A4h] the processor number.
    struct _KPRCB
    {
        ULONG MxCsr;
        UCHAR LegacyNumber;
        UCHAR ReservedMustBeZero;
        BOOLEAN InterruptRequest;
        BOOLEAN IdleHalt;
        struct _KTHREAD *CurrentThread;
        struct _KTHREAD *NextThread;
        struct _KTHREAD *IdleThread;
        UCHAR NestingLevel;
        UCHAR ClockOwner;
        UCHAR PrcbPad00[2];
        ULONG Number;
        ULONG64 RspBase;
        ULONG64 PrcbLock;
    };

    struct _KPCR
    {
        union
        {
            NT_TIB NtTib;
            struct
            {
                union _KGDTENTRY64 *GdtBase;
                struct _KTSS64 *TssBase;
                ULONG64 UserRsp;
                struct _KPCR *Self;
                struct _KPRCB *CurrentPrcb;
                PKSPIN_LOCK_QUEUE LockArray;
                PVOID Used_Self;
            };
        };
        union _KIDTENTRY64 *IdtBase;
        ULONG64 Unused[2];
        KIRQL Irql;
        UCHAR SecondLevelCacheAssociativity;
        UCHAR ObsoleteNumber;
        UCHAR Fill0;
        ULONG Unused0[3];
        USHORT MajorVersion;
        USHORT MinorVersion;
        ULONG StallScaleFactor;
        PVOID Unused1[3];
        ULONG KernelReserved[15];
        ULONG SecondLevelCacheSize;
        ULONG HalReserved[16];
        ULONG Unused2;
        PVOID KdVersionBlock;
        PVOID Unused3;
        ULONG PcrAlign1[24];
        ULONG64 PcrAlign2;
        struct _KPRCB Prcb;
    };

#ifdef __cplusplus
}
#endif

#endif
