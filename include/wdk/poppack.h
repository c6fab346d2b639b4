/* SPDX-License-Identifier: MIT */
/* Ends what a pshpackN.h began. Included many times on purpose: no guard. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpragma-pack"
#endif
#pragma pack(pop)
