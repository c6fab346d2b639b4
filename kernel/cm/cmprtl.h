/* SPDX-License-Identifier: MIT */
/*
 * Private to kernel/cm: what the run-time library's registry routines share.
 */
#ifndef CM_CMPRTL_H
#define CM_CMPRTL_H

#include "cmp.h"

/* Opens or creates the key that RelativeTo and Path name. */
NTSTATUS
CmpOpenRelative(ULONG RelativeTo, PCWSTR Path, BOOLEAN Create, ACCESS_MASK Access, PHANDLE Handle);

/* Closes what CmpOpenRelative opened: not a handle that the caller brought. */
void CmpCloseRelative(ULONG RelativeTo, HANDLE Handle);

/* All of a value in pool with CMP_TAG, with a terminating zero character after it. */
NTSTATUS
CmpReadValue(HANDLE Key, PUNICODE_STRING Name, PKEY_VALUE_PARTIAL_INFORMATION *Value);

#endif
