// SPDX-License-Identifier: MIT
// The words for what the parser found. Pure, see pe.h.

#include "pep.h"

const char *
LdrPeMachineName(uint16_t Machine)
{
    static const struct
    {
        uint16_t Value;
        const char *Name;
    } names[] = {
        {0x014C, "x86"},    {0x8664, "x64"},     {0xAA64, "ARM64"},  {0x01C0, "ARM"},
        {0x01C4, "ARM"},    {0x01C2, "ARM"},     {0x0200, "IA64"},   {0xA641, "ARM64EC"},
        {0xA64E, "ARM64X"}, {0x0EBC, "EFI BC"},  {0x5032, "RISC-V"}, {0x5064, "RISC-V"},
        {0x0184, "Alpha"},  {0x0284, "Alpha64"}, {0x0166, "MIPS"},   {0x01F0, "PowerPC"},
    };
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index++)
    {
        if (names[index].Value == Machine)
        {
            return names[index].Name;
        }
    }
    return "unknown";
}

const char *
LdrPeSubsystemName(uint16_t Subsystem)
{
    static const char *const names[] = {
        "unknown",
        "native",
        "Windows GUI",
        "Windows console",
        "unknown",
        "OS/2",
        "unknown",
        "POSIX",
        "native Win9x",
        "Windows CE",
        "EFI application",
        "EFI boot service driver",
        "EFI runtime driver",
        "EFI ROM",
        "Xbox",
        "unknown",
        "boot application",
    };
    return Subsystem < sizeof names / sizeof names[0] ? names[Subsystem] : "unknown";
}

const char *
LdrPeFormatError(const LDR_PE *Pe, const char *FileName, char *Buffer, size_t BufferSize)
{
    const char *kind = Pe->Status <= LdrPeLastOfOtherKind ? "not a driver image" : "damaged image";
    if (Pe->Status == LdrPeOk)
    {
        LdrpFormat(Buffer, BufferSize, "%s: a driver image", FileName);
    }
    else
    {
        LdrpFormat(Buffer, BufferSize, "%s: %s: %s", FileName, kind, Pe->ErrorText);
    }
    return Buffer;
}

const char *
LdrPeNoteText(LDR_PE_NOTE Note)
{
    static const char *const texts[LdrPeNoteCount] = {
        [LdrPeNoteCheckSum] = "the checksum is wrong; Windows refuses boot drivers with one",
        [LdrPeNoteNoCheckSum] = "the checksum is zero",
        [LdrPeNoteTls] = "a TLS directory is present; the kernel has no TLS and ignores it",
        [LdrPeNoteWritableCode] = "a section is writable and executable",
        [LdrPeNoteManyDirectories] = "more than 16 data directories; the rest is ignored",
        [LdrPeNoteReservedDirectory] = "a reserved data directory is not empty",
        [LdrPeNoteUnwindVersion] = "unwind information of an unknown version",
        [LdrPeNoteExportsUnsorted] = "export names are not sorted",
        [LdrPeNoteBadDebug] = "the debug directory is damaged",
        [LdrPeNoteBadResources] = "the resources are damaged",
        [LdrPeNoteBadCertificate] = "the certificate table is damaged",
        [LdrPeNoteBadBoundImports] = "the bound import directory is damaged and ignored",
        [LdrPeNoteSharedSection] = "a section is marked shared, which means nothing in the kernel",
        [LdrPeNoteDelayImports] = "delayed imports are bound at load",
    };
    return (unsigned)Note < LdrPeNoteCount ? texts[Note] : "unknown";
}
