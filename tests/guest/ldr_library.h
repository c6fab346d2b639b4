// SPDX-License-Identifier: MIT
// What ldr_library.sys and ldr_library_base.sys export.
#ifndef LDR_LIBRARY_H
#define LDR_LIBRARY_H

typedef VOID LIBRARY_CALLBACK(PVOID Context);

NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath);
NTSTATUS DllUnload(VOID);

#if defined(LIBRARY_BUILD)
#define LIBRARY_IMPORT
#else
#define LIBRARY_IMPORT __declspec(dllimport)
#endif

LONG BaseAddUser(LONG Delta);
VOID BaseGuarded(LIBRARY_CALLBACK *Callback, PVOID Context, PLONG Finally);

LIBRARY_IMPORT ULONG LibraryVersion(VOID);
LIBRARY_IMPORT ULONG LibraryHidden(ULONG Value); // exported by ordinal 40 only
LIBRARY_IMPORT extern ULONG LibraryCounter;      // a variable

// Forwarders: to the kernel, to the driver below, and to the library itself.
LIBRARY_IMPORT ULONGLONG LibraryTime(VOID);
LIBRARY_IMPORT LONG LibraryAddUser(LONG Delta);
LIBRARY_IMPORT VOID LibraryGuarded(LIBRARY_CALLBACK *Callback, PVOID Context, PLONG Finally);
LIBRARY_IMPORT ULONG LibrarySame(VOID);

// Only in the import library of a version that is not there.
LIBRARY_IMPORT VOID LibraryNewer(VOID);
LIBRARY_IMPORT VOID LibraryNewerHidden(VOID);

#endif
