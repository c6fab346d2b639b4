// SPDX-License-Identifier: MIT
// Writing one trampoline: the instructions of a window at another address, cr8 accesses replaced.
//
//   mov reg, cr8    movzx reg32, byte gs:[50h]        KPCR.Irql of the virtual processor; no flags
//   mov cr8, reg    push rax                          the stub takes the IRQL in AL and may deliver
//                   mov rax, reg                      DPCs, so it must be able to see the driver's
//                   call [stub]                       stack: each part with a moved RSP has unwind
//                   mov rax, [rsp]                    information that continues in the function
//                   the lea rsp, [rsp+8]                  code came from
//
// `mov/lea` and not `pop` at the end: `pop; jmp` would look like an epilogue to an unwinder.

#include "patchp.h"

#define KPCR_IRQL 0x50

BOOLEAN
LdrpIsCr8Access(const struct host_insn *Insn)
{
    BOOLEAN isRead = Insn->kind == HOST_INSN_MOV_FROM_CR;
    if (!isRead && Insn->kind != HOST_INSN_MOV_TO_CR)
    {
        return FALSE;
    }
    const struct host_operand *control = &Insn->operands[isRead ? 1 : 0];
    const struct host_operand *general = &Insn->operands[isRead ? 0 : 1];
    return Insn->length == 4 && control->register_class == HOST_CLASS_CONTROL &&
           control->reg == 8 && general->register_class == HOST_CLASS_GPR &&
           general->reg != HOST_RSP;
}

static BOOLEAN
LdrpCanMoveBranch(const LDRP_PATCHER *Patcher, const struct host_insn *Insn)
{
    const UCHAR *bytes = Patcher->Image->Base + Insn->address;
    UCHAR opcode = Insn->branch_offset != 0 ? bytes[Insn->branch_offset - 1] : 0;
    switch (Insn->branch)
    {
    case HOST_BRANCH_RETURN:
        return Insn->kind == HOST_INSN_RET;
    case HOST_BRANCH_JUMP:
        return Insn->branch_direct && (opcode == 0xEB || opcode == 0xE9);
    case HOST_BRANCH_CONDITIONAL:
        // Not jrcxz and loop, which have no 32-bit form.
        return Insn->branch_direct &&
               (Insn->branch_size == 1 ? (opcode & 0xF0) == 0x70 : (opcode & 0xF0) == 0x80);
    default:
        return FALSE; // calls leave their address on the stack
    }
}

BOOLEAN
LdrpCanMove(const LDRP_PATCHER *Patcher, const struct host_insn *Insn)
{
    if (Insn->branch != HOST_BRANCH_NONE)
    {
        return LdrpCanMoveBranch(Patcher, Insn);
    }
    // Ports, system registers, traps: their emulation and __try blocks want the real address.
    if ((Insn->kind > HOST_INSN_OTHER && Insn->kind < HOST_INSN_MOV) || host_insn_privileged(Insn))
    {
        return FALSE;
    }
    if (Insn->rip_relative && Insn->displacement_size != 4)
    {
        return FALSE;
    }
    if (LdrpConfig.TranslatesFaults || Insn->kind == HOST_INSN_LEA || Insn->kind == HOST_INSN_HINT)
    {
        return TRUE;
    }
    if (Insn->kind == HOST_INSN_DIV || Insn->kind == HOST_INSN_IDIV ||
        (Insn->kind >= HOST_INSN_MOVS && Insn->kind <= HOST_INSN_SCAS))
    {
        return FALSE;
    }
    return !Insn->has_memory || Insn->rip_relative || Insn->memory.segment == HOST_SEGMENT_GS ||
           (Insn->memory.base == HOST_RSP && Insn->memory.index == HOST_REG_NONE);
}

// ---- emitting ----------------------------------------------------------------------------------

static void
LdrpEmit(LDRP_PATCHER *Patcher, const void *Bytes, ULONG Size)
{
    __builtin_memcpy(Patcher->Image->Base + Patcher->CodeAt, Bytes, Size);
    Patcher->CodeAt += Size;
}

// A 32-bit displacement from the end of itself, with After more bytes of the instruction, to
// Target.
static void
LdrpEmitRelative(LDRP_PATCHER *Patcher, ULONG64 Target, ULONG After)
{
    LONG displacement = (LONG)((ULONG)Target - (Patcher->CodeAt + 4 + After));
    LdrpEmit(Patcher, &displacement, sizeof displacement);
}

static void
LdrpEmitJump(LDRP_PATCHER *Patcher, ULONG64 Target)
{
    LdrpEmit(Patcher, "\xE9", 1);
    LdrpEmitRelative(Patcher, Target, 0);
}

// ---- unwind information ------------------------------------------------------------------------

// Ends the part of the trampoline that began at SegmentStart and describes it: RSP as in the
// original or 8 lower, then as the function that the code came from. A part of a leaf function with
// RSP untouched needs nothing, as the leaf function itself.
static void
LdrpCloseSegment(LDRP_PATCHER *Patcher)
{
    PUCHAR base = Patcher->Image->Base;
    UCHAR info[24] = {1};
    ULONG size = 4;
    if (Patcher->SegmentStart == Patcher->CodeAt || (!Patcher->HasParent && !Patcher->IsPushed))
    {
        return;
    }
    if (Patcher->IsPushed)
    {
        info[1] = 1; // the push is a prologue of one byte
        info[2] = 1;
        info[4] = 1;
        info[5] = 2; // UWOP_ALLOC_SMALL, 8 bytes
        size += 4;
    }
    if (Patcher->HasParent)
    {
        info[0] |= 4 << 3; // UNW_FLAG_CHAININFO
        __builtin_memcpy(info + size, &Patcher->Parent, sizeof Patcher->Parent);
        size += (ULONG)sizeof Patcher->Parent;
    }
    __builtin_memcpy(base + Patcher->UnwindAt, info, size);
    LDR_PE_FUNCTION function = {Patcher->SegmentStart, Patcher->CodeAt, Patcher->UnwindAt};
    ULONG index = Patcher->Pe->FunctionCount + Patcher->AddedFunctions++;
    __builtin_memcpy(&Patcher->Table->Functions[index], &function, sizeof function);
    Patcher->UnwindAt += size;
}

static void
LdrpOpenSegment(LDRP_PATCHER *Patcher, BOOLEAN IsPushed)
{
    LdrpCloseSegment(Patcher);
    Patcher->SegmentStart = Patcher->CodeAt;
    Patcher->IsPushed = IsPushed;
}

// ---- instructions ------------------------------------------------------------------------------

static void
LdrpEmitCr8Read(LDRP_PATCHER *Patcher, UCHAR Register)
{
    UCHAR code[] = {0x65, 0x40,      0x0F, 0xB6, (UCHAR)(0x04 | (Register & 7) << 3),
                    0x25, KPCR_IRQL, 0,    0,    0};
    code[1] |= Register >= 8 ? 4 : 0; // REX.R
    LdrpEmit(Patcher, code, sizeof code);
}

static void
LdrpEmitCr8Write(LDRP_PATCHER *Patcher, UCHAR Register)
{
    UCHAR move[] = {0x48, 0x89, (UCHAR)(0xC0 | (Register & 7) << 3)};
    move[0] |= Register >= 8 ? 4 : 0;
    LdrpOpenSegment(Patcher, TRUE);
    LdrpEmit(Patcher, "\x50", 1);
    if (Register != HOST_RAX)
    {
        LdrpEmit(Patcher, move, sizeof move);
    }
    LdrpEmit(Patcher, "\xFF\x15", 2);
    LdrpEmitRelative(Patcher, Patcher->StubRva, 0);
    LdrpEmit(Patcher, "\x48\x8B\x04\x24\x48\x8D\x64\x24\x08", 9);
    LdrpOpenSegment(Patcher, FALSE);
}

static void
LdrpEmitCopy(LDRP_PATCHER *Patcher, const struct host_insn *Insn)
{
    const UCHAR *bytes = Patcher->Image->Base + Insn->address;
    if (!Insn->rip_relative)
    {
        LdrpEmit(Patcher, bytes, Insn->length);
        return;
    }
    ULONG after = Insn->displacement_offset + 4u;
    LdrpEmit(Patcher, bytes, Insn->displacement_offset);
    LdrpEmitRelative(Patcher, Insn->rip_target, Insn->length - after);
    LdrpEmit(Patcher, bytes + after, Insn->length - after);
}

static void
LdrpEmitInstruction(LDRP_PATCHER *Patcher, const struct host_insn *Insn)
{
    if (LdrpIsCr8Access(Insn))
    {
        if (Insn->kind == HOST_INSN_MOV_FROM_CR)
        {
            LdrpEmitCr8Read(Patcher, Insn->operands[0].reg);
        }
        else
        {
            LdrpEmitCr8Write(Patcher, Insn->operands[1].reg);
        }
    }
    else if (Insn->branch == HOST_BRANCH_JUMP)
    {
        LdrpEmitJump(Patcher, Insn->branch_target);
    }
    else if (Insn->branch == HOST_BRANCH_CONDITIONAL)
    {
        UCHAR opcode[] = {0x0F, (UCHAR)(0x80 | Insn->condition)};
        LdrpEmit(Patcher, opcode, sizeof opcode);
        LdrpEmitRelative(Patcher, Insn->branch_target, 0);
    }
    else
    {
        LdrpEmitCopy(Patcher, Insn);
    }
}

static void
LdrpAddSite(LDRP_PATCHER *Patcher, ULONG Original, BOOLEAN IsFirst, BOOLEAN IsEnd)
{
    Patcher->Table->Sites[Patcher->Table->SiteCount++] =
        (LDR_PATCH_SITE){Original, Patcher->CodeAt, IsFirst, IsEnd};
}

void
LdrpWriteTrampoline(LDRP_PATCHER *Patcher, const LDRP_WINDOW *Window)
{
    ULONG trampoline = Patcher->CodeAt;
    Patcher->SegmentStart = trampoline;
    Patcher->IsPushed = FALSE;
    for (ULONG index = 0; index < Window->Count; index++)
    {
        const struct host_insn *insn = &Window->Insns[index];
        LdrpAddSite(Patcher, (ULONG)insn->address, index == 0, FALSE);
        LdrpEmitInstruction(Patcher, insn);
    }
    enum host_branch last = Window->Insns[Window->Count - 1].branch;
    if (last != HOST_BRANCH_JUMP && last != HOST_BRANCH_RETURN)
    {
        LdrpAddSite(Patcher, Window->End, FALSE, TRUE);
        LdrpEmitJump(Patcher, Window->End);
    }
    LdrpCloseSegment(Patcher);
    PUCHAR at = Patcher->Image->Base + Window->Start;
    LONG displacement = (LONG)(trampoline - (Window->Start + LDRP_JUMP_SIZE));
    at[0] = 0xE9;
    __builtin_memcpy(at + 1, &displacement, sizeof displacement);
    // Nothing arrives here; if something does, it is seen.
    __builtin_memset(at + LDRP_JUMP_SIZE, 0xCC, Window->End - Window->Start - LDRP_JUMP_SIZE);
    __builtin_memset(Patcher->Image->Base + Patcher->CodeAt, 0xCC, -Patcher->CodeAt & 15);
    Patcher->CodeAt = (Patcher->CodeAt + 15) & ~15u;
}
