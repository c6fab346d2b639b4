/* SPDX-License-Identifier: MIT */
/* Structures are packed to 2 until poppack.h. Included many times on purpose: no guard. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpragma-pack"
#endif
#pragma pack(push, 2)
