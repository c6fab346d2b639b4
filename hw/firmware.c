/* SPDX-License-Identifier: MIT */
/*
 * What firmware leaves in ROM and low memory: reset vector, BIOS date, BIOS data area, an option
 * ROM header, SMBIOS 2.8 and ACPI tables. Everything follows from the machine's size alone. No
 * state.
 */
#include "hw/devices.h"

#include <stdlib.h>
#include <string.h>

#include "hw/firmwarep.h"

#define ROM_BASE    0xe0000u
#define ROM_SIZE    0x20000u
#define FLASH_BASE  0xfffe0000u
#define OPTION_BASE 0xc0000u
#define OPTION_SIZE 0x1000u
#define EBDA        0x9f000u
#define IRET_STUB   0xff53u
#define ENTRY       0xe05bu
#define RESET       0xfff0u

void
hw_firmware_put(uint8_t *to, uint64_t value, unsigned size)
{
    memcpy(to, &value, size);
}

uint8_t
hw_firmware_checksum(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint8_t sum = 0;
    for (size_t i = 0; i < size; i++)
    {
        sum = (uint8_t)(sum + bytes[i]);
    }
    return (uint8_t)(0 - sum);
}

/* The segment at 0xf0000: entry points at the addresses that programs have known since 1981. */
static void
fill_entry_points(uint8_t *segment)
{
    static const uint8_t halt[] = {0xfa, 0xf4, 0xeb, 0xfd};
    static const uint8_t jump[] = {0xea, ENTRY & 0xff, ENTRY >> 8, 0x00, 0xf0};
    memcpy(segment + ENTRY, halt, sizeof halt);
    segment[IRET_STUB] = 0xcf;
    memcpy(segment + RESET, jump, sizeof jump);
    memcpy(segment + 0xfff5, "01/01/25", 8);
    segment[0xfffe] = 0xfc; /* model: AT */
    segment[0xffff] = hw_firmware_checksum(segment, 0xffff);
}

static bool
install_option_rom(struct hw_machine *machine)
{
    uint8_t *rom = calloc(1, OPTION_SIZE);
    if (!rom)
    {
        return false;
    }
    rom[0] = 0x55;
    rom[1] = 0xaa;
    rom[2] = OPTION_SIZE / 512;
    rom[3] = 0xcb; /* far return: nothing to initialize */
    hw_firmware_put(rom + 0x18, 0x40, 2);
    memcpy(rom + 0x1e, "IBM", 3);
    memcpy(rom + 0x40, "PCIR", 4);
    hw_firmware_put(rom + 0x44, 0x11111234, 4);
    hw_firmware_put(rom + 0x4a, 0x18, 2);
    rom[0x4f] = 0x03; /* class: display */
    hw_firmware_put(rom + 0x50, OPTION_SIZE / 512, 2);
    rom[0x55] = 0x80; /* last image */
    memcpy(rom + 0x80, "OpenWDM virtual display adapter", 31);
    rom[OPTION_SIZE - 1] = hw_firmware_checksum(rom, OPTION_SIZE);
    bool done = hw_memory_load_rom(machine, OPTION_BASE, rom, OPTION_SIZE);
    free(rom);
    return done;
}

/* Interrupt vectors and the BIOS data area, as they stand after a legacy boot. */
static void
fill_low_memory(struct hw_machine *machine)
{
    uint8_t page[0x500] = {0};
    uint8_t ebda[1] = {4}; /* its size in KiB */
    for (unsigned i = 0; i < 256; i++)
    {
        hw_firmware_put(page + i * 4, 0xf0000000 | IRET_STUB, 4);
    }
    hw_firmware_put(page + 0x400, 0x3f8, 2);
    hw_firmware_put(page + 0x40e, EBDA >> 4, 2);
    hw_firmware_put(page + 0x410, 0x0226, 2); /* one serial port, mouse, 80x25, coprocessor */
    hw_firmware_put(page + 0x413, EBDA >> 10, 2);
    page[0x449] = 3;
    hw_firmware_put(page + 0x44a, 80, 2);
    hw_firmware_put(page + 0x44c, 4096, 2);
    hw_firmware_put(page + 0x463, 0x3d4, 2);
    page[0x484] = 24;
    hw_firmware_put(page + 0x485, 16, 2);
    hw_memory_write(machine, 0, page, sizeof page);
    hw_memory_write(machine, EBDA, ebda, sizeof ebda);
}

bool
hw_firmware_install(struct hw_machine *machine)
{
    uint8_t *rom = calloc(1, ROM_SIZE);
    if (!rom)
    {
        return false;
    }
    hw_firmware_acpi(machine, rom, ROM_BASE);
    hw_firmware_smbios(machine, rom, ROM_BASE);
    fill_entry_points(rom + 0x10000);
    bool done = hw_memory_load_rom(machine, ROM_BASE, rom, ROM_SIZE) &&
                hw_memory_load_rom(machine, FLASH_BASE, rom, ROM_SIZE) &&
                install_option_rom(machine);
    free(rom);
    if (done)
    {
        fill_low_memory(machine);
    }
    return done;
}
