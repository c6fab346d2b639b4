/* SPDX-License-Identifier: MIT */
/*
 * Byte and string functions a driver gets from the kernel. They are exports of ntoskrnl.exe; they
 * are declared without dllimport, so that a compiler's own calls reach the same symbols.
 */
#ifndef WDK_CRT_STRING_H
#define WDK_CRT_STRING_H
#include <stddef.h>
#include <errno.h>
#ifdef __cplusplus
extern "C"
{
#endif
    void *memcpy(void *to, const void *from, size_t count);
    void *memmove(void *to, const void *from, size_t count);
    void *memset(void *to, int value, size_t count);
    int memcmp(const void *a, const void *b, size_t count);
    void *memchr(const void *where, int value, size_t count);
    errno_t memcpy_s(void *to, size_t room, const void *from, size_t count);
    errno_t memmove_s(void *to, size_t room, const void *from, size_t count);
    size_t strlen(const char *string);
    size_t strnlen(const char *string, size_t room);
    char *strcpy(char *to, const char *from);
    char *strncpy(char *to, const char *from, size_t count);
    char *strcat(char *to, const char *from);
    char *strncat(char *to, const char *from, size_t count);
    int strcmp(const char *a, const char *b);
    int strncmp(const char *a, const char *b, size_t count);
    int _stricmp(const char *a, const char *b);
    int _strnicmp(const char *a, const char *b, size_t count);
    char *strchr(const char *string, int character);
    char *strrchr(const char *string, int character);
    char *strstr(const char *string, const char *part);
    size_t strspn(const char *string, const char *set);
    size_t strcspn(const char *string, const char *set);
    char *strpbrk(const char *string, const char *set);
    char *_strlwr(char *string);
    char *_strupr(char *string);
    char *_strrev(char *string);
    char *_strset(char *string, int value);
    char *_strnset(char *string, int value, size_t count);
    errno_t _strset_s(char *string, size_t room, int value);
    errno_t _strnset_s(char *string, size_t room, int value, size_t count);
    char *strlwr(char *string);
    int _memicmp(const void *a, const void *b, size_t count);
    errno_t strcpy_s(char *to, size_t room, const char *from);
    errno_t strcat_s(char *to, size_t room, const char *from);
    errno_t strncpy_s(char *to, size_t room, const char *from, size_t count);
    errno_t strncat_s(char *to, size_t room, const char *from, size_t count);
    char *strtok_s(char *string, const char *set, char **context);
#ifdef __cplusplus
}
#endif
#include <wchar.h>
#endif
