// SPDX-License-Identifier: MIT
// What the lowest-level driver io_lower and the drivers above it have in common.
#ifndef GUEST_IO_PAIR_H
#define GUEST_IO_PAIR_H

#define LOWER_BUFFERED  L"\\Device\\IoLowerBuffered"
#define LOWER_DIRECT    L"\\Device\\IoLowerDirect"
#define LOWER_NEITHER   L"\\Device\\IoLowerNeither"
#define LOWER_EXCLUSIVE L"\\Device\\IoLowerExclusive"
#define LOWER_SIZE      256u // bytes a device stores
#define LOWER_BIGGEST   64u  // bytes it transfers at once

#define LOWER_CODE(Function, Method, Access) \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800 + (Function), Method, Access)
#define IOCTL_LOWER_COUNTS LOWER_CODE(0, METHOD_BUFFERED, FILE_ANY_ACCESS)   // out: LOWER_COUNTS
#define IOCTL_LOWER_FILL   LOWER_CODE(1, METHOD_BUFFERED, FILE_WRITE_ACCESS) // in: ULONG
#define IOCTL_LOWER_SLOW   LOWER_CODE(2, METHOD_BUFFERED, FILE_ANY_ACCESS)   // out: ULONG, later
#define IOCTL_LOWER_HOLD   LOWER_CODE(3, METHOD_BUFFERED, FILE_ANY_ACCESS)   // until cancelled
#define IOCTL_LOWER_NAME   LOWER_CODE(4, METHOD_BUFFERED, FILE_ANY_ACCESS)   // internal only

typedef struct _LOWER_COUNTS
{
    ULONG Creates, Cleanups, Closes;
    ULONG Reads, Writes, Controls;
    ULONG Flushes, Shutdowns;
    ULONG Pnp, Power, SystemControl;
    ULONG FileSystemControl;
} LOWER_COUNTS, *PLOWER_COUNTS;

#endif
