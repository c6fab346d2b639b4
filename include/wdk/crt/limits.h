/* SPDX-License-Identifier: MIT */
/* Limits of the integer types; long is 32 bits in a driver, 64 in the ELF kernel. */
#ifndef WDK_CRT_LIMITS_H
#define WDK_CRT_LIMITS_H
#define CHAR_BIT   8
#define SCHAR_MIN  (-128)
#define SCHAR_MAX  127
#define UCHAR_MAX  0xff
#define CHAR_MIN   SCHAR_MIN
#define CHAR_MAX   SCHAR_MAX
#define MB_LEN_MAX 5
#define SHRT_MIN   (-32768)
#define SHRT_MAX   32767
#define USHRT_MAX  0xffff
#define INT_MIN    (-2147483647 - 1)
#define INT_MAX    2147483647
#define UINT_MAX   0xffffffffu
#define LONG_MIN   (-LONG_MAX - 1L)
#define LONG_MAX   __LONG_MAX__
#define ULONG_MAX  (LONG_MAX * 2UL + 1UL)
#define LLONG_MAX  9223372036854775807LL
#define LLONG_MIN  (-9223372036854775807LL - 1)
#define ULLONG_MAX 0xffffffffffffffffULL
#define _I64_MAX   LLONG_MAX
#define _I64_MIN   LLONG_MIN
#define _UI64_MAX  ULLONG_MAX
#if !defined(SIZE_MAX)
#define SIZE_MAX 0xffffffffffffffffULL
#endif
#endif
