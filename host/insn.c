/* SPDX-License-Identifier: MIT */
/*
 * Decoding: maps Zydis' view of an instruction to struct host_insn. Owns the decoder, which never
 * changes after its first use. No lock, any IRQL.
 */
#include "host/insnp.h"

#include <string.h>

static ZydisDecoder decoder;

static bool
decoder_ready(void)
{
    static bool ready;
    if (!ready)
    {
        ready = ZYAN_SUCCESS(
            ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64));
    }
    return ready;
}

/* Number of the 64-bit register that contains a general register; HOST_REG_NONE for others. */
static uint8_t
gpr_number(ZydisRegister reg)
{
    if (reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP)
    {
        return HOST_REG_RIP;
    }
    ZydisRegister full = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
    if (full < ZYDIS_REGISTER_RAX || full > ZYDIS_REGISTER_R15)
    {
        return HOST_REG_NONE;
    }
    return (uint8_t)(full - ZYDIS_REGISTER_RAX);
}

static uint8_t
segment_number(ZydisRegister reg)
{
    switch (reg)
    {
    case ZYDIS_REGISTER_ES:
        return HOST_SEGMENT_ES;
    case ZYDIS_REGISTER_CS:
        return HOST_SEGMENT_CS;
    case ZYDIS_REGISTER_SS:
        return HOST_SEGMENT_SS;
    case ZYDIS_REGISTER_FS:
        return HOST_SEGMENT_FS;
    case ZYDIS_REGISTER_GS:
        return HOST_SEGMENT_GS;
    default:
        return HOST_SEGMENT_DS;
    }
}

static void
convert_register(ZydisRegister reg, struct host_operand *operand)
{
    operand->type = HOST_OPERAND_REGISTER;
    switch (ZydisRegisterGetClass(reg))
    {
    case ZYDIS_REGCLASS_GPR8:
        if (reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH)
        {
            operand->register_class = HOST_CLASS_GPR_HIGH8;
            operand->reg = (uint8_t)(reg - ZYDIS_REGISTER_AH);
            return;
        }
        operand->register_class = HOST_CLASS_GPR;
        operand->reg = gpr_number(reg);
        return;
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
        operand->register_class = HOST_CLASS_GPR;
        operand->reg = gpr_number(reg);
        return;
    case ZYDIS_REGCLASS_XMM:
    case ZYDIS_REGCLASS_YMM:
    case ZYDIS_REGCLASS_ZMM:
        operand->register_class = HOST_CLASS_VECTOR;
        break;
    case ZYDIS_REGCLASS_SEGMENT:
        operand->register_class = HOST_CLASS_SEGMENT;
        operand->reg = segment_number(reg);
        return;
    case ZYDIS_REGCLASS_CONTROL:
        operand->register_class = HOST_CLASS_CONTROL;
        break;
    case ZYDIS_REGCLASS_DEBUG:
        operand->register_class = HOST_CLASS_DEBUG;
        break;
    default:
        operand->register_class = HOST_CLASS_OTHER;
        break;
    }
    operand->reg = (uint8_t)ZydisRegisterGetId(reg);
}

static void
convert_memory(const ZydisDecodedOperand *source, struct host_insn *insn)
{
    const ZydisDecodedOperandMem *mem = &source->mem;
    struct host_memory_operand *memory = &insn->memory;
    /* VSIB and MIB operands have no single address; leaving has_memory unset keeps them out. */
    if (mem->type != ZYDIS_MEMOP_TYPE_MEM && mem->type != ZYDIS_MEMOP_TYPE_AGEN)
    {
        return;
    }
    insn->has_memory = true;
    memory->segment = segment_number(mem->segment);
    memory->base = mem->base == ZYDIS_REGISTER_NONE ? HOST_REG_NONE : gpr_number(mem->base);
    memory->index = mem->index == ZYDIS_REGISTER_NONE ? HOST_REG_NONE : gpr_number(mem->index);
    memory->scale = mem->scale;
    memory->size = (uint8_t)(source->size / 8);
    memory->address_size = insn->address_size;
    memory->displacement = mem->disp.has_displacement ? mem->disp.value : 0;
    insn->rip_relative = memory->base == HOST_REG_RIP;
    if (insn->rip_relative)
    {
        insn->rip_target = insn->address + insn->length + (uint64_t)memory->displacement;
        if (insn->address_size == 4)
        {
            insn->rip_target = (uint32_t)insn->rip_target;
        }
    }
}

static void
note_gpr_use(ZydisRegister reg, ZydisOperandActions actions, struct host_insn *insn)
{
    uint8_t number = reg == ZYDIS_REGISTER_NONE ? HOST_REG_NONE : gpr_number(reg);
    if (number > 15)
    {
        return;
    }
    if (actions & ZYDIS_OPERAND_ACTION_MASK_READ)
    {
        insn->gpr_read |= (uint16_t)(1u << number);
    }
    if (actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
    {
        insn->gpr_written |= (uint16_t)(1u << number);
    }
}

static void
convert_operand(const ZydisDecodedOperand *source, struct host_insn *insn)
{
    struct host_operand *operand = &insn->operands[insn->operand_count];
    if (source->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && source->imm.is_relative)
    {
        insn->branch_direct = true;
        return;
    }
    /* The write mask is not data; convert_vector says whether it is in use. */
    if (insn->operand_count == HOST_INSN_MAX_OPERANDS ||
        source->encoding == ZYDIS_OPERAND_ENCODING_MASK)
    {
        return;
    }
    insn->operand_count++;
    operand->size = (uint8_t)(source->size / 8);
    if (source->actions & ZYDIS_OPERAND_ACTION_MASK_READ)
    {
        operand->actions |= HOST_OPERAND_READ;
    }
    if (source->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
    {
        operand->actions |= HOST_OPERAND_WRITE;
    }
    switch (source->type)
    {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        convert_register(source->reg.value, operand);
        break;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        operand->type = HOST_OPERAND_MEMORY;
        convert_memory(source, insn);
        break;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        operand->type = HOST_OPERAND_IMMEDIATE;
        operand->immediate = source->imm.value.u;
        break;
    default:
        break;
    }
}

static void
convert_operands(const ZydisDecodedInstruction *source,
                 const ZydisDecodedOperand *operands,
                 struct host_insn *insn)
{
    for (unsigned i = 0; i < source->operand_count; i++)
    {
        const ZydisDecodedOperand *operand = &operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER)
        {
            note_gpr_use(operand->reg.value, operand->actions, insn);
        }
        else if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
        {
            note_gpr_use(operand->mem.base, ZYDIS_OPERAND_ACTION_READ, insn);
            note_gpr_use(operand->mem.index, ZYDIS_OPERAND_ACTION_READ, insn);
            /* String instructions hide their operands; the source may be in another segment. */
            if (operand->visibility != ZYDIS_OPERAND_VISIBILITY_EXPLICIT &&
                operand->mem.base != ZYDIS_REGISTER_RSP &&
                operand->mem.segment != ZYDIS_REGISTER_ES)
            {
                insn->memory.segment = segment_number(operand->mem.segment);
            }
        }
        bool fixed_count = operand->visibility == ZYDIS_OPERAND_VISIBILITY_IMPLICIT &&
                           insn->kind >= HOST_INSN_ROL && insn->kind <= HOST_INSN_SHRD;
        bool fixed_register = operand->visibility == ZYDIS_OPERAND_VISIBILITY_IMPLICIT &&
                              (insn->kind == HOST_INSN_IN || insn->kind == HOST_INSN_OUT ||
                               insn->kind == HOST_INSN_MOV || insn->kind == HOST_INSN_XCHG ||
                               (insn->kind >= HOST_INSN_ADD && insn->kind <= HOST_INSN_TEST));
        if (operand->visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT || fixed_count ||
            fixed_register)
        {
            convert_operand(operand, insn);
        }
    }
}

/* Names that Zydis shares between two instructions, and kinds that depend on operands. */
static uint8_t
refine_kind(const ZydisDecodedInstruction *source,
            const ZydisDecodedOperand *operands,
            uint8_t kind)
{
    bool string = source->meta.category == ZYDIS_CATEGORY_STRINGOP;
    if ((kind == HOST_INSN_MOVS || kind == HOST_INSN_CMPS) && !string)
    {
        kind = HOST_INSN_OTHER;
    }
    if (kind == HOST_INSN_MOV && source->operand_count_visible == 2)
    {
        ZydisRegisterClass to = operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER
                                    ? ZydisRegisterGetClass(operands[0].reg.value)
                                    : ZYDIS_REGCLASS_INVALID;
        ZydisRegisterClass from = operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER
                                      ? ZydisRegisterGetClass(operands[1].reg.value)
                                      : ZYDIS_REGCLASS_INVALID;
        kind = to == ZYDIS_REGCLASS_CONTROL     ? HOST_INSN_MOV_TO_CR
               : from == ZYDIS_REGCLASS_CONTROL ? HOST_INSN_MOV_FROM_CR
               : to == ZYDIS_REGCLASS_DEBUG     ? HOST_INSN_MOV_TO_DR
               : from == ZYDIS_REGCLASS_DEBUG   ? HOST_INSN_MOV_FROM_DR
                                                : kind;
    }
    if (kind != HOST_INSN_OTHER)
    {
        return kind;
    }
    switch (source->meta.category)
    {
    case ZYDIS_CATEGORY_COND_BR:
        return HOST_INSN_JCC;
    case ZYDIS_CATEGORY_SETCC:
        return HOST_INSN_SETCC;
    case ZYDIS_CATEGORY_CMOV:
        return HOST_INSN_CMOVCC;
    case ZYDIS_CATEGORY_PREFETCH:
    case ZYDIS_CATEGORY_PREFETCHWT1:
    case ZYDIS_CATEGORY_NOP:
    case ZYDIS_CATEGORY_WIDENOP:
        return HOST_INSN_HINT;
    case ZYDIS_CATEGORY_VTX:
        return HOST_INSN_VIRTUALIZATION;
    default:
        break;
    }
    return source->meta.isa_ext == ZYDIS_ISA_EXT_SVM ? HOST_INSN_VIRTUALIZATION : HOST_INSN_OTHER;
}

/* A vector move counts only when one operand is memory and the other a vector register. */
static void
convert_vector(const ZydisDecodedInstruction *source, struct host_insn *insn)
{
    uint8_t form = host_insn_form_of_mnemonic[source->mnemonic];
    if (form == HOST_VECTOR_NONE || !insn->has_memory || insn->kind == HOST_INSN_MOVS)
    {
        return;
    }
    for (unsigned i = 0; i < insn->operand_count; i++)
    {
        const struct host_operand *operand = &insn->operands[i];
        if (operand->type == HOST_OPERAND_REGISTER && operand->register_class != HOST_CLASS_VECTOR)
        {
            return;
        }
    }
    insn->kind = HOST_INSN_VECTOR_MOVE;
    insn->vector_form = form & 0x7f;
    insn->aligned = (form & HOST_VECTOR_ALIGNED) != 0;
    insn->vex = source->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY;
    insn->masked = (source->avx.mask.mode != ZYDIS_MASK_MODE_INVALID &&
                    source->avx.mask.mode != ZYDIS_MASK_MODE_DISABLED) ||
                   source->avx.broadcast.mode != ZYDIS_BROADCAST_MODE_INVALID;
}

static void
convert_branch(const ZydisDecodedInstruction *source, struct host_insn *insn)
{
    switch (insn->kind)
    {
    case HOST_INSN_JMP:
        insn->branch = HOST_BRANCH_JUMP;
        break;
    case HOST_INSN_JCC:
        insn->branch = HOST_BRANCH_CONDITIONAL;
        break;
    case HOST_INSN_CALL:
        insn->branch = HOST_BRANCH_CALL;
        break;
    case HOST_INSN_RET:
    case HOST_INSN_IRET:
    case HOST_INSN_SYSRET:
        insn->branch = HOST_BRANCH_RETURN;
        break;
    default:
        break;
    }
    if (insn->branch_direct)
    {
        insn->branch_offset = source->raw.imm[0].offset;
        insn->branch_size = (uint8_t)(source->raw.imm[0].size / 8);
        insn->branch_target = insn->address + insn->length + source->raw.imm[0].value.u;
    }
}

static void
convert_encoding(const ZydisDecodedInstruction *source, struct host_insn *insn)
{
    insn->lock = (source->attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0;
    if (source->attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE))
    {
        insn->rep = HOST_REP;
    }
    else if (source->attributes & ZYDIS_ATTRIB_HAS_REPNE)
    {
        insn->rep = HOST_REPNE;
    }
    insn->displacement_size = (uint8_t)(source->raw.disp.size / 8);
    insn->displacement_offset = insn->displacement_size ? source->raw.disp.offset : 0;
    if (!insn->branch_direct)
    {
        insn->immediate_size = (uint8_t)(source->raw.imm[0].size / 8);
        insn->immediate_offset = insn->immediate_size ? source->raw.imm[0].offset : 0;
    }
    if (source->cpu_flags)
    {
        insn->flags_read = source->cpu_flags->tested;
        insn->flags_written = source->cpu_flags->modified | source->cpu_flags->set_0 |
                              source->cpu_flags->set_1 | source->cpu_flags->undefined;
    }
    uint8_t condition = host_insn_condition_of_mnemonic[source->mnemonic];
    insn->condition = condition ? (uint8_t)(condition - 1) : 0;
}

static void
convert_immediate(const ZydisDecodedInstruction *source, struct host_insn *insn)
{
    if (source->mnemonic == ZYDIS_MNEMONIC_INT3)
    {
        insn->immediate = 3;
        return;
    }
    if (source->mnemonic == ZYDIS_MNEMONIC_INT1)
    {
        insn->immediate = 1;
        return;
    }
    for (unsigned i = 0; i < insn->operand_count; i++)
    {
        if (insn->operands[i].type == HOST_OPERAND_IMMEDIATE)
        {
            insn->immediate = insn->operands[i].immediate;
            return;
        }
    }
}

bool
host_insn_decode(const void *bytes, size_t size, uint64_t address, struct host_insn *insn)
{
    ZydisDecodedInstruction source;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    memset(insn, 0, sizeof *insn);
    if (!decoder_ready() ||
        !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, size, &source, operands)))
    {
        return false;
    }
    insn->address = address;
    insn->length = source.length;
    insn->operand_size = source.operand_width / 8;
    insn->address_size = source.address_width / 8;
    insn->memory.segment = HOST_SEGMENT_DS;
    insn->memory.base = HOST_REG_NONE;
    insn->memory.index = HOST_REG_NONE;
    insn->kind = refine_kind(&source, operands, host_insn_kind_of_mnemonic[source.mnemonic]);
    /* Ports are at most 32 bits wide; REX.W before ins and outs has no meaning. */
    if ((insn->kind == HOST_INSN_INS || insn->kind == HOST_INSN_OUTS) && insn->operand_size > 4)
    {
        insn->operand_size = 4;
    }
    convert_operands(&source, operands, insn);
    convert_vector(&source, insn);
    convert_branch(&source, insn);
    convert_encoding(&source, insn);
    convert_immediate(&source, insn);
    return true;
}

uint64_t
host_insn_effective_address(const struct host_insn *insn,
                            const struct host_trap *trap,
                            uint64_t fs_base,
                            uint64_t gs_base)
{
    const struct host_memory_operand *memory = &insn->memory;
    uint64_t address = (uint64_t)memory->displacement;
    if (memory->base == HOST_REG_RIP)
    {
        address += trap->rip + insn->length;
    }
    else if (memory->base != HOST_REG_NONE)
    {
        address += trap->gpr[memory->base & 15];
    }
    if (memory->index != HOST_REG_NONE)
    {
        address += trap->gpr[memory->index & 15] * memory->scale;
    }
    if (memory->address_size == 4)
    {
        address = (uint32_t)address;
    }
    if (memory->segment == HOST_SEGMENT_FS)
    {
        address += fs_base;
    }
    else if (memory->segment == HOST_SEGMENT_GS)
    {
        address += gs_base;
    }
    return address;
}

bool
host_insn_condition(unsigned condition, uint64_t rflags)
{
    bool carry = rflags & 0x1;
    bool parity = rflags & 0x4;
    bool zero = rflags & 0x40;
    bool sign = rflags & 0x80;
    bool overflow = rflags & 0x800;
    bool holds = false;
    switch ((condition >> 1) & 7)
    {
    case 0:
        holds = overflow;
        break;
    case 1:
        holds = carry;
        break;
    case 2:
        holds = zero;
        break;
    case 3:
        holds = carry || zero;
        break;
    case 4:
        holds = sign;
        break;
    case 5:
        holds = parity;
        break;
    case 6:
        holds = sign != overflow;
        break;
    case 7:
        holds = zero || sign != overflow;
        break;
    }
    return holds != (bool)(condition & 1);
}

bool
host_insn_privileged(const struct host_insn *insn)
{
    switch (insn->kind)
    {
    case HOST_INSN_RDTSC:
    case HOST_INSN_RDTSCP:
    case HOST_INSN_CPUID:
    case HOST_INSN_XGETBV:
    case HOST_INSN_RDFSBASE:
    case HOST_INSN_RDGSBASE:
    case HOST_INSN_WRFSBASE:
    case HOST_INSN_WRGSBASE:
    case HOST_INSN_PUSHF:
    case HOST_INSN_POPF:
    case HOST_INSN_INT:
    case HOST_INSN_UD:
    case HOST_INSN_IRET:
    case HOST_INSN_SYSCALL:
        return false;
    default:
        return (insn->kind >= HOST_INSN_IN && insn->kind <= HOST_INSN_VIRTUALIZATION) ||
               insn->kind == HOST_INSN_SYSRET;
    }
}
