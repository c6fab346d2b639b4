/* SPDX-License-Identifier: MIT */
/*
 * Each operation runs natively between loading and storing the status flags, so results and flags
 * (undefined ones included) are those of a processor. No state, any IRQL.
 */
#include "hw/core/alu.h"

uint64_t
hw_truncate(uint64_t value, unsigned size)
{
    return size >= 8 ? value : value & ((1ull << (size * 8)) - 1);
}

uint64_t
hw_sign_extend(uint64_t value, unsigned size)
{
    switch (size)
    {
    case 1:
        return (uint64_t)(int64_t)(int8_t)value;
    case 2:
        return (uint64_t)(int64_t)(int16_t)value;
    case 4:
        return (uint64_t)(int64_t)(int32_t)value;
    default:
        return value;
    }
}

/* Flags on their way through lahf and sahf: those go through ah, and overflow separately. */
struct native_flags
{
    uint64_t ax;
    uint64_t overflow;
};

static struct native_flags
to_native(uint64_t rflags)
{
    return (struct native_flags){.ax = (rflags & 0xff) << 8, .overflow = (rflags >> 11) & 1};
}

static void
from_native(const struct native_flags *native, uint64_t *rflags)
{
    uint64_t status = ((native->ax >> 8) & 0xff) | ((native->ax & 1) << 11);
    *rflags = (*rflags & ~(uint64_t)HW_FLAGS_STATUS) | (status & HW_FLAGS_STATUS);
}

/* 127 + 1 overflows and 127 + 0 does not; sahf then leaves the overflow flag alone. */
#define FLAGS_IN               "addb $127, %b[of]\n\tsahf\n\t"
#define FLAGS_OUT              "\n\tlahf\n\tseto %%al"
#define FLAGS_OPERANDS(Native) [dst] "+r"(dst), [ax] "+a"((Native).ax), [of] "+q"((Native).overflow)

#define RUN_BINARY(Text, Modifier)                                            \
    __asm__(FLAGS_IN Text " %" Modifier "[src], %" Modifier "[dst]" FLAGS_OUT \
            : FLAGS_OPERANDS(native)                                          \
            : [src] "r"(src)                                                  \
            : "cc")

#define RUN_UNARY(Text, Modifier) \
    __asm__(FLAGS_IN Text " %" Modifier "[dst]" FLAGS_OUT : FLAGS_OPERANDS(native) : : "cc")

#define RUN_SHIFT(Text, Modifier)                               \
    __asm__(FLAGS_IN Text " %%cl, %" Modifier "[dst]" FLAGS_OUT \
            : FLAGS_OPERANDS(native)                            \
            : "c"(count)                                        \
            : "cc")

#define RUN_DOUBLE_SHIFT(Text, Modifier)                                            \
    __asm__(FLAGS_IN Text " %%cl, %" Modifier "[src], %" Modifier "[dst]" FLAGS_OUT \
            : FLAGS_OPERANDS(native)                                                \
            : [src] "r"(src), "c"(count)                                            \
            : "cc")

#define FOR_SIZES(Run, Text)    \
    do                          \
    {                           \
        switch (size)           \
        {                       \
        case 1:                 \
            Run(Text "b", "b"); \
            break;              \
        case 2:                 \
            Run(Text "w", "w"); \
            break;              \
        case 4:                 \
            Run(Text "l", "k"); \
            break;              \
        default:                \
            Run(Text "q", "q"); \
            break;              \
        }                       \
    } while (0)

uint64_t
hw_alu_binary(enum host_insn_kind kind, unsigned size, uint64_t dst, uint64_t src, uint64_t *rflags)
{
    struct native_flags native = to_native(*rflags);
    uint64_t before = dst;
    switch (kind)
    {
    case HOST_INSN_ADD:
        FOR_SIZES(RUN_BINARY, "add");
        break;
    case HOST_INSN_OR:
        FOR_SIZES(RUN_BINARY, "or");
        break;
    case HOST_INSN_ADC:
        FOR_SIZES(RUN_BINARY, "adc");
        break;
    case HOST_INSN_SBB:
        FOR_SIZES(RUN_BINARY, "sbb");
        break;
    case HOST_INSN_AND:
        FOR_SIZES(RUN_BINARY, "and");
        break;
    case HOST_INSN_SUB:
        FOR_SIZES(RUN_BINARY, "sub");
        break;
    case HOST_INSN_XOR:
        FOR_SIZES(RUN_BINARY, "xor");
        break;
    case HOST_INSN_CMP:
        FOR_SIZES(RUN_BINARY, "sub");
        dst = before;
        break;
    default: /* test */
        FOR_SIZES(RUN_BINARY, "and");
        dst = before;
        break;
    }
    from_native(&native, rflags);
    return hw_truncate(dst, size);
}

uint64_t
hw_alu_unary(enum host_insn_kind kind, unsigned size, uint64_t dst, uint64_t *rflags)
{
    struct native_flags native = to_native(*rflags);
    switch (kind)
    {
    case HOST_INSN_INC:
        FOR_SIZES(RUN_UNARY, "inc");
        break;
    case HOST_INSN_DEC:
        FOR_SIZES(RUN_UNARY, "dec");
        break;
    case HOST_INSN_NEG:
        FOR_SIZES(RUN_UNARY, "neg");
        break;
    default: /* not: changes no flag */
        return hw_truncate(~dst, size);
    }
    from_native(&native, rflags);
    return hw_truncate(dst, size);
}

uint64_t
hw_alu_shift(enum host_insn_kind kind,
             unsigned size,
             uint64_t dst,
             uint64_t count,
             uint64_t *rflags)
{
    struct native_flags native = to_native(*rflags);
    switch (kind)
    {
    case HOST_INSN_ROL:
        FOR_SIZES(RUN_SHIFT, "rol");
        break;
    case HOST_INSN_ROR:
        FOR_SIZES(RUN_SHIFT, "ror");
        break;
    case HOST_INSN_RCL:
        FOR_SIZES(RUN_SHIFT, "rcl");
        break;
    case HOST_INSN_RCR:
        FOR_SIZES(RUN_SHIFT, "rcr");
        break;
    case HOST_INSN_SHL:
        FOR_SIZES(RUN_SHIFT, "shl");
        break;
    case HOST_INSN_SHR:
        FOR_SIZES(RUN_SHIFT, "shr");
        break;
    default:
        FOR_SIZES(RUN_SHIFT, "sar");
        break;
    }
    from_native(&native, rflags);
    return hw_truncate(dst, size);
}

uint64_t
hw_alu_double_shift(enum host_insn_kind kind,
                    unsigned size,
                    uint64_t dst,
                    uint64_t src,
                    uint64_t count,
                    uint64_t *rflags)
{
    struct native_flags native = to_native(*rflags);
    switch (size * 2 + (kind == HOST_INSN_SHRD))
    {
    case 4:
        RUN_DOUBLE_SHIFT("shldw", "w");
        break;
    case 5:
        RUN_DOUBLE_SHIFT("shrdw", "w");
        break;
    case 8:
        RUN_DOUBLE_SHIFT("shldl", "k");
        break;
    case 9:
        RUN_DOUBLE_SHIFT("shrdl", "k");
        break;
    case 16:
        RUN_DOUBLE_SHIFT("shldq", "q");
        break;
    default:
        RUN_DOUBLE_SHIFT("shrdq", "q");
        break;
    }
    from_native(&native, rflags);
    return hw_truncate(dst, size);
}

static void
set_flag(uint64_t *rflags, uint64_t flag, bool on)
{
    *rflags = on ? *rflags | flag : *rflags & ~flag;
}

bool
hw_alu_count_bits(enum host_insn_kind kind,
                  unsigned size,
                  uint64_t src,
                  uint64_t *result,
                  uint64_t *rflags)
{
    unsigned bits = size * 8;
    src = hw_truncate(src, size);
    unsigned leading = src ? (unsigned)__builtin_clzll(src) - (64 - bits) : bits;
    unsigned trailing = src ? (unsigned)__builtin_ctzll(src) : bits;
    switch (kind)
    {
    case HOST_INSN_BSF:
    case HOST_INSN_BSR:
        set_flag(rflags, HW_FLAG_ZF, src == 0);
        *result = kind == HOST_INSN_BSF ? trailing : bits - 1 - leading;
        return src != 0;
    case HOST_INSN_TZCNT:
    case HOST_INSN_LZCNT:
        *result = kind == HOST_INSN_TZCNT ? trailing : leading;
        set_flag(rflags, HW_FLAG_CF, src == 0);
        set_flag(rflags, HW_FLAG_ZF, *result == 0);
        return true;
    default: /* popcnt */
        *result = (unsigned)__builtin_popcountll(src);
        *rflags &= ~(uint64_t)HW_FLAGS_STATUS;
        set_flag(rflags, HW_FLAG_ZF, src == 0);
        return true;
    }
}

void
hw_alu_multiply(bool is_signed,
                unsigned size,
                uint64_t a,
                uint64_t b,
                uint64_t *low,
                uint64_t *high,
                uint64_t *rflags)
{
    unsigned __int128 product;
    bool overflow;
    if (is_signed)
    {
        product = (unsigned __int128)((__int128)(int64_t)hw_sign_extend(a, size) *
                                      (int64_t)hw_sign_extend(b, size));
    }
    else
    {
        product = (unsigned __int128)hw_truncate(a, size) * hw_truncate(b, size);
    }
    *low = hw_truncate((uint64_t)product, size);
    *high = hw_truncate((uint64_t)(product >> (size * 8)), size);
    if (is_signed)
    {
        bool negative = (*low >> (size * 8 - 1)) & 1;
        overflow = *high != (negative ? hw_truncate(UINT64_MAX, size) : 0);
    }
    else
    {
        overflow = *high != 0;
    }
    set_flag(rflags, HW_FLAG_CF, overflow);
    set_flag(rflags, HW_FLAG_OF, overflow);
}

static bool
divide_signed(unsigned size,
              unsigned __int128 dividend,
              uint64_t divisor,
              uint64_t *quotient,
              uint64_t *remainder)
{
    unsigned unused = 128 - size * 16;
    bool dividend_negative = (dividend >> (127 - unused)) & 1;
    bool divisor_negative = (divisor >> (size * 8 - 1)) & 1;
    unsigned __int128 limit = (unsigned __int128)1 << (size * 8 - 1);
    unsigned __int128 n = dividend_negative ? -dividend : dividend;
    uint64_t d = hw_truncate(divisor_negative ? -divisor : divisor, size);
    n = unused ? n & (((unsigned __int128)1 << (128 - unused)) - 1) : n;
    unsigned __int128 q = n / d;
    uint64_t r = (uint64_t)(n % d);
    bool negative = dividend_negative != divisor_negative;
    if (q > (negative ? limit : limit - 1))
    {
        return false;
    }
    *quotient = hw_truncate(negative ? -(uint64_t)q : (uint64_t)q, size);
    *remainder = hw_truncate(dividend_negative ? -r : r, size);
    return true;
}

bool
hw_alu_divide(bool is_signed,
              unsigned size,
              uint64_t low,
              uint64_t high,
              uint64_t divisor,
              uint64_t *quotient,
              uint64_t *remainder)
{
    unsigned __int128 dividend = hw_truncate(high, size);
    dividend = dividend << (size * 8) | hw_truncate(low, size);
    divisor = hw_truncate(divisor, size);
    if (divisor == 0)
    {
        return false;
    }
    if (is_signed)
    {
        return divide_signed(size, dividend, divisor, quotient, remainder);
    }
    unsigned __int128 q = dividend / divisor;
    if (q != hw_truncate((uint64_t)q, size))
    {
        return false;
    }
    *quotient = (uint64_t)q;
    *remainder = (uint64_t)(dividend % divisor);
    return true;
}
