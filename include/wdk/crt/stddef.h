/* SPDX-License-Identifier: MIT */
/* clang's own stddef.h serves; the one of Debian's mingw gcc needs a C runtime behind it. */
#if defined(__clang__)
#include_next <stddef.h>
#elif !defined(WDK_CRT_STDDEF_H)
#define WDK_CRT_STDDEF_H
#if !defined(_SIZE_T_DEFINED)
#define _SIZE_T_DEFINED
typedef __SIZE_TYPE__ size_t;
#endif
#if !defined(_PTRDIFF_T_DEFINED)
#define _PTRDIFF_T_DEFINED
typedef __PTRDIFF_TYPE__ ptrdiff_t;
#endif
#if !defined(_WCHAR_T_DEFINED) && !defined(__cplusplus)
#define _WCHAR_T_DEFINED
typedef __WCHAR_TYPE__ wchar_t;
#endif
#if !defined(_WINT_T_DEFINED)
#define _WINT_T_DEFINED
typedef unsigned short wint_t;
typedef unsigned short wctype_t;
#endif
#undef NULL
#ifdef __cplusplus
#define NULL __null
#else
#define NULL ((void *)0)
#endif
#undef offsetof
#define offsetof(type, field) __builtin_offsetof(type, field)
#endif
