/* SPDX-License-Identifier: MIT */
/* Character classes the kernel exports. */
#ifndef WDK_CRT_CTYPE_H
#define WDK_CRT_CTYPE_H
#ifdef __cplusplus
extern "C"
{
#endif
    int isdigit(int character);
    int islower(int character);
    int isprint(int character);
    int isspace(int character);
    int isupper(int character);
    int isalnum(int character);
    int isalpha(int character);
    int isxdigit(int character);
    int tolower(int character);
    int toupper(int character);
#ifdef __cplusplus
}
#endif
#endif
