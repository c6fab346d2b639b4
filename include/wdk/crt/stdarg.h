/* SPDX-License-Identifier: MIT */
/* clang's own stdarg.h serves; the one of Debian's mingw gcc needs a C runtime behind it. */
#if defined(__clang__)
#include_next <stdarg.h>
#elif !defined(WDK_CRT_STDARG_H)
#define WDK_CRT_STDARG_H
typedef __builtin_va_list va_list;
typedef __builtin_va_list __gnuc_va_list;
#define va_start(list, last) __builtin_va_start(list, last)
#define va_arg(list, type)   __builtin_va_arg(list, type)
#define va_end(list)         __builtin_va_end(list)
#define va_copy(to, from)    __builtin_va_copy(to, from)
#endif
