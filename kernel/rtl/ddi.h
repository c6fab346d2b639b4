// SPDX-License-Identifier: MIT
// How the kernel marks what drivers can call. Owns no state.
#ifndef RTL_DDI_H
#define RTL_DDI_H

#include <ntdef.h>

// Goes in front of the definition of every function that drivers import. Drivers are PE images, so
// their calls arrive with the Microsoft x64 convention; the visibility keeps the symbol for the
// generated export table even when everything else is hidden.
#define DDI __attribute__((ms_abi, visibility("default")))

// Marks kernel functions whose address is handed to drivers as a callback, but which no driver
// imports by name.
#define DDI_CALLBACK __attribute__((ms_abi))

// A variable argument list of a ms_abi function. Both compilers represent it as a pointer to
// consecutive eight-byte slots.
typedef __builtin_ms_va_list RTLP_VA_LIST;
#define RTLP_VA_START(List, LastParameter) __builtin_ms_va_start(List, LastParameter)
#define RTLP_VA_END(List)                  __builtin_ms_va_end(List)

#endif
