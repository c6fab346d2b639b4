/* SPDX-License-Identifier: MIT */
/*
 * cm: the registry, a tree of keys in memory under \Registry, and the callbacks that filter it.
 * What other folders may use; documented routines are not repeated.
 */
#ifndef CM_CM_H
#define CM_CM_H

#include "ntddk.h"

#include "ob/ob.h"

/* The Key type, \Registry and the keys that every machine has. Needs ob. */
NTSTATUS
CmInitSystem(void);

/* Makes sure that \Registry\Machine\System\CurrentControlSet\Services\<ServiceName> and its
 * Parameters key exist, and gives what is missing of ImagePath, Type, Start, ErrorControl and
 * DisplayName its usual value: what an INF's service-install section would have written. ImagePath
 * is derived from FileName, a host path of which only the last part counts; may be NULL. */
NTSTATUS
CmCreateService(_In_ PCUNICODE_STRING ServiceName, _In_opt_ const char *FileName);

/* Creates the key at an absolute path with all keys on the way, and sets a value in it when
 * ValueName is not NULL. No callbacks, no notifications of access: for boot and import. */
NTSTATUS
CmSetValue(_In_ PCUNICODE_STRING Path,
           _In_opt_ PCUNICODE_STRING ValueName,
           _In_ ULONG Type,
           _In_reads_bytes_opt_(Size) const void *Data,
           _In_ ULONG Size);

/* Deletes a value, or, with ValueName NULL, the key and everything below. */
NTSTATUS
CmDelete(_In_ PCUNICODE_STRING Path, _In_opt_ PCUNICODE_STRING ValueName);

/* What a walk over a key reports: a value (Name, Type, Data) or a subkey (Data NULL, Type ~0). */
typedef struct _CM_ENTRY
{
    PCUNICODE_STRING Name;
    ULONG Type;
    const void *Data;
    ULONG Size;
    BOOLEAN IsKey;
} CM_ENTRY;

/* Values, then subkeys, of the key at Path, until FALSE. */
NTSTATUS
CmForEachEntry(_In_ PCUNICODE_STRING Path,
               BOOLEAN (*Routine)(const CM_ENTRY *Entry, PVOID Context),
               PVOID Context);

/* Registered registry callbacks, until FALSE: for unload reports. */
void
CmForEachCallback(BOOLEAN (*Routine)(PVOID Function, PVOID Caller, PVOID Context), PVOID Context);

#endif
