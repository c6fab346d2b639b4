/* SPDX-License-Identifier: MIT */
/*
 * SMBIOS 2.8 table: who made the machine and what is in it. No state.
 */
#include <stdarg.h>
#include <string.h>

#include "hw/devices.h"
#include "hw/firmwarep.h"

#define TABLE_LIMIT (HW_FIRMWARE_SMBIOS_ENTRY - HW_FIRMWARE_SMBIOS)

struct writer
{
    uint8_t *table;
    size_t size;
    unsigned count;
    size_t largest;
};

/* Appends one structure: `length` bytes after the header, then strings up to a NULL. Returns where
 * the formatted part begins; offsets are those of the specification. */
static uint8_t *
structure(struct writer *w, uint8_t type, unsigned handle, unsigned length, ...)
{
    uint8_t *start = w->table + w->size;
    size_t at = length;
    va_list strings;
    const char *text;
    start[0] = type;
    start[1] = (uint8_t)length;
    hw_firmware_put(start + 2, handle, 2);
    va_start(strings, length);
    while ((text = va_arg(strings, const char *)) != NULL)
    {
        size_t bytes = strlen(text) + 1;
        memcpy(start + at, text, bytes);
        at += bytes;
    }
    va_end(strings);
    at += at == length ? 2 : 1; /* an empty set of strings is two zeros */
    w->size += at;
    w->count++;
    w->largest = at > w->largest ? at : w->largest;
    return start;
}

static void
bios_and_system(struct writer *w)
{
    static const uint8_t uuid[16] = {0x4f, 0x70, 0x65, 0x6e, 0x57, 0x44, 0x4d, 0x40,
                                     0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01};
    const char *none = NULL;
    uint8_t *s = structure(w, 0, 0x0000, 0x18, "OpenWDM", "1.0", "01/01/2025", none);
    s[4] = 1;
    s[5] = 2;
    hw_firmware_put(s + 6, 0xe000, 2);
    s[8] = 3;
    s[9] = 3;                               /* 256 KiB */
    hw_firmware_put(s + 10, 0x00010090, 8); /* ISA, PCI, upgradeable */
    s[18] = 0x01;                           /* ACPI */
    s[19] = 0x10;                           /* virtual machine */
    s[20] = 1;
    s[22] = s[23] = 0xff;
    s = structure(w, 1, 0x0100, 0x1b, "OpenWDM", "Virtual PC", "1.0", "0001", "PC", "OpenWDM",
                  none);
    s[4] = 1;
    s[5] = 2;
    s[6] = 3;
    s[7] = 4;
    memcpy(s + 8, uuid, sizeof uuid);
    s[24] = 6; /* woken by the power switch */
    s[25] = 5;
    s[26] = 6;
    s = structure(w, 2, 0x0200, 0x0f, "OpenWDM", "Board", "1.0", "0001", none);
    s[4] = 1;
    s[5] = 2;
    s[6] = 3;
    s[7] = 4;
    s[9] = 0x09; /* hosting board, replaceable */
    hw_firmware_put(s + 11, 0x0300, 2);
    s[13] = 0x0a; /* motherboard */
    s = structure(w, 3, 0x0300, 0x15, "OpenWDM", "0001", none);
    s[4] = 1;
    s[5] = 3; /* desktop */
    s[7] = 2;
    s[9] = s[10] = s[11] = 3; /* boot, power, thermal: safe */
    s[12] = 3;                /* security: none */
}

static void
processor(struct writer *w, unsigned number)
{
    static const char *const sockets[4] = {"CPU 0", "CPU 1", "CPU 2", "CPU 3"};
    const char *none = NULL;
    uint8_t *s = structure(w, 4, 0x0400 + number, 0x2a, number < 4 ? sockets[number] : "CPU",
                           "OpenWDM", "Virtual processor", none);
    s[4] = 1;
    s[5] = 3;    /* central processor */
    s[6] = 0xc6; /* family: see the version string */
    s[7] = 2;
    hw_firmware_put(s + 8, 0x0f8bfbff000906eaull, 8);
    s[16] = 3;
    s[17] = 0x8c; /* 1.2 V */
    hw_firmware_put(s + 18, 100, 2);
    hw_firmware_put(s + 20, HW_CPU_TSC_HZ / 1000000, 2);
    hw_firmware_put(s + 22, HW_CPU_TSC_HZ / 1000000, 2);
    s[24] = 0x41;                                  /* populated, enabled */
    s[25] = 1;                                     /* upgrade: other */
    hw_firmware_put(s + 26, 0xffffffffffffull, 6); /* caches: not described */
    s[35] = s[36] = s[37] = 1;
    hw_firmware_put(s + 38, 0x04, 2); /* 64-bit capable */
    hw_firmware_put(s + 40, 0xc6, 2);
}

static void
memory(struct writer *w, uint64_t bytes)
{
    const char *none = NULL;
    uint64_t mib = bytes >> 20;
    uint8_t *s = structure(w, 16, 0x1000, 0x17, none);
    s[4] = 3; /* on the board */
    s[5] = 3; /* system memory */
    s[6] = 3; /* no error correction */
    hw_firmware_put(s + 7, bytes >> 10, 4);
    hw_firmware_put(s + 11, 0xfffe, 2);
    hw_firmware_put(s + 13, 1, 2);
    s = structure(w, 17, 0x1100, 0x28, "DIMM 0", "Bank 0", "OpenWDM", none);
    hw_firmware_put(s + 4, 0x1000, 2);
    hw_firmware_put(s + 6, 0xfffe, 2);
    hw_firmware_put(s + 8, 64, 2);
    hw_firmware_put(s + 10, 64, 2);
    hw_firmware_put(s + 12, mib < 0x7fff ? mib : 0x7fff, 2);
    s[14] = 9; /* DIMM */
    s[16] = 1;
    s[17] = 2;
    s[18] = 0x1a; /* DDR4 */
    hw_firmware_put(s + 21, 2400, 2);
    s[23] = 3;
    hw_firmware_put(s + 28, mib < 0x7fff ? 0 : mib, 4);
    hw_firmware_put(s + 32, 2400, 2);
    s = structure(w, 19, 0x1300, 0x1f, none);
    hw_firmware_put(s + 8, (bytes >> 10) - 1, 4);
    hw_firmware_put(s + 12, 0x1000, 2);
    s[14] = 1;
}

void
hw_firmware_smbios(struct hw_machine *machine, uint8_t *rom, uint32_t base)
{
    struct writer w = {.table = rom + HW_FIRMWARE_SMBIOS};
    const char *none = NULL;
    uint8_t *entry = rom + HW_FIRMWARE_SMBIOS_ENTRY;
    bios_and_system(&w);
    for (unsigned i = 0; i < machine->cpu_count && w.size < TABLE_LIMIT / 2; i++)
    {
        processor(&w, i);
    }
    memory(&w, machine->memory.ram_size + 0x60000);
    structure(&w, 32, 0x2000, 0x0b, none);
    structure(&w, 127, 0x7f00, 0x04, none);

    memcpy(entry, "_SM_", 4);
    entry[5] = 0x1f;
    entry[6] = 2;
    entry[7] = 8;
    hw_firmware_put(entry + 8, w.largest, 2);
    memcpy(entry + 16, "_DMI_", 5);
    hw_firmware_put(entry + 22, w.size, 2);
    hw_firmware_put(entry + 24, base + HW_FIRMWARE_SMBIOS, 4);
    hw_firmware_put(entry + 28, w.count, 2);
    entry[30] = 0x28;
    entry[21] = hw_firmware_checksum(entry + 16, 15);
    entry[4] = hw_firmware_checksum(entry, 0x1f);
}
