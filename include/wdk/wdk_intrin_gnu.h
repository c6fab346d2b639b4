/* SPDX-License-Identifier: MIT */
/*
 * Microsoft's intrinsics for gcc and for clang without the msvc target: mingw drivers get all of
 * them, the ELF kernel gets those that are not privileged. Included by wdk_intrin.h only.
 */
#ifndef WDK_INTRIN_GNU_H
#define WDK_INTRIN_GNU_H

/* Interlocked operations: one width at a time; the suffix of the name is its last argument. */
#define WDK_INTERLOCKED(type, suffix)                                                         \
    WDK_INLINE type _InterlockedExchange##suffix(type volatile *target, type value)           \
    {                                                                                         \
        return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);                          \
    }                                                                                         \
    WDK_INLINE type _InterlockedCompareExchange##suffix(type volatile *target, type exchange, \
                                                        type comparand)                       \
    {                                                                                         \
        __atomic_compare_exchange_n(target, &comparand, exchange, 0, __ATOMIC_SEQ_CST,        \
                                    __ATOMIC_SEQ_CST);                                        \
        return comparand;                                                                     \
    }                                                                                         \
    WDK_INLINE type _InterlockedExchangeAdd##suffix(type volatile *target, type value)        \
    {                                                                                         \
        return __atomic_fetch_add(target, value, __ATOMIC_SEQ_CST);                           \
    }                                                                                         \
    WDK_INLINE type _InterlockedIncrement##suffix(type volatile *target)                      \
    {                                                                                         \
        return __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST);                               \
    }                                                                                         \
    WDK_INLINE type _InterlockedDecrement##suffix(type volatile *target)                      \
    {                                                                                         \
        return __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST);                               \
    }                                                                                         \
    WDK_INLINE type _InterlockedAnd##suffix(type volatile *target, type value)                \
    {                                                                                         \
        return __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST);                           \
    }                                                                                         \
    WDK_INLINE type _InterlockedOr##suffix(type volatile *target, type value)                 \
    {                                                                                         \
        return __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST);                            \
    }                                                                                         \
    WDK_INLINE type _InterlockedXor##suffix(type volatile *target, type value)                \
    {                                                                                         \
        return __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST);                           \
    }
WDK_INTERLOCKED(char, 8)
WDK_INTERLOCKED(short, 16)
WDK_INTERLOCKED(LONG, )
WDK_INTERLOCKED(INT64, 64)
#undef WDK_INTERLOCKED

WDK_INLINE void *
_InterlockedExchangePointer(void *volatile *target, void *value)
{
    return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}

WDK_INLINE void *
_InterlockedCompareExchangePointer(void *volatile *target, void *exchange, void *comparand)
{
    __atomic_compare_exchange_n(target, &comparand, exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return comparand;
}

WDK_INLINE LONG
_InterlockedAdd(LONG volatile *target, LONG value)
{
    return __atomic_add_fetch(target, value, __ATOMIC_SEQ_CST);
}

WDK_INLINE INT64
_InterlockedAdd64(INT64 volatile *target, INT64 value)
{
    return __atomic_add_fetch(target, value, __ATOMIC_SEQ_CST);
}

WDK_INLINE unsigned char
_InterlockedCompareExchange128(INT64 volatile *target, INT64 high, INT64 low, INT64 *comparand)
{
    unsigned char equal;
    __asm__ __volatile__("lock cmpxchg16b %1\n\tsete %0"
                         : "=q"(equal), "+m"(*(INT64 volatile(*)[2])target), "+a"(comparand[0]),
                           "+d"(comparand[1])
                         : "b"(low), "c"(high)
                         : "cc", "memory");
    return equal;
}

WDK_INLINE unsigned char
_interlockedbittestandset(LONG volatile *base, LONG offset)
{
    unsigned char old;
    __asm__ __volatile__("lock btsl %2, %1\n\tsetc %0"
                         : "=q"(old), "+m"(*base)
                         : "r"(offset)
                         : "cc", "memory");
    return old;
}

WDK_INLINE unsigned char
_interlockedbittestandreset(LONG volatile *base, LONG offset)
{
    unsigned char old;
    __asm__ __volatile__("lock btrl %2, %1\n\tsetc %0"
                         : "=q"(old), "+m"(*base)
                         : "r"(offset)
                         : "cc", "memory");
    return old;
}

WDK_INLINE unsigned char
_interlockedbittestandset64(INT64 volatile *base, INT64 offset)
{
    unsigned char old;
    __asm__ __volatile__("lock btsq %2, %1\n\tsetc %0"
                         : "=q"(old), "+m"(*base)
                         : "r"(offset)
                         : "cc", "memory");
    return old;
}

WDK_INLINE unsigned char
_interlockedbittestandreset64(INT64 volatile *base, INT64 offset)
{
    unsigned char old;
    __asm__ __volatile__("lock btrq %2, %1\n\tsetc %0"
                         : "=q"(old), "+m"(*base)
                         : "r"(offset)
                         : "cc", "memory");
    return old;
}

/* Bit tests and scans. */
WDK_INLINE unsigned char
_bittest(const LONG *base, LONG offset)
{
    return (unsigned char)((base[offset >> 5] >> (offset & 31)) & 1);
}

WDK_INLINE unsigned char
_bittestandset(LONG *base, LONG offset)
{
    unsigned char old = _bittest(base, offset);
    base[offset >> 5] |= (LONG)(1u << (offset & 31));
    return old;
}

WDK_INLINE unsigned char
_bittestandreset(LONG *base, LONG offset)
{
    unsigned char old = _bittest(base, offset);
    base[offset >> 5] &= (LONG) ~(1u << (offset & 31));
    return old;
}

WDK_INLINE unsigned char
_bittestandcomplement(LONG *base, LONG offset)
{
    unsigned char old = _bittest(base, offset);
    base[offset >> 5] ^= (LONG)(1u << (offset & 31));
    return old;
}

WDK_INLINE unsigned char
_bittest64(const INT64 *base, INT64 offset)
{
    return (unsigned char)((base[offset >> 6] >> (offset & 63)) & 1);
}

WDK_INLINE unsigned char
_bittestandset64(INT64 *base, INT64 offset)
{
    unsigned char old = _bittest64(base, offset);
    base[offset >> 6] |= (INT64)((UINT64)1 << (offset & 63));
    return old;
}

WDK_INLINE unsigned char
_bittestandreset64(INT64 *base, INT64 offset)
{
    unsigned char old = _bittest64(base, offset);
    base[offset >> 6] &= (INT64) ~((UINT64)1 << (offset & 63));
    return old;
}

WDK_INLINE unsigned char
_BitScanForward(ULONG *index, ULONG mask)
{
    if (mask == 0)
    {
        return 0;
    }
    *index = (ULONG)__builtin_ctz(mask);
    return 1;
}

WDK_INLINE unsigned char
_BitScanReverse(ULONG *index, ULONG mask)
{
    if (mask == 0)
    {
        return 0;
    }
    *index = 31 - (ULONG)__builtin_clz(mask);
    return 1;
}

WDK_INLINE unsigned char
_BitScanForward64(ULONG *index, UINT64 mask)
{
    if (mask == 0)
    {
        return 0;
    }
    *index = (ULONG)__builtin_ctzll(mask);
    return 1;
}

WDK_INLINE unsigned char
_BitScanReverse64(ULONG *index, UINT64 mask)
{
    if (mask == 0)
    {
        return 0;
    }
    *index = 63 - (ULONG)__builtin_clzll(mask);
    return 1;
}

WDK_INLINE unsigned short
__popcnt16(unsigned short value)
{
    return (unsigned short)__builtin_popcount(value);
}

WDK_INLINE unsigned int
__popcnt(unsigned int value)
{
    return (unsigned int)__builtin_popcount(value);
}

WDK_INLINE UINT64
__popcnt64(UINT64 value)
{
    return (UINT64)__builtin_popcountll(value);
}

/* Rotation, byte order, multiplication. The compiler's own headers define some as macros. */
#if !defined(_rotl)
WDK_INLINE unsigned int
_rotl(unsigned int value, int shift)
{
    return (value << (shift & 31)) | (value >> (-shift & 31));
}
#endif

#if !defined(_rotr)
WDK_INLINE unsigned int
_rotr(unsigned int value, int shift)
{
    return (value >> (shift & 31)) | (value << (-shift & 31));
}
#endif

WDK_INLINE UINT64
_rotl64(UINT64 value, int shift)
{
    return (value << (shift & 63)) | (value >> (-shift & 63));
}

WDK_INLINE UINT64
_rotr64(UINT64 value, int shift)
{
    return (value >> (shift & 63)) | (value << (-shift & 63));
}

WDK_INLINE unsigned short
_rotl16(unsigned short value, unsigned char shift)
{
    return (unsigned short)((value << (shift & 15)) | (value >> (-shift & 15)));
}

WDK_INLINE unsigned short
_rotr16(unsigned short value, unsigned char shift)
{
    return (unsigned short)((value >> (shift & 15)) | (value << (-shift & 15)));
}

WDK_INLINE unsigned char
_rotl8(unsigned char value, unsigned char shift)
{
    return (unsigned char)((value << (shift & 7)) | (value >> (-shift & 7)));
}

WDK_INLINE unsigned char
_rotr8(unsigned char value, unsigned char shift)
{
    return (unsigned char)((value >> (shift & 7)) | (value << (-shift & 7)));
}

#if !defined(_lrotl)
WDK_INLINE ULONG
_lrotl(ULONG value, int shift)
{
    return (value << (shift & 31)) | (value >> (-shift & 31));
}
#endif

#if !defined(_lrotr)
WDK_INLINE ULONG
_lrotr(ULONG value, int shift)
{
    return (value >> (shift & 31)) | (value << (-shift & 31));
}
#endif

WDK_INLINE unsigned short
_byteswap_ushort(unsigned short value)
{
    return __builtin_bswap16(value);
}

WDK_INLINE ULONG
_byteswap_ulong(ULONG value)
{
    return __builtin_bswap32(value);
}

WDK_INLINE UINT64
_byteswap_uint64(UINT64 value)
{
    return __builtin_bswap64(value);
}

WDK_INLINE INT64
__emul(int a, int b)
{
    return (INT64)a * b;
}

WDK_INLINE UINT64
__emulu(unsigned int a, unsigned int b)
{
    return (UINT64)a * b;
}

WDK_INLINE INT64
__mulh(INT64 a, INT64 b)
{
    return (INT64)(((__int128)a * b) >> 64);
}

WDK_INLINE UINT64
__umulh(UINT64 a, UINT64 b)
{
    return (UINT64)(((unsigned __int128)a * b) >> 64);
}

WDK_INLINE INT64
_mul128(INT64 a, INT64 b, INT64 *high)
{
    __int128 product = (__int128)a * b;
    *high = (INT64)(product >> 64);
    return (INT64)product;
}

WDK_INLINE UINT64
_umul128(UINT64 a, UINT64 b, UINT64 *high)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    *high = (UINT64)(product >> 64);
    return (UINT64)product;
}

WDK_INLINE UINT64
__shiftleft128(UINT64 low, UINT64 high, unsigned char shift)
{
    shift &= 63;
    return shift == 0 ? high : (high << shift) | (low >> (64 - shift));
}

WDK_INLINE UINT64
__shiftright128(UINT64 low, UINT64 high, unsigned char shift)
{
    shift &= 63;
    return shift == 0 ? low : (low >> shift) | (high << (64 - shift));
}

#if !defined(__rdtsc)
#define __rdtsc() __builtin_ia32_rdtsc()
#endif
#define _ReturnAddress()          __builtin_return_address(0)
#define _AddressOfReturnAddress() ((void *)((char *)__builtin_frame_address(0) + sizeof(void *)))

WDK_INLINE void
_ReadWriteBarrier(void)
{
    __asm__ __volatile__("" : : : "memory");
}

WDK_INLINE void
_ReadBarrier(void)
{
    __asm__ __volatile__("" : : : "memory");
}

WDK_INLINE void
_WriteBarrier(void)
{
    __asm__ __volatile__("" : : : "memory");
}

WDK_INLINE void
__faststorefence(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

WDK_INLINE void
__nop(void)
{
    __asm__ __volatile__("nop");
}

WDK_INLINE void
__debugbreak(void)
{
    __asm__ __volatile__("int3");
}

WDK_INLINE void
__cpuidex(int registers[4], int leaf, int subleaf)
{
    __asm__ __volatile__("cpuid"
                         : "=a"(registers[0]), "=b"(registers[1]), "=c"(registers[2]),
                           "=d"(registers[3])
                         : "a"(leaf), "c"(subleaf));
}

/* gcc's cpuid.h has a macro of the same name and other parameters. */
#if !defined(__cpuid)
WDK_INLINE void
__cpuid(int registers[4], int leaf)
{
    __cpuidex(registers, leaf, 0);
}
#endif

#define WDK_STRING(suffix, type, letter)                                                          \
    WDK_INLINE void __movs##suffix(type *to, const type *from, SIZE_T count)                      \
    {                                                                                             \
        __asm__ __volatile__("rep movs" letter : "+D"(to), "+S"(from), "+c"(count) : : "memory"); \
    }                                                                                             \
    WDK_INLINE void __stos##suffix(type *to, type value, SIZE_T count)                            \
    {                                                                                             \
        __asm__ __volatile__("rep stos" letter : "+D"(to), "+c"(count) : "a"(value) : "memory");  \
    }
WDK_STRING(b, unsigned char, "b")
WDK_STRING(w, unsigned short, "w")
WDK_STRING(d, ULONG, "l")
WDK_STRING(q, UINT64, "q")
#undef WDK_STRING

WDK_INLINE UINT64
WdkReadFlags(void)
{
    return __builtin_ia32_readeflags_u64();
}

#if defined(_WIN32)

#define __fastfail(code) WdkFastFail(code)
#if !defined(__readeflags)
#define __readeflags()   __builtin_ia32_readeflags_u64()
#define __writeeflags(v) __builtin_ia32_writeeflags_u64(v)
#endif

WDK_INLINE void
__halt(void)
{
    __asm__ __volatile__("hlt" : : : "memory");
}

WDK_INLINE UINT64
__readmsr(ULONG index)
{
    UINT32 low, high;
    __asm__ __volatile__("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
    return ((UINT64)high << 32) | low;
}

WDK_INLINE void
__writemsr(ULONG index, UINT64 value)
{
    __asm__ __volatile__("wrmsr"
                         :
                         : "c"(index), "a"((UINT32)value), "d"((UINT32)(value >> 32))
                         : "memory");
}

#define WDK_PORT(name, type, suffix)                                             \
    WDK_INLINE type __in##name(unsigned short port)                              \
    {                                                                            \
        type value;                                                              \
        __asm__ __volatile__("in" suffix " %1, %0" : "=a"(value) : "Nd"(port));  \
        return value;                                                            \
    }                                                                            \
    WDK_INLINE void __out##name(unsigned short port, type value)                 \
    {                                                                            \
        __asm__ __volatile__("out" suffix " %0, %1" : : "a"(value), "Nd"(port)); \
    }
WDK_PORT(byte, unsigned char, "b")
WDK_PORT(word, unsigned short, "w")
WDK_PORT(dword, ULONG, "l")
#undef WDK_PORT

#define WDK_GS(name, type, suffix)                                                               \
    WDK_INLINE type __readgs##name(ULONG offset)                                                 \
    {                                                                                            \
        type value;                                                                              \
        __asm__ __volatile__("mov" suffix " %%gs:(%1), %0" : "=r"(value) : "r"((UINT64)offset)); \
        return value;                                                                            \
    }                                                                                            \
    WDK_INLINE void __writegs##name(ULONG offset, type value)                                    \
    {                                                                                            \
        __asm__ __volatile__("mov" suffix " %0, %%gs:(%1)"                                       \
                             :                                                                   \
                             : "r"(value), "r"((UINT64)offset)                                   \
                             : "memory");                                                        \
    }
WDK_GS(byte, unsigned char, "b")
WDK_GS(word, unsigned short, "w")
WDK_GS(dword, ULONG, "l")
WDK_GS(qword, UINT64, "q")
#undef WDK_GS

WDK_INLINE void
__addgsdword(ULONG offset, ULONG value)
{
    __asm__ __volatile__("addl %0, %%gs:(%1)" : : "r"(value), "r"((UINT64)offset) : "memory");
}

WDK_INLINE void
__incgsdword(ULONG offset)
{
    __asm__ __volatile__("incl %%gs:(%0)" : : "r"((UINT64)offset) : "memory");
}

#endif

#endif
