// SPDX-License-Identifier: MIT
// Bounded text building for the loader's one-line messages.
//
// The kernel has no printf of its own below ke, and the parser must stay free of dependencies;
// these lines need only strings, decimal and hexadecimal numbers.

#ifndef OPENWDM_KERNEL_LDR_TEXT_H
#define OPENWDM_KERNEL_LDR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// %s string, %u unsigned 32-bit, %x unsigned 32-bit as 0x1F, %l unsigned 64-bit as 0x1F, %%.
// Bytes of a %s argument outside printable ASCII and UTF-8 become '?': names come from files that
// may try to talk to the terminal. Always terminates Buffer; returns the length written.
size_t
LdrpFormatV(char *Buffer, size_t BufferSize, const char *Format, __builtin_va_list Arguments);

size_t LdrpFormat(char *Buffer, size_t BufferSize, const char *Format, ...);

size_t LdrpLength(const char *String, size_t Limit);

bool LdrpEqual(const char *Left, const char *Right);

// ASCII case is ignored, as in module names.
bool LdrpEqualNoCase(const char *Left, const char *Right);

void LdrpCopyText(char *Buffer, size_t BufferSize, const char *Source);

#endif
