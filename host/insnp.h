/* SPDX-License-Identifier: MIT */
/*
 * Private to host/insn*.c: tables indexed by Zydis mnemonic. A mnemonic without a row reads as 0.
 */
#ifndef HOST_INSNP_H
#define HOST_INSNP_H

#include "host/insn.h"

#include <Zydis/Zydis.h>

/* enum host_insn_kind. MOVSD and CMPSD name a string and an SSE instruction; the row is that of
 * the string instruction. */
extern const uint8_t host_insn_kind_of_mnemonic[ZYDIS_MNEMONIC_MAX_VALUE + 1];

/* Vector moves between memory and a register. Low bits: enum host_vector_form; the flag says that
 * a misaligned operand raises #GP. */
#define HOST_VECTOR_ALIGNED 0x80
extern const uint8_t host_insn_form_of_mnemonic[ZYDIS_MNEMONIC_MAX_VALUE + 1];

/* x86 condition codes; 0 is `o`, so the table holds the code plus one. */
extern const uint8_t host_insn_condition_of_mnemonic[ZYDIS_MNEMONIC_MAX_VALUE + 1];

#endif
