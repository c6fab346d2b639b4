/* SPDX-License-Identifier: MIT */
/* The part of <stdlib.h> the kernel exports. There is no malloc in a driver. */
#ifndef WDK_CRT_STDLIB_H
#define WDK_CRT_STDLIB_H
#include <stddef.h>
#include <errno.h>
#ifdef __cplusplus
extern "C"
{
#endif
    int atoi(const char *string);
    long atol(const char *string);
    int _wtoi(const wchar_t *string);
    long _wtol(const wchar_t *string);
    char *_itoa(int value, char *to, int radix);
    wchar_t *_itow(int value, wchar_t *to, int radix);
    errno_t _itoa_s(int value, char *to, size_t room, int radix);
    errno_t _itow_s(int value, wchar_t *to, size_t room, int radix);
    errno_t _ltoa_s(long value, char *to, size_t room, int radix);
    errno_t _ltow_s(long value, wchar_t *to, size_t room, int radix);
    errno_t _ultow_s(unsigned long value, wchar_t *to, size_t room, int radix);
    errno_t _ultoa_s(unsigned long value, char *to, size_t room, int radix);
    errno_t _i64toa_s(__INT64_TYPE__ value, char *to, size_t room, int radix);
    errno_t _i64tow_s(__INT64_TYPE__ value, wchar_t *to, size_t room, int radix);
    errno_t _ui64toa_s(__UINT64_TYPE__ value, char *to, size_t room, int radix);
    errno_t _ui64tow_s(__UINT64_TYPE__ value, wchar_t *to, size_t room, int radix);
    unsigned long strtoul(const char *string, char **end, int base);
    long strtol(const char *string, char **end, int base);
    __INT64_TYPE__ _strtoi64(const char *string, char **end, int base);
    __UINT64_TYPE__ _strtoui64(const char *string, char **end, int base);
    long wcstol(const wchar_t *string, wchar_t **end, int base);
    unsigned long wcstoul(const wchar_t *string, wchar_t **end, int base);
    __INT64_TYPE__ _wcstoi64(const wchar_t *string, wchar_t **end, int base);
    __UINT64_TYPE__ _wcstoui64(const wchar_t *string, wchar_t **end, int base);
    size_t mbstowcs(wchar_t *to, const char *from, size_t count);
    size_t wcstombs(char *to, const wchar_t *from, size_t count);
    int mbtowc(wchar_t *to, const char *from, size_t count);
    int wctomb(char *to, wchar_t character);
    int rand(void);
    void srand(unsigned int seed);
    void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
    void *bsearch(const void *key,
                  const void *base,
                  size_t count,
                  size_t size,
                  int (*compare)(const void *, const void *));
    void qsort_s(void *base,
                 size_t count,
                 size_t size,
                 int (*compare)(void *, const void *, const void *),
                 void *context);
    void *bsearch_s(const void *key,
                    const void *base,
                    size_t count,
                    size_t size,
                    int (*compare)(void *, const void *, const void *),
                    void *context);
#define RAND_MAX 0x7fff
#ifdef __cplusplus
}
#endif
#endif
