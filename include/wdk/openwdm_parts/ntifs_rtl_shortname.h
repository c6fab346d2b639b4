// SPDX-License-Identifier: MIT
// Owns short file names as ntifs.h declares them.
#ifndef OPENWDM_NTIFS_RTL_SHORTNAME_H
#define OPENWDM_NTIFS_RTL_SHORTNAME_H

#include <wdm.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct _GENERATE_NAME_CONTEXT
    {
        USHORT Checksum;
        BOOLEAN CheckSumInserted;
        UCHAR NameLength;
        WCHAR NameBuffer[8];
        ULONG ExtensionLength;
        WCHAR ExtensionBuffer[4];
        ULONG LastIndexValue;
    } GENERATE_NAME_CONTEXT, *PGENERATE_NAME_CONTEXT;

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlGenerate8dot3Name(_In_ PCUNICODE_STRING Name,
                                                 _In_ BOOLEAN AllowExtendedCharacters,
                                                 _Inout_ PGENERATE_NAME_CONTEXT Context,
                                                 _Inout_ PUNICODE_STRING Name8dot3);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsNameLegalDOS8Dot3(_In_ PCUNICODE_STRING Name,
                                                  _Inout_opt_ POEM_STRING OemName,
                                                  _Out_opt_ PBOOLEAN NameContainsSpaces);

#ifdef __cplusplus
}
#endif

#endif
