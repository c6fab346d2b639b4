/* SPDX-License-Identifier: MIT */
/*
 * One decoded x64 instruction, reduced to what the emulator (hw/core) and the loader's patcher
 * (kernel/ldr) need. The decoding library stays behind host/insn.c. Takes no lock, any IRQL.
 */
#ifndef HOST_INSN_H
#define HOST_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/trap.h"

#define HOST_INSN_MAX_LENGTH   15
#define HOST_INSN_MAX_OPERANDS 4

enum host_insn_kind
{
    HOST_INSN_OTHER, /* valid, but none of the below */

    /* Port input and output. The port is DX or operand immediate; see host_operand. */
    HOST_INSN_IN,
    HOST_INSN_OUT,
    HOST_INSN_INS,
    HOST_INSN_OUTS,

    /* System registers and processor control. */
    HOST_INSN_RDMSR,
    HOST_INSN_WRMSR,
    HOST_INSN_RDPMC,
    HOST_INSN_RDTSC,
    HOST_INSN_RDTSCP,
    HOST_INSN_CPUID,
    HOST_INSN_CLI,
    HOST_INSN_STI,
    HOST_INSN_HLT,
    HOST_INSN_INVLPG,
    HOST_INSN_INVPCID,
    HOST_INSN_INVD,
    HOST_INSN_WBINVD,
    HOST_INSN_MOV_FROM_CR,
    HOST_INSN_MOV_TO_CR,
    HOST_INSN_MOV_FROM_DR,
    HOST_INSN_MOV_TO_DR,
    HOST_INSN_SWAPGS,
    HOST_INSN_LGDT,
    HOST_INSN_LIDT,
    HOST_INSN_SGDT,
    HOST_INSN_SIDT,
    HOST_INSN_LLDT,
    HOST_INSN_SLDT,
    HOST_INSN_LTR,
    HOST_INSN_STR,
    HOST_INSN_CLTS,
    HOST_INSN_LMSW,
    HOST_INSN_SMSW,
    HOST_INSN_XSETBV,
    HOST_INSN_XGETBV,
    HOST_INSN_CLAC,
    HOST_INSN_STAC,
    HOST_INSN_MONITOR,
    HOST_INSN_MWAIT,
    HOST_INSN_RDFSBASE,
    HOST_INSN_RDGSBASE,
    HOST_INSN_WRFSBASE,
    HOST_INSN_WRGSBASE,
    HOST_INSN_PUSHF,
    HOST_INSN_POPF,
    HOST_INSN_VIRTUALIZATION, /* VMX and SVM */
    HOST_INSN_INT,            /* vector in `immediate`; int3 is 3, int1 is 1 */
    HOST_INSN_UD,             /* ud0, ud1, ud2 */
    HOST_INSN_IRET,
    HOST_INSN_SYSCALL, /* syscall, sysenter */
    HOST_INSN_SYSRET,  /* sysret, sysexit */

    /* Flow. `branch` says more. */
    HOST_INSN_JMP,
    HOST_INSN_JCC, /* jcc, jrcxz, loop */
    HOST_INSN_CALL,
    HOST_INSN_RET,

    /* Data transfer. */
    HOST_INSN_MOV, /* mov, movnti */
    HOST_INSN_MOVZX,
    HOST_INSN_MOVSX, /* and movsxd */
    HOST_INSN_MOVBE,
    HOST_INSN_LEA,
    HOST_INSN_XCHG,
    HOST_INSN_PUSH,
    HOST_INSN_POP,
    HOST_INSN_CMOVCC,
    HOST_INSN_SETCC,
    HOST_INSN_CMPXCHG,
    HOST_INSN_CMPXCHG8B,
    HOST_INSN_CMPXCHG16B,
    HOST_INSN_XADD,
    HOST_INSN_VECTOR_MOVE, /* see vector_form */
    HOST_INSN_HINT,        /* prefetch, nop, clflush: no data moves */

    /* String instructions; element size in operand_size. */
    HOST_INSN_MOVS,
    HOST_INSN_STOS,
    HOST_INSN_LODS,
    HOST_INSN_CMPS,
    HOST_INSN_SCAS,

    /* Arithmetic and logic, in x86 opcode order where there is one. */
    HOST_INSN_ADD,
    HOST_INSN_OR,
    HOST_INSN_ADC,
    HOST_INSN_SBB,
    HOST_INSN_AND,
    HOST_INSN_SUB,
    HOST_INSN_XOR,
    HOST_INSN_CMP,
    HOST_INSN_TEST,
    HOST_INSN_INC,
    HOST_INSN_DEC,
    HOST_INSN_NOT,
    HOST_INSN_NEG,
    HOST_INSN_MUL,
    HOST_INSN_IMUL, /* one, two or three operands */
    HOST_INSN_DIV,
    HOST_INSN_IDIV,
    HOST_INSN_ROL,
    HOST_INSN_ROR,
    HOST_INSN_RCL,
    HOST_INSN_RCR,
    HOST_INSN_SHL,
    HOST_INSN_SHR,
    HOST_INSN_SAR,
    HOST_INSN_SHLD,
    HOST_INSN_SHRD,
    HOST_INSN_SHLX,
    HOST_INSN_SHRX,
    HOST_INSN_SARX,
    HOST_INSN_RORX,
    HOST_INSN_ANDN,
    HOST_INSN_BT,
    HOST_INSN_BTS,
    HOST_INSN_BTR,
    HOST_INSN_BTC,
    HOST_INSN_BSF,
    HOST_INSN_BSR,
    HOST_INSN_TZCNT,
    HOST_INSN_LZCNT,
    HOST_INSN_POPCNT,

    HOST_INSN_KIND_COUNT
};

enum host_operand_type
{
    HOST_OPERAND_NONE,
    HOST_OPERAND_REGISTER,
    HOST_OPERAND_MEMORY,   /* described by host_insn.memory */
    HOST_OPERAND_IMMEDIATE /* value in host_operand.immediate; branch targets are not operands */
};

enum host_register_class
{
    HOST_CLASS_GPR,
    HOST_CLASS_GPR_HIGH8, /* ah, ch, dh, bh: reg is 0..3, bits 8..15 */
    HOST_CLASS_VECTOR,    /* xmm, ymm, zmm by size */
    HOST_CLASS_SEGMENT,   /* es cs ss ds fs gs = 0..5 */
    HOST_CLASS_CONTROL,
    HOST_CLASS_DEBUG,
    HOST_CLASS_OTHER /* x87, mmx, mask, bound, ... */
};

#define HOST_OPERAND_READ  1u
#define HOST_OPERAND_WRITE 2u

struct host_operand
{
    uint8_t type;           /* enum host_operand_type */
    uint8_t register_class; /* enum host_register_class */
    uint8_t reg;
    uint8_t size;       /* bytes; 0 where the instruction gives none */
    uint8_t actions;    /* HOST_OPERAND_READ | HOST_OPERAND_WRITE */
    uint64_t immediate; /* sign extended where the instruction does so */
};

/* Segment numbers, in x86 encoding order. */
enum host_segment
{
    HOST_SEGMENT_ES,
    HOST_SEGMENT_CS,
    HOST_SEGMENT_SS,
    HOST_SEGMENT_DS,
    HOST_SEGMENT_FS,
    HOST_SEGMENT_GS
};

#define HOST_REG_NONE 0xff
#define HOST_REG_RIP  0x10

struct host_memory_operand
{
    uint8_t segment; /* enum host_segment */
    uint8_t base;    /* 0..15, HOST_REG_RIP or HOST_REG_NONE */
    uint8_t index;   /* 0..15 or HOST_REG_NONE */
    uint8_t scale;
    uint8_t size;         /* bytes accessed */
    uint8_t address_size; /* 4 or 8 */
    int64_t displacement;
};

/* How a HOST_INSN_VECTOR_MOVE between memory and a vector register moves. */
enum host_vector_form
{
    HOST_VECTOR_NONE,
    HOST_VECTOR_FULL,      /* the whole register operand */
    HOST_VECTOR_LOW_ZERO,  /* low element; a load clears the rest of the xmm register */
    HOST_VECTOR_LOW_MERGE, /* low 8 bytes; a load keeps the others */
    HOST_VECTOR_HIGH_MERGE /* high 8 bytes of the xmm register */
};

enum host_branch
{
    HOST_BRANCH_NONE,
    HOST_BRANCH_JUMP,
    HOST_BRANCH_CONDITIONAL,
    HOST_BRANCH_CALL,
    HOST_BRANCH_RETURN
};

enum host_rep
{
    HOST_REP_NONE,
    HOST_REP, /* rep, repe */
    HOST_REPNE
};

struct host_insn
{
    uint64_t address; /* as given to host_insn_decode */
    uint8_t length;
    uint8_t kind;         /* enum host_insn_kind */
    uint8_t operand_size; /* bytes: 1, 2, 4, 8; element size of string instructions */
    uint8_t address_size; /* bytes: 4, 8 */
    uint8_t condition;    /* x86 condition code 0..15 of jcc, setcc, cmovcc */
    uint8_t rep;          /* enum host_rep */
    bool lock;
    bool vex;            /* VEX or EVEX encoded: bits above a written vector operand become zero */
    bool masked;         /* EVEX write mask or broadcast in use */
    bool aligned;        /* vector access must be naturally aligned */
    uint8_t vector_form; /* enum host_vector_form */

    uint8_t operand_count;
    struct host_operand operands[HOST_INSN_MAX_OPERANDS]; /* explicit ones, destination first */
    bool has_memory;
    struct host_memory_operand memory; /* string instructions: only `segment` of the source */
    uint64_t immediate;                /* of the first immediate operand */

    /* For those who move or patch code. Offsets count from the first byte; 0 means none. */
    uint8_t branch; /* enum host_branch */
    bool branch_direct;
    uint64_t branch_target; /* when branch_direct */
    uint8_t branch_offset;  /* of the relative displacement */
    uint8_t branch_size;    /* its size: 1, 4 */
    bool rip_relative;
    uint64_t rip_target;         /* absolute, when rip_relative */
    uint8_t displacement_offset; /* of the memory displacement, rip relative or not */
    uint8_t displacement_size;
    uint8_t immediate_offset; /* of the first immediate */
    uint8_t immediate_size;
    uint16_t gpr_read; /* one bit per register, implicit operands included */
    uint16_t gpr_written;
    uint32_t flags_read; /* rflags bits tested */
    uint32_t flags_written;
};

/* Decodes the instruction that begins at `bytes` and runs at `address`. The caller has made sure
 * that `size` bytes (15 suffice) may be read. False for an invalid or truncated instruction. */
bool host_insn_decode(const void *bytes, size_t size, uint64_t address, struct host_insn *insn);

/* The linear address of insn->memory for these registers. `fs_base` and `gs_base` are added for
 * operands in those segments. Meaningless when !insn->has_memory. */
uint64_t host_insn_effective_address(const struct host_insn *insn,
                                     const struct host_trap *trap,
                                     uint64_t fs_base,
                                     uint64_t gs_base);

/* True if condition code 0..15 holds for these flags. */
bool host_insn_condition(unsigned condition, uint64_t rflags);

/* True for kinds that fault when run outside ring 0 (iret and syscall excepted). */
bool host_insn_privileged(const struct host_insn *insn);

#endif
