/* SPDX-License-Identifier: MIT */
/* The part of <stdio.h> the kernel exports: formatting into memory. */
#ifndef WDK_CRT_STDIO_H
#define WDK_CRT_STDIO_H
#include <stdarg.h>
#include <stddef.h>
#include <wchar.h>
#ifdef __cplusplus
extern "C"
{
#endif
    int sprintf(char *to, const char *format, ...);
    int vsprintf(char *to, const char *format, va_list arguments);
    int _snprintf(char *to, size_t count, const char *format, ...);
    int _vsnprintf(char *to, size_t count, const char *format, va_list arguments);
    int sprintf_s(char *to, size_t room, const char *format, ...);
    int vsprintf_s(char *to, size_t room, const char *format, va_list arguments);
    int _snprintf_s(char *to, size_t room, size_t count, const char *format, ...);
    int _vsnprintf_s(char *to, size_t room, size_t count, const char *format, va_list arguments);
    int sscanf_s(const char *string, const char *format, ...);
    int _snscanf_s(const char *string, size_t length, const char *format, ...);
#define _TRUNCATE ((size_t)-1)
#ifdef __cplusplus
}
#endif
#endif
