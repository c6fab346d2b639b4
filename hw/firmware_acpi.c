/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables: RSDP, RSDT, XSDT, FADT, MADT, FACS and a DSDT that knows how to switch off. No
 * state.
 */
#include <string.h>

#include "hw/devices.h"
#include "hw/firmwarep.h"

#define HEADER      36u
#define FADT_SIZE   244u
#define LOCAL_APIC  0xfee00000u
#define IO_APIC     0xfec00000u
#define TABLE_ALIGN 64u

struct writer
{
    uint8_t *rom;
    uint32_t base;
    uint32_t next; /* offset in the image */
};

static uint8_t *
begin(struct writer *w, const char *signature, uint8_t revision, uint32_t *address)
{
    uint8_t *table = w->rom + w->next;
    *address = w->base + w->next;
    memcpy(table, signature, 4);
    table[8] = revision;
    memcpy(table + 10, "OPNWDM", 6);
    memcpy(table + 16, "VIRTUAL ", 8);
    hw_firmware_put(table + 24, 1, 4);
    memcpy(table + 28, "OWDM", 4);
    hw_firmware_put(table + 32, 1, 4);
    return table;
}

static void
end(struct writer *w, uint8_t *table, uint32_t size)
{
    hw_firmware_put(table + 4, size, 4);
    table[9] = 0;
    table[9] = hw_firmware_checksum(table, size);
    w->next = (w->next + size + TABLE_ALIGN - 1) & ~(TABLE_ALIGN - 1);
}

/* Name (\_S5, Package () {0, 0, 0, 0}): the sleep type that acpi_pm.c takes for "off". */
static uint32_t
write_dsdt(struct writer *w)
{
    static const uint8_t code[] = {0x08, '_', 'S', '5', '_', 0x12, 0x06, 0x04, 0, 0, 0, 0};
    uint32_t address;
    uint8_t *table = begin(w, "DSDT", 2, &address);
    memcpy(table + HEADER, code, sizeof code);
    end(w, table, HEADER + sizeof code);
    return address;
}

static uint32_t
write_facs(struct writer *w)
{
    uint8_t *table = w->rom + w->next;
    uint32_t address = w->base + w->next;
    memcpy(table, "FACS", 4);
    hw_firmware_put(table + 4, 64, 4);
    table[32] = 1;
    w->next += 64;
    return address;
}

/* Generic address of a port block. */
static void
put_port(uint8_t *to, unsigned bits, uint64_t port)
{
    to[0] = 1;
    to[1] = (uint8_t)bits;
    to[3] = 0;
    hw_firmware_put(to + 4, port, 8);
}

static uint32_t
write_fadt(struct writer *w, uint32_t dsdt, uint32_t facs)
{
    uint32_t address;
    uint8_t *t = begin(w, "FACP", 3, &address);
    hw_firmware_put(t + 36, facs, 4);
    hw_firmware_put(t + 40, dsdt, 4);
    t[45] = 1; /* desktop */
    hw_firmware_put(t + 46, HW_ACPI_SCI_LINE, 2);
    hw_firmware_put(t + 48, HW_ACPI_SMI_COMMAND, 4);
    t[52] = 0xf1;
    t[53] = 0xf0;
    hw_firmware_put(t + 56, HW_ACPI_PM_BASE, 4);
    hw_firmware_put(t + 64, HW_ACPI_PM_BASE + 4, 4);
    hw_firmware_put(t + 76, HW_ACPI_PM_TIMER, 4);
    hw_firmware_put(t + 80, HW_ACPI_PM_GPE0, 4);
    t[88] = 4; /* PM1 event length, control length, timer length, GPE0 length */
    t[89] = 2;
    t[91] = 4;
    t[92] = 4;
    hw_firmware_put(t + 96, 0xfff, 2); /* no C2, no C3 */
    hw_firmware_put(t + 98, 0xfff, 2);
    t[106] = 0x0d;
    t[108] = 0x32;
    hw_firmware_put(t + 109, 0x0003, 2); /* legacy devices and keyboard controller present */
    hw_firmware_put(t + 112, 0x000004a5, 4);
    put_port(t + 116, 8, 0xcf9);
    t[128] = 0x06;
    hw_firmware_put(t + 132, facs, 8);
    hw_firmware_put(t + 140, dsdt, 8);
    put_port(t + 148, 32, HW_ACPI_PM_BASE);
    put_port(t + 172, 16, HW_ACPI_PM_BASE + 4);
    put_port(t + 208, 32, HW_ACPI_PM_TIMER);
    put_port(t + 220, 32, HW_ACPI_PM_GPE0);
    end(w, t, FADT_SIZE);
    return address;
}

static uint32_t
write_madt(struct writer *w, unsigned cpus)
{
    uint32_t address;
    uint8_t *t = begin(w, "APIC", 3, &address);
    uint32_t at = 44;
    hw_firmware_put(t + 36, LOCAL_APIC, 4);
    hw_firmware_put(t + 40, 1, 4); /* the two 8259 exist */
    for (unsigned i = 0; i < cpus; i++)
    {
        t[at + 1] = 8;
        t[at + 2] = (uint8_t)i;
        t[at + 3] = (uint8_t)i;
        t[at + 4] = 1;
        at += 8;
    }
    t[at] = 1;
    t[at + 1] = 12;
    t[at + 2] = 0;
    hw_firmware_put(t + at + 4, IO_APIC, 4);
    at += 12;
    t[at] = 2; /* the timer comes in at input 2, as on all PCs */
    t[at + 1] = 10;
    hw_firmware_put(t + at + 4, 2, 4);
    at += 10;
    t[at] = 2; /* ACPI's own line: level, active high */
    t[at + 1] = 10;
    t[at + 3] = HW_ACPI_SCI_LINE;
    hw_firmware_put(t + at + 4, HW_ACPI_SCI_LINE, 4);
    hw_firmware_put(t + at + 8, 0x0d, 2);
    at += 10;
    end(w, t, at);
    return address;
}

static uint32_t
write_index(struct writer *w,
            const char *signature,
            unsigned width,
            const uint32_t *tables,
            unsigned count)
{
    uint32_t address;
    uint8_t *t = begin(w, signature, 1, &address);
    for (unsigned i = 0; i < count; i++)
    {
        hw_firmware_put(t + HEADER + i * width, tables[i], width);
    }
    end(w, t, HEADER + count * width);
    return address;
}

void
hw_firmware_acpi(struct hw_machine *machine, uint8_t *rom, uint32_t base)
{
    struct writer w = {rom, base, HW_FIRMWARE_ACPI};
    uint8_t *rsdp = rom + HW_FIRMWARE_RSDP;
    uint32_t tables[2];
    uint32_t facs = write_facs(&w);
    uint32_t dsdt = write_dsdt(&w);
    tables[0] = write_fadt(&w, dsdt, facs);
    tables[1] = write_madt(&w, machine->cpu_count);
    uint32_t rsdt = write_index(&w, "RSDT", 4, tables, 2);
    uint32_t xsdt = write_index(&w, "XSDT", 8, tables, 2);
    memcpy(rsdp, "RSD PTR ", 8);
    memcpy(rsdp + 9, "OPNWDM", 6);
    rsdp[15] = 2;
    hw_firmware_put(rsdp + 16, rsdt, 4);
    hw_firmware_put(rsdp + 20, 36, 4);
    hw_firmware_put(rsdp + 24, xsdt, 8);
    rsdp[8] = hw_firmware_checksum(rsdp, 20);
    rsdp[32] = hw_firmware_checksum(rsdp, 36);
}
