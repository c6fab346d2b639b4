/* SPDX-License-Identifier: MIT */
/* Integer types with a stated size, and integers as wide as a pointer. */
#ifndef _BASETSD_H_
#define _BASETSD_H_

#include <stddef.h>

#if defined(_WIN32)
#if !defined(_MSC_VER) && !defined(__int64)
#define __int64 long long
#define __int32 int
#define __int16 short
#define __int8  char
#endif
typedef __int64 INT64, *PINT64;
typedef unsigned __int64 UINT64, *PUINT64;
#else
/* On LP64 a plain long is uint64_t, size_t and uintptr_t of the host; one type for all of them. */
#if !defined(__int64)
#define __int64 long
#define __int32 int
#define __int16 short
#define __int8  char
#endif
typedef long INT64, *PINT64;
typedef unsigned long UINT64, *PUINT64;
#endif

typedef signed char INT8, *PINT8;
typedef signed short INT16, *PINT16;
typedef signed int INT32, *PINT32;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32;
typedef signed int LONG32, *PLONG32;
typedef unsigned int ULONG32, *PULONG32;
typedef unsigned int DWORD32, *PDWORD32;
typedef INT64 LONG64, *PLONG64;
typedef UINT64 ULONG64, *PULONG64;
typedef UINT64 DWORD64, *PDWORD64;

typedef INT64 INT_PTR, *PINT_PTR;
typedef UINT64 UINT_PTR, *PUINT_PTR;
typedef INT64 LONG_PTR, *PLONG_PTR;
typedef UINT64 ULONG_PTR, *PULONG_PTR;
typedef ULONG_PTR DWORD_PTR, *PDWORD_PTR;
typedef INT64 SHANDLE_PTR;
typedef UINT64 HANDLE_PTR;
typedef ULONG_PTR SIZE_T, *PSIZE_T;
typedef LONG_PTR SSIZE_T, *PSSIZE_T;
typedef ULONG_PTR KAFFINITY;
typedef KAFFINITY *PKAFFINITY;
typedef unsigned int UHALF_PTR, *PUHALF_PTR;
typedef int HALF_PTR, *PHALF_PTR;

#define POINTER_SIGNED
#define POINTER_UNSIGNED
#define SPOINTER_32
#if defined(_MSC_VER)
#define POINTER_32 __ptr32
#define POINTER_64 __ptr64
#define FIRMWARE_PTR
#else
#define POINTER_32
#define POINTER_64
#define FIRMWARE_PTR
#endif

#define ADDRESS_TAG_BIT 0x40000000000UL
#define __int3264       __int64
#define MAXUINT_PTR     (~((UINT_PTR)0))
#define MAXINT_PTR      ((INT_PTR)(MAXUINT_PTR >> 1))
#define MININT_PTR      (~MAXINT_PTR)
#define MAXULONG_PTR    (~((ULONG_PTR)0))
#define MAXLONG_PTR     ((LONG_PTR)(MAXULONG_PTR >> 1))
#define MINLONG_PTR     (~MAXLONG_PTR)
#define MAXUHALF_PTR    ((UHALF_PTR)~0)
#define MAXHALF_PTR     ((HALF_PTR)(MAXUHALF_PTR >> 1))
#define MINHALF_PTR     (~MAXHALF_PTR)
#define MAXUINT8        ((UINT8) ~((UINT8)0))
#define MAXINT8         ((INT8)(MAXUINT8 >> 1))
#define MININT8         ((INT8)~MAXINT8)
#define MAXUINT16       ((UINT16) ~((UINT16)0))
#define MAXINT16        ((INT16)(MAXUINT16 >> 1))
#define MININT16        ((INT16)~MAXINT16)
#define MAXUINT32       ((UINT32) ~((UINT32)0))
#define MAXINT32        ((INT32)(MAXUINT32 >> 1))
#define MININT32        ((INT32)~MAXINT32)
#define MAXUINT64       ((UINT64) ~((UINT64)0))
#define MAXINT64        ((INT64)(MAXUINT64 >> 1))
#define MININT64        ((INT64)~MAXINT64)
#define MAXULONG32      ((ULONG32) ~((ULONG32)0))
#define MAXLONG32       ((LONG32)(MAXULONG32 >> 1))
#define MINLONG32       ((LONG32)~MAXLONG32)
#define MAXULONG64      ((ULONG64) ~((ULONG64)0))
#define MAXLONG64       ((LONG64)(MAXULONG64 >> 1))
#define MINLONG64       ((LONG64)~MAXLONG64)
#define MAXSIZE_T       ((SIZE_T) ~((SIZE_T)0))
#define MAXSSIZE_T      ((SSIZE_T)(MAXSIZE_T >> 1))
#define MINSSIZE_T      ((SSIZE_T)~MAXSSIZE_T)
#define MAXUINT         ((unsigned int)~((unsigned int)0))
#define MAXINT          ((int)(MAXUINT >> 1))
#define MININT          ((int)~MAXINT)
#define MAXULONGLONG_T  MAXUINT64

#define HandleToULong(h)    ((ULONG)(ULONG_PTR)(h))
#define HandleToLong(h)     ((LONG)(LONG_PTR)(h))
#define HandleToUlong(h)    HandleToULong(h)
#define ULongToHandle(ul)   ((HANDLE)(ULONG_PTR)(ul))
#define UlongToHandle(ul)   ULongToHandle(ul)
#define LongToHandle(h)     ((HANDLE)(LONG_PTR)(h))
#define PtrToUlong(p)       ((ULONG)(ULONG_PTR)(p))
#define PtrToULong(p)       PtrToUlong(p)
#define PtrToLong(p)        ((LONG)(LONG_PTR)(p))
#define PtrToUint(p)        ((UINT)(UINT_PTR)(p))
#define PtrToUInt(p)        PtrToUint(p)
#define PtrToInt(p)         ((INT)(INT_PTR)(p))
#define PtrToUshort(p)      ((unsigned short)(ULONG_PTR)(p))
#define PtrToUShort(p)      PtrToUshort(p)
#define PtrToShort(p)       ((short)(LONG_PTR)(p))
#define IntToPtr(i)         ((void *)(INT_PTR)((int)(i)))
#define UIntToPtr(ui)       ((void *)(UINT_PTR)((unsigned int)(ui)))
#define UintToPtr(ui)       UIntToPtr(ui)
#define LongToPtr(l)        ((void *)(LONG_PTR)((LONG)(l)))
#define ULongToPtr(ul)      ((void *)(ULONG_PTR)((ULONG)(ul)))
#define UlongToPtr(ul)      ULongToPtr(ul)
#define Ptr32ToPtr(p)       ((void *)(ULONG_PTR)(p))
#define Handle32ToHandle(h) ((void *)(LONG_PTR)(h))
#define PtrToPtr32(p)       ((ULONG)(ULONG_PTR)(p))
#define PtrToPtr64(p)       ((void *)(p))
#define Ptr64ToPtr(p)       ((void *)(p))
#define HandleToHandle64(h) ((void *)(h))
#define Handle64ToHandle(h) ((void *)(h))

#endif
