/* SPDX-License-Identifier: MIT */
/*
 * The basic types of the driver kit. Every other header of include/wdk stands on this one.
 *
 * Three compilers read it: the ELF kernel (gcc and clang on Linux, LP64), clang for
 * x86_64-pc-windows-msvc, and mingw gcc. LONG and ULONG are 32 bits for all of them; every 64-bit
 * integer type is one and the same C type for each of them (long on ELF, __int64 on PE), so that
 * PULONG64, PSIZE_T and PULONG_PTR mix as they do in Microsoft's compilers.
 */
#ifndef _NTDEF_
#define _NTDEF_

#include <stddef.h>
#include <stdarg.h>

/* ---- platform ----------------------------------------------------------------------------- */

#if !defined(_AMD64_)
#define _AMD64_ 1
#endif
#if !defined(_M_AMD64)
#define _M_AMD64 100
#endif
#if !defined(_M_X64)
#define _M_X64 100
#endif
#if !defined(_WIN64)
#define _WIN64 1
#endif

#if !defined(NTDDI_WIN2K)
#include "sdkddkver.h"
#endif

#include "sal.h"
#include "driverspecs.h"
#include "basetsd.h"

#ifdef __cplusplus
#define EXTERN_C extern "C"
#define EXTERN_C_START \
    extern "C"         \
    {
#define EXTERN_C_END }
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#endif

#if defined(_WIN32)
#define DECLSPEC_IMPORT     __declspec(dllimport)
#define DECLSPEC_EXPORT     __declspec(dllexport)
#define DECLSPEC_NORETURN   __declspec(noreturn)
#define DECLSPEC_SELECTANY  __declspec(selectany)
#define DECLSPEC_NOTHROW    __declspec(nothrow)
#define DECLSPEC_NOINLINE   __declspec(noinline)
#define DECLSPEC_ALIGN(x)   __attribute__((aligned(x)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_RESTRICT
#define DECLSPEC_SAFEBUFFERS
#define DECLSPEC_GUARDIGNORE
#define DECLSPEC_GUARDNOCF
#define DECLSPEC_NOVTABLE
#define DECLSPEC_DEPRECATED __declspec(deprecated)
#define DECLSPEC_UUID(x)
#else
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT    __attribute__((visibility("default")))
#define DECLSPEC_NORETURN  __attribute__((noreturn))
#define DECLSPEC_SELECTANY __attribute__((weak))
#define DECLSPEC_NOTHROW
#define DECLSPEC_NOINLINE   __attribute__((noinline))
#define DECLSPEC_ALIGN(x)   __attribute__((aligned(x)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_RESTRICT
#define DECLSPEC_SAFEBUFFERS
#define DECLSPEC_GUARDIGNORE
#define DECLSPEC_GUARDNOCF
#define DECLSPEC_NOVTABLE
#define DECLSPEC_DEPRECATED __attribute__((deprecated))
#define DECLSPEC_UUID(x)
#endif
#define DECLSPEC_DEPRECATED_DDK
#define DECLSPEC_DEPRECATED_DDK_WINXP
#define DECLSPEC_NOSANITIZEADDRESS

#define NOP_FUNCTION                ((void)0)
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define PROBE_ALIGNMENT(_s)         TYPE_ALIGNMENT(ULONG)
#define PROBE_ALIGNMENT32(_s)       TYPE_ALIGNMENT(ULONG)

/* Calling conventions. Only one exists on x64; the ELF kernel has to ask for it. */
#if defined(_WIN32)
#if !defined(FASTCALL)
#define FASTCALL
#endif
#if defined(_MSC_VER) || defined(__cdecl)
#define NTAPI __stdcall
#else
#define NTAPI
#endif
#define CDECL
#else
#define NTAPI    __attribute__((ms_abi))
#define FASTCALL __attribute__((ms_abi))
#define CDECL    __attribute__((ms_abi))
#if !defined(__cdecl)
#define __cdecl __attribute__((ms_abi))
#endif
#if !defined(__stdcall)
#define __stdcall __attribute__((ms_abi))
#endif
#if !defined(__fastcall)
#define __fastcall __attribute__((ms_abi))
#endif
#endif
#define STDAPIVCALLTYPE CDECL
#define NTAPI_INLINE    NTAPI

/* Imported from the kernel on PE; the kernel itself defines them. A header of an export driver
 * that is compiled by that driver defines _NTSYSTEM_, _NTDRIVER_ or the like, as with Microsoft. */
#if defined(_WIN32) && !defined(_NTSYSTEM_)
#define NTSYSAPI     DECLSPEC_IMPORT
#define NTSYSCALLAPI DECLSPEC_IMPORT
#else
#define NTSYSAPI
#define NTSYSCALLAPI
#endif
#if !defined(NTKERNELAPI)
#define NTKERNELAPI NTSYSAPI
#endif
#if !defined(NTHALAPI)
#define NTHALAPI NTSYSAPI
#endif

#if defined(_MSC_VER)
#define FORCEINLINE          __forceinline
#define DECLSPEC_FORCEINLINE __forceinline
#elif defined(_WIN32)
/* "static FORCEINLINE" is a common idiom, so the word "static" cannot be part of it here. */
#define FORCEINLINE          __inline__ __attribute__((always_inline))
#define DECLSPEC_FORCEINLINE FORCEINLINE
#else
#define FORCEINLINE          static inline __attribute__((always_inline, unused))
#define DECLSPEC_FORCEINLINE FORCEINLINE
#endif
#define CFORCEINLINE FORCEINLINE
#if defined(_WIN32)
#define NTAPI_FORCEINLINE FORCEINLINE
#else
#define NTAPI_FORCEINLINE FORCEINLINE __attribute__((ms_abi))
#endif

#define UNALIGNED __wdk_unaligned
#if defined(_MSC_VER)
#define __wdk_unaligned __unaligned
#else
#define __wdk_unaligned
#endif
#define UNALIGNED64 UNALIGNED
#define RESTRICTED_POINTER

#if !defined(CONST)
#define CONST const
#endif
#if !defined(VOID)
#define VOID void
#endif
#if !defined(IN)
#define IN
#define OUT
#endif
#if !defined(OPTIONAL)
#define OPTIONAL
#endif
#define CRITICAL
#define FAR
#define NEAR
#define PASCAL
#define THIS_FILE __FILE__

/* ---- integers and characters -------------------------------------------------------------- */

typedef void *PVOID;
typedef void *PVOID64;
typedef char CHAR;
typedef short SHORT;
typedef unsigned char UCHAR;
typedef unsigned short USHORT;
typedef UCHAR *PUCHAR;
typedef USHORT *PUSHORT;
#if defined(_WIN32)
typedef long LONG;
typedef unsigned long ULONG;
typedef wchar_t WCHAR;
#else
typedef int LONG;
typedef unsigned int ULONG;
typedef unsigned short WCHAR;
#endif
typedef ULONG *PULONG;
typedef int INT;
typedef unsigned int UINT;
typedef int *PINT;
typedef unsigned int *PUINT;
typedef float FLOAT;
typedef double DOUBLE;

typedef UCHAR FCHAR;
typedef USHORT FSHORT;
typedef ULONG FLONG;

typedef CHAR *PCHAR, *LPCH, *PCH, *PNZCH;
typedef CONST CHAR *LPCCH, *PCCH, *PCNZCH;
typedef CHAR *NPSTR, *LPSTR, *PSTR, *PZSTR;
typedef CONST CHAR *LPCSTR, *PCSTR, *PCZSTR;
typedef PSTR *PZPSTR;
typedef PCSTR *PZPCSTR;
typedef CHAR *PSZ;
typedef CONST CHAR *PCSZ;
typedef SHORT *PSHORT;
typedef LONG *PLONG;
typedef DOUBLE *PDOUBLE;

typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *PNZWCH;
typedef CONST WCHAR *LPCWCH, *PCWCH, *PCNZWCH;
typedef WCHAR *NWPSTR, *LPWSTR, *PWSTR, *PZZWSTR, *PZWSTR;
typedef PWSTR *PZPWSTR;
typedef PCWCH *PPCWCH;
typedef CONST WCHAR *LPCWSTR, *PCWSTR, *PCZZWSTR, *PCZWSTR;
typedef PCWSTR *PZPCWSTR;
typedef WCHAR UNALIGNED *LPUWSTR, *PUWSTR;
typedef CONST WCHAR UNALIGNED *LPCUWSTR, *PCUWSTR;

typedef INT64 LONGLONG;
typedef UINT64 ULONGLONG;
typedef LONGLONG *PLONGLONG;
typedef ULONGLONG *PULONGLONG;
typedef LONGLONG USN;
typedef UINT64 DWORDLONG;
typedef DWORDLONG *PDWORDLONG;

typedef UCHAR BOOLEAN;
typedef BOOLEAN *PBOOLEAN;
typedef LONG NTSTATUS;
typedef NTSTATUS *PNTSTATUS;
typedef LONG HRESULT;
typedef void *HANDLE;
typedef HANDLE *PHANDLE;
typedef CHAR CCHAR;
typedef CCHAR *PCCHAR;
typedef short CSHORT;
typedef CSHORT *PCSHORT;
typedef ULONG CLONG;
typedef CLONG *PCLONG;
typedef ULONG LOGICAL;
typedef ULONG *PLOGICAL;
typedef ULONG LCID;
typedef PULONG PLCID;
typedef USHORT LANGID;
typedef ULONG EXECUTION_STATE;
typedef EXECUTION_STATE *PEXECUTION_STATE;
typedef UCHAR SECURITY_CONTEXT_TRACKING_MODE;
typedef CONST UCHAR *PCUCHAR;
typedef CONST ULONG *PCULONG;
typedef CONST USHORT *PCUSHORT;

typedef ULONG_PTR KSPIN_LOCK;
typedef KSPIN_LOCK *PKSPIN_LOCK;

/* Not in Microsoft's ntdef.h, but the drivers of the world use them after including only it. */
#define DECLARE_HANDLE(name) \
    struct name##__          \
    {                        \
        int unused;          \
    };                       \
    typedef struct name##__ *name

#define ANYSIZE_ARRAY 1
#define FALSE         0
#define TRUE          1
#if !defined(NULL)
#ifdef __cplusplus
#define NULL 0
#else
#define NULL ((void *)0)
#endif
#endif
#define NULL64 NULL

#define MINCHAR                  0x80
#define MAXCHAR                  0x7f
#define MINSHORT                 0x8000
#define MAXSHORT                 0x7fff
#define MINLONG                  0x80000000
#define MAXLONG                  0x7fffffff
#define MAXUCHAR                 0xff
#define MAXUSHORT                0xffff
#define MAXULONG                 0xffffffff
#define MAXLONGLONG              0x7fffffffffffffff
#define MAXULONGLONG             0xffffffffffffffffu
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS 32767
#define ALL_PROCESSOR_GROUPS     0xffff
#define MAXIMUM_PROC_PER_GROUP   64
#define MAXIMUM_PROCESSORS       MAXIMUM_PROC_PER_GROUP

#if !defined(_TCHAR_DEFINED) && !defined(TEXT)
#ifdef UNICODE
#define __TEXT(quote) L##quote
#else
#define __TEXT(quote) quote
#endif
#define TEXT(quote) __TEXT(quote)
#endif

/* ---- helpers ------------------------------------------------------------------------------ */

#if !defined(FIELD_OFFSET)
#define FIELD_OFFSET(type, field) ((LONG) __builtin_offsetof(type, field))
#endif
#define UFIELD_OFFSET(type, field)  ((ULONG) __builtin_offsetof(type, field))
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))
#define FIELD_SIZE(type, field)     (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) \
    (FIELD_OFFSET(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(Struct, Size, Field) \
    ((((PCHAR)(&(Struct)->Field)) + sizeof((Struct)->Field)) <= (((PCHAR)(Struct)) + (Size)))
#define RTL_NUMBER_OF_V1(A) (sizeof(A) / sizeof((A)[0]))
#define RTL_NUMBER_OF_V2(A) RTL_NUMBER_OF_V1(A)
#define RTL_NUMBER_OF(A)    RTL_NUMBER_OF_V1(A)
#define ARRAYSIZE(A)        RTL_NUMBER_OF(A)
#define _ARRAYSIZE(A)       RTL_NUMBER_OF(A)
#if !defined(_countof)
#define _countof(A) RTL_NUMBER_OF(A)
#endif
#define RTL_NUMBER_OF_FIELD(type, field) (RTL_NUMBER_OF(((type *)0)->field))
#define RTL_PADDING_BETWEEN_FIELDS(T, F1, F2)                                        \
    ((FIELD_OFFSET(T, F2) > FIELD_OFFSET(T, F1))                                     \
         ? (FIELD_OFFSET(T, F2) - FIELD_OFFSET(T, F1) - (LONG)RTL_FIELD_SIZE(T, F1)) \
         : (FIELD_OFFSET(T, F1) - FIELD_OFFSET(T, F2) - (LONG)RTL_FIELD_SIZE(T, F2)))
#define RTL_CONST_CAST(type)           (type)
#define RTL_BITS_OF(sizeOfArg)         (sizeof(sizeOfArg) * 8)
#define RTL_BITS_OF_FIELD(type, field) (RTL_BITS_OF(RTL_FIELD_TYPE(type, field)))
#define RTL_FIELD_TYPE(type, field)    (((type *)0)->field)
#define CONTAINING_RECORD(address, type, field) \
    ((type *)((PCHAR)(address) - (ULONG_PTR) __builtin_offsetof(type, field)))

#define TYPE_ALIGNMENT(t) __alignof__(t)

#ifdef __cplusplus
#define C_ASSERT(e) static_assert(e, #e)
#else
#define C_ASSERT(e) _Static_assert(e, #e)
#endif
#define STATIC_ASSERT(e) C_ASSERT(e)

#define ARGUMENT_PRESENT(ArgumentPointer) ((CHAR *)((ULONG_PTR)(ArgumentPointer)) != (CHAR *)(NULL))

#define UNREFERENCED_PARAMETER(P)          ((void)(P))
#define DBG_UNREFERENCED_PARAMETER(P)      ((void)(P))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(V) ((void)(V))

#define NT_SUCCESS(Status)           (((NTSTATUS)(Status)) >= 0)
#define NT_INFORMATION(Status)       ((((ULONG)(Status)) >> 30) == 1)
#define NT_WARNING(Status)           ((((ULONG)(Status)) >> 30) == 2)
#define NT_ERROR(Status)             ((((ULONG)(Status)) >> 30) == 3)
#define APPLICATION_ERROR_MASK       0x20000000
#define ERROR_SEVERITY_SUCCESS       0x00000000
#define ERROR_SEVERITY_INFORMATIONAL 0x40000000
#define ERROR_SEVERITY_WARNING       0x80000000
#define ERROR_SEVERITY_ERROR         0xC0000000

#if !defined(__cplusplus) && !defined(NOMINMAX) && defined(_WIN32)
#if !defined(min)
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#if !defined(max)
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif

#define FlagOn(_F, _SF)      ((_F) & (_SF))
#define BooleanFlagOn(F, SF) ((BOOLEAN)(((F) & (SF)) != 0))
#define SetFlag(_F, _SF)     ((_F) |= (_SF))
#define ClearFlag(_F, _SF)   ((_F) &= ~(_SF))

#ifdef __cplusplus
#define DEFINE_ENUM_FLAG_OPERATORS(T)        \
    extern "C++"                             \
    {                                        \
        inline T operator|(T a, T b)         \
        {                                    \
            return (T)((int)a | (int)b);     \
        }                                    \
        inline T &operator|=(T &a, T b)      \
        {                                    \
            return a = (T)((int)a | (int)b); \
        }                                    \
        inline T operator&(T a, T b)         \
        {                                    \
            return (T)((int)a & (int)b);     \
        }                                    \
        inline T &operator&=(T &a, T b)      \
        {                                    \
            return a = (T)((int)a & (int)b); \
        }                                    \
        inline T operator~(T a)              \
        {                                    \
            return (T)(~(int)a);             \
        }                                    \
        inline T operator^(T a, T b)         \
        {                                    \
            return (T)((int)a ^ (int)b);     \
        }                                    \
        inline T &operator^=(T &a, T b)      \
        {                                    \
            return a = (T)((int)a ^ (int)b); \
        }                                    \
    }
#else
#define DEFINE_ENUM_FLAG_OPERATORS(T)
#endif

#define Int32x32To64(a, b)   (((LONGLONG)((LONG)(a))) * ((LONGLONG)((LONG)(b))))
#define UInt32x32To64(a, b)  (((ULONGLONG)((ULONG)(a))) * ((ULONGLONG)((ULONG)(b))))
#define Int64ShllMod32(a, b) ((ULONGLONG)(a) << (b))
#define Int64ShraMod32(a, b) ((LONGLONG)(a) >> (b))
#define Int64ShrlMod32(a, b) ((ULONGLONG)(a) >> (b))

#define MAKELANGID(p, s)    ((((USHORT)(s)) << 10) | (USHORT)(p))
#define PRIMARYLANGID(lgid) ((USHORT)(lgid) & 0x3ff)
#define SUBLANGID(lgid)     ((USHORT)(lgid) >> 10)
#define MAKELCID(lgid, srtid) \
    ((ULONG)((((ULONG)((USHORT)(srtid))) << 16) | ((ULONG)((USHORT)(lgid)))))
#define LANGIDFROMLCID(lcid) ((USHORT)(lcid))
#define LANG_NEUTRAL         0x00
#define LANG_ENGLISH         0x09
#define SUBLANG_NEUTRAL      0x00
#define SUBLANG_DEFAULT      0x01
#define SUBLANG_ENGLISH_US   0x01

/* ---- structures --------------------------------------------------------------------------- */

typedef struct _FLOAT128
{
    INT64 LowPart;
    INT64 HighPart;
} FLOAT128;
typedef FLOAT128 *PFLOAT128;

typedef struct DECLSPEC_ALIGN(16) _M128A
{
    ULONGLONG Low;
    LONGLONG High;
} M128A, *PM128A;

typedef union _LARGE_INTEGER
{
    struct
    {
        ULONG LowPart;
        LONG HighPart;
    };
    struct
    {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER;
typedef LARGE_INTEGER *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER
{
    struct
    {
        ULONG LowPart;
        ULONG HighPart;
    };
    struct
    {
        ULONG LowPart;
        ULONG HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER;
typedef ULARGE_INTEGER *PULARGE_INTEGER;

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;
typedef CONST LARGE_INTEGER *PCLARGE_INTEGER;

typedef struct _LUID
{
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _QUAD
{
    union
    {
        INT64 UseThisFieldToCopy;
        double DoNotUseThisField;
    };
} QUAD;
typedef QUAD *PQUAD;
typedef QUAD UQUAD;
typedef UQUAD *PUQUAD;

typedef struct _LIST_ENTRY
{
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY, *RESTRICTED_POINTER PRLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY
{
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct LIST_ENTRY32
{
    ULONG Flink;
    ULONG Blink;
} LIST_ENTRY32, *PLIST_ENTRY32;

typedef struct LIST_ENTRY64
{
    ULONGLONG Flink;
    ULONGLONG Blink;
} LIST_ENTRY64, *PLIST_ENTRY64;

typedef struct _STRING
{
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING;
typedef STRING *PSTRING;
typedef STRING ANSI_STRING;
typedef PSTRING PANSI_STRING;
typedef STRING OEM_STRING;
typedef PSTRING POEM_STRING;
typedef CONST STRING *PCOEM_STRING;
typedef CONST STRING *PCANSI_STRING;
typedef STRING UTF8_STRING;
typedef PSTRING PUTF8_STRING;
typedef CONST STRING *PCUTF8_STRING;

typedef struct _CSTRING
{
    USHORT Length;
    USHORT MaximumLength;
    CONST char *Buffer;
} CSTRING;
typedef CSTRING *PCSTRING;
typedef CSTRING CANSI_STRING;

typedef struct _UNICODE_STRING
{
    USHORT Length;
    USHORT MaximumLength;
    PWCH Buffer;
} UNICODE_STRING;
typedef UNICODE_STRING *PUNICODE_STRING;
typedef CONST UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING32
{
    USHORT Length;
    USHORT MaximumLength;
    ULONG Buffer;
} STRING32, *PSTRING32;
typedef STRING32 UNICODE_STRING32, *PUNICODE_STRING32, ANSI_STRING32, *PANSI_STRING32;

typedef struct _STRING64
{
    USHORT Length;
    USHORT MaximumLength;
    ULONGLONG Buffer;
} STRING64, *PSTRING64;
typedef STRING64 UNICODE_STRING64, *PUNICODE_STRING64, ANSI_STRING64, *PANSI_STRING64;

#define UNICODE_NULL ((WCHAR)0)
#define ANSI_NULL    ((CHAR)0)

#define RTL_CONSTANT_STRING(s) {sizeof(s) - sizeof((s)[0]), sizeof(s), (PVOID)(s)}
#ifdef __cplusplus
#undef RTL_CONSTANT_STRING
// constexpr, so that global strings need no constructor: nothing would call it in a driver.
extern "C++"
{
    template <typename T> struct WdkStringCharacter;
    template <> struct WdkStringCharacter<char>
    {
        typedef PCHAR Type;
    };
    template <> struct WdkStringCharacter<WCHAR>
    {
        typedef PWCH Type;
    };
    template <typename T, size_t N>
    constexpr typename WdkStringCharacter<T>::Type WdkMutableString(const T (&s)[N])
    {
        return const_cast<T *>(s);
    }
}
#define RTL_CONSTANT_STRING(s) {sizeof(s) - sizeof((s)[0]), sizeof(s), WdkMutableString(s)}
#endif

#define DECLARE_CONST_UNICODE_STRING(_var, _string)                                \
    const WCHAR _var##_buffer[] = _string;                                         \
    const UNICODE_STRING _var = {sizeof(_string) - sizeof(WCHAR), sizeof(_string), \
                                 (PWCH)_var##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(_var, _str) \
    extern const UNICODE_STRING _var;                   \
    const DECLSPEC_SELECTANY UNICODE_STRING _var = RTL_CONSTANT_STRING(_str)
#define DECLARE_UNICODE_STRING_SIZE(_var, _size) \
    WCHAR _var##_buffer[_size];                  \
    UNICODE_STRING _var = {0, (_size) * sizeof(WCHAR), _var##_buffer}
#define DECLARE_STATIC_UNICODE_STRING_SIZE(_var, _size) \
    static WCHAR _var##_buffer[_size];                  \
    static UNICODE_STRING _var = {0, (_size) * sizeof(WCHAR), _var##_buffer}
#define DECLARE_CONST_ANSI_STRING(_var, _string) \
    const CHAR _var##_buffer[] = _string;        \
    const ANSI_STRING _var = {sizeof(_string) - sizeof(CHAR), sizeof(_string), (PCH)_var##_buffer}

typedef struct _OBJECT_ATTRIBUTES
{
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES;
typedef OBJECT_ATTRIBUTES *POBJECT_ATTRIBUTES;
typedef CONST OBJECT_ATTRIBUTES *PCOBJECT_ATTRIBUTES;

typedef struct _OBJECT_ATTRIBUTES64
{
    ULONG Length;
    ULONG64 RootDirectory;
    ULONG64 ObjectName;
    ULONG Attributes;
    ULONG64 SecurityDescriptor;
    ULONG64 SecurityQualityOfService;
} OBJECT_ATTRIBUTES64, *POBJECT_ATTRIBUTES64;

typedef struct _OBJECT_ATTRIBUTES32
{
    ULONG Length;
    ULONG RootDirectory;
    ULONG ObjectName;
    ULONG Attributes;
    ULONG SecurityDescriptor;
    ULONG SecurityQualityOfService;
} OBJECT_ATTRIBUTES32, *POBJECT_ATTRIBUTES32;

#define OBJ_INHERIT                       0x00000002L
#define OBJ_PERMANENT                     0x00000010L
#define OBJ_EXCLUSIVE                     0x00000020L
#define OBJ_CASE_INSENSITIVE              0x00000040L
#define OBJ_OPENIF                        0x00000080L
#define OBJ_OPENLINK                      0x00000100L
#define OBJ_KERNEL_HANDLE                 0x00000200L
#define OBJ_FORCE_ACCESS_CHECK            0x00000400L
#define OBJ_IGNORE_IMPERSONATED_DEVICEMAP 0x00000800L
#define OBJ_DONT_REPARSE                  0x00001000L
#define OBJ_VALID_ATTRIBUTES              0x00001FF2L

#define InitializeObjectAttributes(p, n, a, r, s) \
    {                                             \
        (p)->Length = sizeof(OBJECT_ATTRIBUTES);  \
        (p)->RootDirectory = (r);                 \
        (p)->Attributes = (a);                    \
        (p)->ObjectName = (n);                    \
        (p)->SecurityDescriptor = (s);            \
        (p)->SecurityQualityOfService = NULL;     \
    }
#define RTL_INIT_OBJECT_ATTRIBUTES(n, a) RTL_CONSTANT_OBJECT_ATTRIBUTES(n, a)
#define RTL_CONSTANT_OBJECT_ATTRIBUTES(n, a) \
    {sizeof(OBJECT_ATTRIBUTES), NULL, RTL_CONST_CAST(PUNICODE_STRING)(n), a, NULL, NULL}

typedef enum _EVENT_TYPE
{
    NotificationEvent,
    SynchronizationEvent
} EVENT_TYPE;

typedef enum _TIMER_TYPE
{
    NotificationTimer,
    SynchronizationTimer
} TIMER_TYPE;

typedef enum _WAIT_TYPE
{
    WaitAll,
    WaitAny,
    WaitNotification,
    WaitDequeue,
    WaitDpc
} WAIT_TYPE;

typedef enum _NT_PRODUCT_TYPE
{
    NtProductWinNt = 1,
    NtProductLanManNt,
    NtProductServer
} NT_PRODUCT_TYPE,
    *PNT_PRODUCT_TYPE;

typedef enum _SUITE_TYPE
{
    SmallBusiness,
    Enterprise,
    BackOffice,
    CommunicationServer,
    TerminalServer,
    SmallBusinessRestricted,
    EmbeddedNT,
    DataCenter,
    SingleUserTS,
    Personal,
    Blade,
    EmbeddedRestricted,
    SecurityAppliance,
    StorageServer,
    ComputeServer,
    WHServer,
    PhoneNT,
    MultiUserTS,
    MaxSuiteType
} SUITE_TYPE;

#define VER_SERVER_NT      0x80000000
#define VER_WORKSTATION_NT 0x40000000

typedef struct _PROCESSOR_NUMBER
{
    USHORT Group;
    UCHAR Number;
    UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef struct _GROUP_AFFINITY
{
    KAFFINITY Mask;
    USHORT Group;
    USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;
typedef CONST GROUP_AFFINITY *PCGROUP_AFFINITY;

#include "guiddef.h"

typedef struct _OBJECTID
{
    GUID Lineage;
    ULONG Uniquifier;
} OBJECTID;

#include "ntstatus.h"
#include "excpt.h"

#endif
