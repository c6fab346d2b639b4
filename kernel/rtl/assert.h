// SPDX-License-Identifier: MIT
// Assertions about the kernel's own code: always on, never about what a driver did (that is
// KeBugCheckEx or a verifier report). Both print the values involved and stop the process.
#ifndef RTL_ASSERT_H
#define RTL_ASSERT_H

#include <ntdef.h>

// Prints through RtlHooks.AssertFailed and does not return. Weak, so that a test program can put
// its own in its place. A and B are the two sides of NT_ASSERT_EQ and 0 otherwise.
void RtlAssertFailed(const char *File, int Line, const char *Text, ULONG64 A, ULONG64 B)
    __attribute__((noreturn, cold));

#define NT_ASSERT(Condition) \
    ((Condition) ? (void)0 : RtlAssertFailed(__FILE__, __LINE__, #Condition, 0, 0))

#define NT_ASSERT_EQ(A, B)                                                         \
    do                                                                             \
    {                                                                              \
        const ULONG64 assertA_ = (ULONG64)(A);                                     \
        const ULONG64 assertB_ = (ULONG64)(B);                                     \
        if (__builtin_expect(assertA_ != assertB_, 0))                             \
        {                                                                          \
            RtlAssertFailed(__FILE__, __LINE__, #A " == " #B, assertA_, assertB_); \
        }                                                                          \
    } while (0)

#endif
