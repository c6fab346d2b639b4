/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic of the emulator: the processor itself computes result and flags.
 */
#ifndef HW_CORE_ALU_H
#define HW_CORE_ALU_H

#include <stdbool.h>
#include <stdint.h>

#include "host/insn.h"

#define HW_FLAG_CF 0x001u
#define HW_FLAG_PF 0x004u
#define HW_FLAG_AF 0x010u
#define HW_FLAG_ZF 0x040u
#define HW_FLAG_SF 0x080u
#define HW_FLAG_IF 0x200u
#define HW_FLAG_DF 0x400u
#define HW_FLAG_OF 0x800u
#define HW_FLAG_AC 0x40000u

/* The flags that arithmetic changes. */
#define HW_FLAGS_STATUS \
    (HW_FLAG_CF | HW_FLAG_PF | HW_FLAG_AF | HW_FLAG_ZF | HW_FLAG_SF | HW_FLAG_OF)

/* add or adc sbb and sub xor cmp test. cmp and test return `dst`. `size` is 1, 2, 4 or 8 bytes;
 * higher bits of the operands do not count and those of the result are zero. */
uint64_t hw_alu_binary(enum host_insn_kind kind,
                       unsigned size,
                       uint64_t dst,
                       uint64_t src,
                       uint64_t *rflags);

/* inc dec not neg */
uint64_t hw_alu_unary(enum host_insn_kind kind, unsigned size, uint64_t dst, uint64_t *rflags);

/* rol ror rcl rcr shl shr sar, count as in CL */
uint64_t hw_alu_shift(enum host_insn_kind kind,
                      unsigned size,
                      uint64_t dst,
                      uint64_t count,
                      uint64_t *rflags);

/* shld shrd; size 2, 4 or 8 */
uint64_t hw_alu_double_shift(enum host_insn_kind kind,
                             unsigned size,
                             uint64_t dst,
                             uint64_t src,
                             uint64_t count,
                             uint64_t *rflags);

/* bsf bsr tzcnt lzcnt popcnt. False when the destination stays as it is (bsf, bsr of zero). */
bool hw_alu_count_bits(enum host_insn_kind kind,
                       unsigned size,
                       uint64_t src,
                       uint64_t *result,
                       uint64_t *rflags);

/* Full product: low and high half of `size` bytes each. */
void hw_alu_multiply(bool is_signed,
                     unsigned size,
                     uint64_t a,
                     uint64_t b,
                     uint64_t *low,
                     uint64_t *high,
                     uint64_t *rflags);

/* Divides high:low by `divisor`; false is a divide error. */
bool hw_alu_divide(bool is_signed,
                   unsigned size,
                   uint64_t low,
                   uint64_t high,
                   uint64_t divisor,
                   uint64_t *quotient,
                   uint64_t *remainder);

uint64_t hw_truncate(uint64_t value, unsigned size);
uint64_t hw_sign_extend(uint64_t value, unsigned size);

#endif
