/* SPDX-License-Identifier: MIT */
/*
 * Compiler intrinsics of the Microsoft compilers. clang for the msvc target has most of them in its
 * own intrin.h; what that one only declares is defined here. mingw gcc and the ELF kernel get them
 * as inline functions; privileged ones exist in drivers only, where the kernel emulates them.
 */
#ifndef WDK_INTRIN_H
#define WDK_INTRIN_H

#include "ntdef.h"

#if defined(_MSC_VER)
#include_next <intrin.h>
#endif

#if defined(_WIN32) && !defined(_MSC_VER)
/* As FORCEINLINE there: gcc objects to an external inline function that calls a static one. */
#define WDK_INLINE __inline__ __attribute__((always_inline, unused))
#else
#define WDK_INLINE static __inline__ __attribute__((always_inline, unused))
#endif

/* A hint in a spin loop; usable where the immintrin headers are not. */
WDK_INLINE void
WdkPause(void)
{
    __builtin_ia32_pause();
}

#if defined(_MSC_VER)
/* Microsoft's stdlib.h declares these; freestanding code has no builtins of the name. */
WDK_INLINE unsigned short
_byteswap_ushort(unsigned short value)
{
    return __builtin_bswap16(value);
}

WDK_INLINE unsigned long
_byteswap_ulong(unsigned long value)
{
    return __builtin_bswap32(value);
}

WDK_INLINE unsigned long long
_byteswap_uint64(unsigned long long value)
{
    return __builtin_bswap64(value);
}
#endif

/* ---- what clang's intrin.h only declares, or declares too narrow --------------------------- */

WDK_INLINE UINT64
WdkReadCr8(void)
{
    UINT64 value;
    __asm__ __volatile__("movq %%cr8, %0" : "=r"(value) : : "memory");
    return value;
}

WDK_INLINE void
WdkWriteCr8(UINT64 value)
{
    __asm__ __volatile__("movq %0, %%cr8" : : "r"(value) : "memory");
}

#define WDK_CR(n)                                                               \
    WDK_INLINE UINT64 WdkReadCr##n(void)                                        \
    {                                                                           \
        UINT64 value;                                                           \
        __asm__ __volatile__("movq %%cr" #n ", %0" : "=r"(value) : : "memory"); \
        return value;                                                           \
    }                                                                           \
    WDK_INLINE void WdkWriteCr##n(UINT64 value)                                 \
    {                                                                           \
        __asm__ __volatile__("movq %0, %%cr" #n : : "r"(value) : "memory");     \
    }
WDK_CR(0)
WDK_CR(2)
WDK_CR(3)
WDK_CR(4)
#undef WDK_CR

#if defined(_WIN32)
#define __readcr0()   WdkReadCr0()
#define __readcr2()   WdkReadCr2()
#define __readcr3()   WdkReadCr3()
#define __readcr4()   WdkReadCr4()
#define __readcr8()   WdkReadCr8()
#define __writecr0(v) WdkWriteCr0(v)
#define __writecr3(v) WdkWriteCr3(v)
#define __writecr4(v) WdkWriteCr4(v)
#define __writecr8(v) WdkWriteCr8(v)
#endif

WDK_INLINE void
WdkDisableInterrupts(void)
{
    __asm__ __volatile__("cli" : : : "memory");
}

WDK_INLINE void
WdkEnableInterrupts(void)
{
    __asm__ __volatile__("sti" : : : "memory");
}

WDK_INLINE void
WdkInvalidatePage(void *address)
{
    __asm__ __volatile__("invlpg (%0)" : : "r"(address) : "memory");
}

WDK_INLINE void
WdkWriteBackInvalidate(void)
{
    __asm__ __volatile__("wbinvd" : : : "memory");
}

WDK_INLINE void
WdkStoreIdt(void *descriptor)
{
    __asm__ __volatile__("sidt %0" : "=m"(*(char(*)[10])descriptor));
}

WDK_INLINE void
WdkLoadIdt(void *descriptor)
{
    __asm__ __volatile__("lidt %0" : : "m"(*(char(*)[10])descriptor));
}

WDK_INLINE void
WdkStoreGdt(void *descriptor)
{
    __asm__ __volatile__("sgdt %0" : "=m"(*(char(*)[10])descriptor));
}

WDK_INLINE UINT64
WdkReadPmc(ULONG counter)
{
    UINT32 low, high;
    __asm__ __volatile__("rdpmc" : "=a"(low), "=d"(high) : "c"(counter));
    return ((UINT64)high << 32) | low;
}

#define WDK_DR(n)                                                  \
    WDK_INLINE UINT64 WdkReadDr##n(void)                           \
    {                                                              \
        UINT64 value;                                              \
        __asm__ __volatile__("movq %%db" #n ", %0" : "=r"(value)); \
        return value;                                              \
    }                                                              \
    WDK_INLINE void WdkWriteDr##n(UINT64 value)                    \
    {                                                              \
        __asm__ __volatile__("movq %0, %%db" #n : : "r"(value));   \
    }
WDK_DR(0)
WDK_DR(1)
WDK_DR(2)
WDK_DR(3)
WDK_DR(6)
WDK_DR(7)
#undef WDK_DR

WDK_INLINE UINT64
WdkReadDr(unsigned index)
{
    switch (index)
    {
    case 0:
        return WdkReadDr0();
    case 1:
        return WdkReadDr1();
    case 2:
        return WdkReadDr2();
    case 3:
        return WdkReadDr3();
    case 6:
        return WdkReadDr6();
    default:
        return WdkReadDr7();
    }
}

WDK_INLINE void
WdkWriteDr(unsigned index, UINT64 value)
{
    switch (index)
    {
    case 0:
        WdkWriteDr0(value);
        break;
    case 1:
        WdkWriteDr1(value);
        break;
    case 2:
        WdkWriteDr2(value);
        break;
    case 3:
        WdkWriteDr3(value);
        break;
    case 6:
        WdkWriteDr6(value);
        break;
    default:
        WdkWriteDr7(value);
        break;
    }
}

/* int 29h with the code in ecx never returns; int 2Ch is a failed assertion of a driver. */
__attribute__((noreturn)) WDK_INLINE void
WdkFastFail(unsigned code)
{
    __asm__ __volatile__("int $0x29" : : "c"(code) : "memory");
    __builtin_unreachable();
}

WDK_INLINE void
WdkInt2c(void)
{
    __asm__ __volatile__("int $0x2c" : : : "memory");
}

/* String instructions on ports. */
#define WDK_PORT_STRING(name, type, in, out)                                                   \
    WDK_INLINE void WdkIn##name##String(unsigned short port, type *buffer, ULONG count)        \
    {                                                                                          \
        UINT64 left = count;                                                                   \
        __asm__ __volatile__("rep " in : "+D"(buffer), "+c"(left) : "d"(port) : "memory");     \
    }                                                                                          \
    WDK_INLINE void WdkOut##name##String(unsigned short port, const type *buffer, ULONG count) \
    {                                                                                          \
        UINT64 left = count;                                                                   \
        __asm__ __volatile__("rep " out : "+S"(buffer), "+c"(left) : "d"(port) : "memory");    \
    }
WDK_PORT_STRING(Byte, unsigned char, "insb", "outsb")
WDK_PORT_STRING(Word, unsigned short, "insw", "outsw")
WDK_PORT_STRING(Dword, ULONG, "insl", "outsl")
#undef WDK_PORT_STRING

#if defined(_WIN32)
#define _disable()                WdkDisableInterrupts()
#define _enable()                 WdkEnableInterrupts()
#define __invlpg(p)               WdkInvalidatePage(p)
#define __wbinvd()                WdkWriteBackInvalidate()
#define __sidt(p)                 WdkStoreIdt(p)
#define __lidt(p)                 WdkLoadIdt(p)
#define _sgdt(p)                  WdkStoreGdt(p)
#define __readpmc(n)              WdkReadPmc(n)
#define __readdr(n)               WdkReadDr(n)
#define __writedr(n, v)           WdkWriteDr(n, v)
#define __int2c()                 WdkInt2c()
#define __inbytestring(p, b, c)   WdkInByteString(p, b, c)
#define __inwordstring(p, b, c)   WdkInWordString(p, b, c)
#define __indwordstring(p, b, c)  WdkInDwordString(p, b, c)
#define __outbytestring(p, b, c)  WdkOutByteString(p, b, c)
#define __outwordstring(p, b, c)  WdkOutWordString(p, b, c)
#define __outdwordstring(p, b, c) WdkOutDwordString(p, b, c)
#endif

/* ---- compilers without Microsoft's builtins ------------------------------------------------ */

#if !defined(_MSC_VER)
#include "wdk_intrin_gnu.h"
#endif

#endif
