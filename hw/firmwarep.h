/* SPDX-License-Identifier: MIT */
/*
 * Private to hw/firmware*.c: the pieces of the ROM image at 0xe0000.
 */
#ifndef HW_FIRMWAREP_H
#define HW_FIRMWAREP_H

#include <stddef.h>
#include <stdint.h>

struct hw_machine;

/* Places inside the image. */
#define HW_FIRMWARE_ACPI         0x8000u  /* tables */
#define HW_FIRMWARE_SMBIOS       0x10100u /* table */
#define HW_FIRMWARE_SMBIOS_ENTRY 0x15a00u
#define HW_FIRMWARE_RSDP         0x15b00u

/* Little endian. */
void hw_firmware_put(uint8_t *to, uint64_t value, unsigned size);

/* The byte that makes a sum of zero. */
uint8_t hw_firmware_checksum(const void *data, size_t size);

/* `rom` is the image, which appears at `base`. */
void hw_firmware_acpi(struct hw_machine *machine, uint8_t *rom, uint32_t base);
void hw_firmware_smbios(struct hw_machine *machine, uint8_t *rom, uint32_t base);

#endif
