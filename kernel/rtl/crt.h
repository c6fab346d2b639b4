// SPDX-License-Identifier: MIT
// The C library functions that ntoskrnl.exe exports, under names that do not collide with the libc
// of this process. The DDI table binds them: notes `symbol=RtlpCrt_...`.
#ifndef RTL_CRT_H
#define RTL_CRT_H

#include "ddi.h"

// The comparison routine of qsort and bsearch: a driver's function.
typedef int(NTAPI *RTLP_COMPARE)(const void *First, const void *Second);

// That of qsort_s and bsearch_s.
typedef int(NTAPI *RTLP_COMPARE_CONTEXT)(void *Context, const void *First, const void *Second);

// chkstk.S: rax is its only argument, and no register changes. For compilers, not for C.
void RtlpCrt___chkstk(void);

// setjmp.S.
DDI int RtlpCrt__setjmp(void *Buffer, void *Frame);

DDI int RtlpCrt__setjmpex(void *Buffer, void *Frame);

// ---- crtctype.c ----

DDI int RtlpCrt_isdigit(int Character);

DDI int RtlpCrt_isxdigit(int Character);

DDI int RtlpCrt_islower(int Character);

DDI int RtlpCrt_isupper(int Character);

DDI int RtlpCrt_isalpha(int Character);

DDI int RtlpCrt_isalnum(int Character);

DDI int RtlpCrt_isspace(int Character);

DDI int RtlpCrt_isprint(int Character);

DDI int RtlpCrt_tolower(int Character);

DDI int RtlpCrt_toupper(int Character);

DDI WCHAR RtlpCrt_towlower(WCHAR Character);

DDI WCHAR RtlpCrt_towupper(WCHAR Character);

DDI int RtlpCrt_iswdigit(WCHAR Character);

DDI int RtlpCrt_iswxdigit(WCHAR Character);

DDI int RtlpCrt_iswspace(WCHAR Character);

DDI int RtlpCrt_iswalnum(WCHAR Character);

DDI int RtlpCrt_iswctype(WCHAR Character, USHORT Type);

// ---- crtmemory.c ----

DDI void *RtlpCrt_memcpy(void *Target, const void *Source, size_t Count);

DDI void *RtlpCrt_memmove(void *Target, const void *Source, size_t Count);

DDI void *RtlpCrt_memset(void *Target, int Value, size_t Count);

DDI int RtlpCrt_memcmp(const void *First, const void *Second, size_t Count);

DDI void *RtlpCrt_memchr(const void *Block, int Value, size_t Count);

DDI int RtlpCrt_memcpy_s(void *Target, size_t Size, const void *Source, size_t Count);

DDI int RtlpCrt_memmove_s(void *Target, size_t Size, const void *Source, size_t Count);

DDI int RtlpCrt__memicmp(const void *First, const void *Second, size_t Count);

// ---- crtnumber.c ----

DDI int RtlpCrt_atoi(const char *String);

DDI LONG RtlpCrt_atol(const char *String);

DDI int RtlpCrt__wtoi(const WCHAR *String);

DDI LONG RtlpCrt__wtol(const WCHAR *String);

DDI ULONG RtlpCrt_strtoul(const char *String, char **End, int Base);

DDI LONG RtlpCrt_strtol(const char *String, char **End, int Base);

DDI ULONG64 RtlpCrt__strtoui64(const char *String, char **End, int Base);

DDI ULONG RtlpCrt_wcstoul(const WCHAR *String, WCHAR **End, int Base);

DDI LONG RtlpCrt_wcstol(const WCHAR *String, WCHAR **End, int Base);

DDI LONG64 RtlpCrt__strtoi64(const char *String, char **End, int Base);

DDI LONG64 RtlpCrt__wcstoi64(const WCHAR *String, WCHAR **End, int Base);

DDI ULONG64 RtlpCrt__wcstoui64(const WCHAR *String, WCHAR **End, int Base);

DDI int RtlpCrt__itoa_s(int Value, char *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__itow_s(int Value, WCHAR *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__ltoa_s(LONG Value, char *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__ltow_s(LONG Value, WCHAR *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__ultoa_s(ULONG Value, char *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__ultow_s(ULONG Value, WCHAR *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__i64toa_s(LONG64 Value, char *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__i64tow_s(LONG64 Value, WCHAR *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__ui64toa_s(ULONG64 Value, char *Buffer, size_t Size, int Radix);

DDI int RtlpCrt__ui64tow_s(ULONG64 Value, WCHAR *Buffer, size_t Size, int Radix);

DDI char *RtlpCrt__itoa(int Value, char *Buffer, int Radix);

DDI WCHAR *RtlpCrt__itow(int Value, WCHAR *Buffer, int Radix);

// ---- crtmultibyte.c ----

DDI size_t RtlpCrt_mbstowcs(WCHAR *Target, const char *Source, size_t Count);

DDI size_t RtlpCrt_wcstombs(char *Target, const WCHAR *Source, size_t Count);

DDI int RtlpCrt_mbtowc(WCHAR *Target, const char *Source, size_t Count);

DDI int RtlpCrt_wctomb(char *Target, WCHAR Character);

// ---- crtprintf.c ----

DDI int RtlpCrt_vsprintf(char *Buffer, const char *Format, RTLP_VA_LIST Arguments);

DDI int RtlpCrt_sprintf(char *Buffer, const char *Format, ...);

DDI int RtlpCrt__vsnprintf(char *Buffer, size_t Count, const char *Format, RTLP_VA_LIST Arguments);

DDI int RtlpCrt__snprintf(char *Buffer, size_t Count, const char *Format, ...);

DDI int RtlpCrt__vsnprintf_s(char *Buffer,
                             size_t Size,
                             size_t Count,
                             const char *Format,
                             RTLP_VA_LIST Arguments);

DDI int RtlpCrt__snprintf_s(char *Buffer, size_t Size, size_t Count, const char *Format, ...);

DDI int RtlpCrt_vsprintf_s(char *Buffer, size_t Size, const char *Format, RTLP_VA_LIST Arguments);

DDI int RtlpCrt_sprintf_s(char *Buffer, size_t Size, const char *Format, ...);

DDI int RtlpCrt__vswprintf(WCHAR *Buffer, const WCHAR *Format, RTLP_VA_LIST Arguments);

DDI int RtlpCrt_swprintf(WCHAR *Buffer, const WCHAR *Format, ...);

DDI int RtlpCrt__swprintf(WCHAR *Buffer, const WCHAR *Format, ...);

DDI int
RtlpCrt__vsnwprintf(WCHAR *Buffer, size_t Count, const WCHAR *Format, RTLP_VA_LIST Arguments);

DDI int RtlpCrt__snwprintf(WCHAR *Buffer, size_t Count, const WCHAR *Format, ...);

DDI int RtlpCrt__vsnwprintf_s(WCHAR *Buffer,
                              size_t Size,
                              size_t Count,
                              const WCHAR *Format,
                              RTLP_VA_LIST Arguments);

DDI int RtlpCrt__snwprintf_s(WCHAR *Buffer, size_t Size, size_t Count, const WCHAR *Format, ...);

DDI int
RtlpCrt_vswprintf_s(WCHAR *Buffer, size_t Size, const WCHAR *Format, RTLP_VA_LIST Arguments);

DDI int RtlpCrt_swprintf_s(WCHAR *Buffer, size_t Size, const WCHAR *Format, ...);

DDI int RtlpCrt__vscwprintf(const WCHAR *Format, RTLP_VA_LIST Arguments);

// ---- crtsort.c ----

DDI void RtlpCrt_qsort(void *Base, size_t Count, size_t Width, RTLP_COMPARE Compare);

DDI void *RtlpCrt_bsearch(const void *Key,
                          const void *Base,
                          size_t Count,
                          size_t Width,
                          RTLP_COMPARE Compare);

DDI void RtlpCrt_qsort_s(void *Base,
                         size_t Count,
                         size_t Width,
                         RTLP_COMPARE_CONTEXT Compare,
                         void *Context);

DDI void *RtlpCrt_bsearch_s(const void *Key,
                            const void *Base,
                            size_t Count,
                            size_t Width,
                            RTLP_COMPARE_CONTEXT Compare,
                            void *Context);

DDI void RtlpCrt_srand(ULONG Seed);

DDI int RtlpCrt_rand(void);

// ---- crtstring.c ----

DDI size_t RtlpCrt_strlen(const char *String);

DDI size_t RtlpCrt_strnlen(const char *String, size_t Limit);

DDI int RtlpCrt_strcmp(const char *First, const char *Second);

DDI int RtlpCrt_strncmp(const char *First, const char *Second, size_t Limit);

DDI int RtlpCrt__stricmp(const char *First, const char *Second);

DDI int RtlpCrt__strnicmp(const char *First, const char *Second, size_t Limit);

DDI char *RtlpCrt_strchr(const char *String, int Character);

DDI char *RtlpCrt_strrchr(const char *String, int Character);

DDI char *RtlpCrt_strstr(const char *String, const char *Part);

DDI char *RtlpCrt_strpbrk(const char *String, const char *Set);

DDI size_t RtlpCrt_strspn(const char *String, const char *Set);

DDI size_t RtlpCrt_strcspn(const char *String, const char *Set);

DDI char *RtlpCrt_strtok_s(char *String, const char *Delimiters, char **Context);

DDI char *RtlpCrt_strcpy(char *Target, const char *Source);

DDI char *RtlpCrt_strncpy(char *Target, const char *Source, size_t Count);

DDI char *RtlpCrt_strcat(char *Target, const char *Source);

DDI char *RtlpCrt_strncat(char *Target, const char *Source, size_t Count);

DDI int RtlpCrt_strncpy_s(char *Target, size_t Size, const char *Source, size_t Count);

DDI int RtlpCrt_strcpy_s(char *Target, size_t Size, const char *Source);

DDI int RtlpCrt_strncat_s(char *Target, size_t Size, const char *Source, size_t Count);

DDI int RtlpCrt_strcat_s(char *Target, size_t Size, const char *Source);

DDI char *RtlpCrt__strlwr(char *String);

DDI char *RtlpCrt_strlwr(char *String);

DDI char *RtlpCrt__strupr(char *String);

DDI char *RtlpCrt__strrev(char *String);

DDI char *RtlpCrt__strnset(char *String, int Character, size_t Count);

DDI char *RtlpCrt__strset(char *String, int Character);

DDI int RtlpCrt__strnset_s(char *String, size_t Size, int Character, size_t Count);

DDI int RtlpCrt__strset_s(char *String, size_t Size, int Character);

// ---- crtwide.c ----

DDI size_t RtlpCrt_wcslen(const WCHAR *String);

DDI size_t RtlpCrt_wcsnlen(const WCHAR *String, size_t Limit);

DDI int RtlpCrt_wcscmp(const WCHAR *First, const WCHAR *Second);

DDI int RtlpCrt_wcsncmp(const WCHAR *First, const WCHAR *Second, size_t Limit);

DDI int RtlpCrt__wcsicmp(const WCHAR *First, const WCHAR *Second);

DDI int RtlpCrt__wcsnicmp(const WCHAR *First, const WCHAR *Second, size_t Limit);

DDI WCHAR *RtlpCrt_wcschr(const WCHAR *String, WCHAR Character);

DDI WCHAR *RtlpCrt_wcsrchr(const WCHAR *String, WCHAR Character);

DDI WCHAR *RtlpCrt_wcsstr(const WCHAR *String, const WCHAR *Part);

DDI WCHAR *RtlpCrt_wcspbrk(const WCHAR *String, const WCHAR *Set);

DDI size_t RtlpCrt_wcsspn(const WCHAR *String, const WCHAR *Set);

DDI size_t RtlpCrt_wcscspn(const WCHAR *String, const WCHAR *Set);

DDI WCHAR *RtlpCrt_wcscpy(WCHAR *Target, const WCHAR *Source);

DDI WCHAR *RtlpCrt_wcsncpy(WCHAR *Target, const WCHAR *Source, size_t Count);

DDI WCHAR *RtlpCrt_wcscat(WCHAR *Target, const WCHAR *Source);

DDI WCHAR *RtlpCrt_wcsncat(WCHAR *Target, const WCHAR *Source, size_t Count);

DDI int RtlpCrt_wcsncpy_s(WCHAR *Target, size_t Size, const WCHAR *Source, size_t Count);

DDI int RtlpCrt_wcscpy_s(WCHAR *Target, size_t Size, const WCHAR *Source);

DDI int RtlpCrt_wcsncat_s(WCHAR *Target, size_t Size, const WCHAR *Source, size_t Count);

DDI int RtlpCrt_wcscat_s(WCHAR *Target, size_t Size, const WCHAR *Source);

DDI WCHAR *RtlpCrt__wcslwr(WCHAR *String);

DDI WCHAR *RtlpCrt_wcslwr(WCHAR *String);

DDI WCHAR *RtlpCrt__wcsupr(WCHAR *String);

DDI WCHAR *RtlpCrt__wcsrev(WCHAR *String);

DDI WCHAR *RtlpCrt__wcsnset(WCHAR *String, WCHAR Character, size_t Count);

DDI int RtlpCrt__wcsnset_s(WCHAR *String, size_t Size, WCHAR Character, size_t Count);

DDI int RtlpCrt__wcsset_s(WCHAR *String, size_t Size, WCHAR Character);

// ---- scan.c ----

DDI int RtlpCrt_sscanf_s(const char *Input, const char *Format, ...);

DDI int RtlpCrt__snscanf_s(const char *Input, size_t Length, const char *Format, ...);

DDI int RtlpCrt_swscanf_s(const WCHAR *Input, const WCHAR *Format, ...);

DDI int RtlpCrt__snwscanf_s(const WCHAR *Input, size_t Length, const WCHAR *Format, ...);

#endif
