// SPDX-License-Identifier: MIT
// What bad_export_library.sys exports.
#ifndef BAD_EXPORT_LIBRARY_H
#define BAD_EXPORT_LIBRARY_H

#ifdef LIBRARY_BUILD
#define LIBRARY_API
#else
#define LIBRARY_API __declspec(dllimport)
#endif

// A timer in pool of the library, due after an hour; and its end.
LIBRARY_API NTSTATUS LibraryKeepTimer(VOID);
LIBRARY_API VOID LibraryReturnTimer(VOID);
// A thread that runs code of the library for another 50 ms.
LIBRARY_API NTSTATUS LibraryStartThread(VOID);

#endif
