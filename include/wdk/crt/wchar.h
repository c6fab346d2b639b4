/* SPDX-License-Identifier: MIT */
/* Wide-character functions a driver gets from the kernel. */
#ifndef WDK_CRT_WCHAR_H
#define WDK_CRT_WCHAR_H
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#ifdef __cplusplus
extern "C"
{
#endif
    size_t wcslen(const wchar_t *string);
    size_t wcsnlen(const wchar_t *string, size_t room);
    wchar_t *wcscpy(wchar_t *to, const wchar_t *from);
    wchar_t *wcsncpy(wchar_t *to, const wchar_t *from, size_t count);
    wchar_t *wcscat(wchar_t *to, const wchar_t *from);
    wchar_t *wcsncat(wchar_t *to, const wchar_t *from, size_t count);
    int wcscmp(const wchar_t *a, const wchar_t *b);
    int wcsncmp(const wchar_t *a, const wchar_t *b, size_t count);
    int _wcsicmp(const wchar_t *a, const wchar_t *b);
    int _wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count);
    wchar_t *wcschr(const wchar_t *string, wchar_t character);
    wchar_t *wcsrchr(const wchar_t *string, wchar_t character);
    wchar_t *wcsstr(const wchar_t *string, const wchar_t *part);
    size_t wcsspn(const wchar_t *string, const wchar_t *set);
    size_t wcscspn(const wchar_t *string, const wchar_t *set);
    wchar_t *wcspbrk(const wchar_t *string, const wchar_t *set);
    wchar_t *_wcslwr(wchar_t *string);
    wchar_t *_wcsupr(wchar_t *string);
    wchar_t *_wcsrev(wchar_t *string);
    wchar_t *_wcsnset(wchar_t *string, wchar_t value, size_t count);
    errno_t _wcsset_s(wchar_t *string, size_t room, wchar_t value);
    errno_t _wcsnset_s(wchar_t *string, size_t room, wchar_t value, size_t count);
    wchar_t *wcslwr(wchar_t *string);
    errno_t wcscpy_s(wchar_t *to, size_t room, const wchar_t *from);
    errno_t wcscat_s(wchar_t *to, size_t room, const wchar_t *from);
    errno_t wcsncpy_s(wchar_t *to, size_t room, const wchar_t *from, size_t count);
    errno_t wcsncat_s(wchar_t *to, size_t room, const wchar_t *from, size_t count);
    unsigned long wcstoul(const wchar_t *string, wchar_t **end, int base);
    int swprintf(wchar_t *to, const wchar_t *format, ...);
    int _snwprintf(wchar_t *to, size_t count, const wchar_t *format, ...);
    int _vsnwprintf(wchar_t *to, size_t count, const wchar_t *format, va_list arguments);
    int swprintf_s(wchar_t *to, size_t room, const wchar_t *format, ...);
    int vswprintf_s(wchar_t *to, size_t room, const wchar_t *format, va_list arguments);
    int _snwprintf_s(wchar_t *to, size_t room, size_t count, const wchar_t *format, ...);
    int
    _vsnwprintf_s(wchar_t *to, size_t room, size_t count, const wchar_t *format, va_list arguments);
    int _swprintf(wchar_t *to, const wchar_t *format, ...);
    int _vswprintf(wchar_t *to, const wchar_t *format, va_list arguments);
    int _vscwprintf(const wchar_t *format, va_list arguments);
    int _snwscanf_s(const wchar_t *string, size_t length, const wchar_t *format, ...);
    long wcstol(const wchar_t *string, wchar_t **end, int base);
    int swscanf_s(const wchar_t *string, const wchar_t *format, ...);
    unsigned short towlower(unsigned short character);
    unsigned short towupper(unsigned short character);
    int iswctype(unsigned short character, unsigned short type);
    int iswalnum(unsigned short character);
    int iswdigit(unsigned short character);
    int iswspace(unsigned short character);
    int iswxdigit(unsigned short character);
#ifdef __cplusplus
}
#endif
#endif
