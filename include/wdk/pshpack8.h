/* SPDX-License-Identifier: MIT */
/* Structures are packed to 8 until poppack.h. Included many times on purpose: no guard. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpragma-pack"
#endif
#pragma pack(push, 8)
