/* SPDX-License-Identifier: MIT */
/*
 * The device models of this folder: what to pass to hw_device_create, and what the host side can do
 * with the result. Every `device` argument was made from the ops above it.
 */
#ifndef HW_DEVICES_H
#define HW_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/core/device.h"

/* ---- cmos.c: real-time clock and its battery-backed memory, ports 0x70 to 0x73 ---- */

/* config: NULL. Interrupt line 8. */
extern const struct hw_device_ops hw_cmos_ops;

/* Bytes beyond the clock's registers, for firmware. */
uint8_t hw_cmos_get(struct hw_device *device, unsigned index);
void hw_cmos_set(struct hw_device *device, unsigned index, uint8_t value);

/* ---- pit.c: interval timer, ports 0x40 to 0x43, and port 0x61 ---- */

/* config: NULL. Channel 0 is interrupt line 0. */
extern const struct hw_device_ops hw_pit_ops;
#define HW_PIT_HZ 1193182ull

/* ---- pic.c: two interrupt controllers, ports 0x20, 0xa0, 0x4d0 ---- */

/* config: NULL. Observes lines 0 to 15; does not stand between them and the kernel. */
extern const struct hw_device_ops hw_pic_ops;

/* True when the pair asserts its output to the processor. */
bool hw_pic_output(const struct hw_device *device);

/* The acknowledge cycle: returns the vector to run. */
uint8_t hw_pic_acknowledge(struct hw_device *device);

/* ---- apic.c: register pages of the local and the I/O APIC ---- */

/* config: NULL. 0xfee00000 and 0xfec00000; changes no delivery. */
extern const struct hw_device_ops hw_apic_ops;

/* ---- acpi_pm.c: ACPI fixed hardware ---- */

/* config: NULL. Interrupt line 9. */
extern const struct hw_device_ops hw_acpi_pm_ops;
#define HW_ACPI_PM_BASE     0x600u
#define HW_ACPI_PM_TIMER    (HW_ACPI_PM_BASE + 8)
#define HW_ACPI_PM_GPE0     (HW_ACPI_PM_BASE + 0x20)
#define HW_ACPI_PM_TIMER_HZ 3579545ull
#define HW_ACPI_SMI_COMMAND 0xb2u
#define HW_ACPI_SCI_LINE    9u

void hw_acpi_pm_power_button(struct hw_device *device);

/* ---- uart16550.c: serial port ---- */

struct hw_uart_config
{
    unsigned port;
    unsigned line;
    /* Bytes that the guest transmits; may be NULL. */
    void (*transmit)(void *context, uint8_t byte);
    void *context;
};

/* config: struct hw_uart_config. */
extern const struct hw_device_ops hw_uart_ops;

/* Bytes arrive at the line. Returns how many found room; the rest counts as overrun when
 * `overrun`, and is left to the caller otherwise. */
size_t hw_uart_receive(struct hw_device *device, const void *data, size_t size, bool overrun);

/* Modem status inputs. */
void hw_uart_set_modem(struct hw_device *device, bool cts, bool dsr, bool ri, bool dcd);

/* ---- i8042.c: keyboard and mouse controller, ports 0x60 and 0x64 ---- */

/* config: NULL. Interrupt lines 1 and 12. */
extern const struct hw_device_ops hw_i8042_ops;

/* Bytes as the keyboard sends them (scan code set 2). False when they do not fit its buffer, or the
 * keyboard is not scanning. */
bool hw_i8042_key(struct hw_device *device, const uint8_t *codes, size_t count);

/* A movement (right and up are positive) and buttons (1 left, 2 right, 4 middle). */
bool hw_i8042_mouse(struct hw_device *device, int dx, int dy, int wheel, unsigned buttons);

/* ---- edu.c: the teaching device ---- */

struct hw_edu_config
{
    struct hw_pci_bus *bus; /* NULL: the root bus */
    unsigned slot;
    unsigned number;
};

/* config: struct hw_edu_config. PCI 1234:11e8. Registers: see edu.c. */
extern const struct hw_device_ops hw_edu_ops;

struct hw_pci_function *hw_edu_function(const struct hw_device *device);

/* ---- vga.c: display adapter ---- */

struct hw_vga_config
{
    unsigned slot;
};

/* config: struct hw_vga_config. PCI 1234:1111. */
extern const struct hw_device_ops hw_vga_ops;

/* ---- post.c: ports 0x80 and 0x92 ---- */

/* config: NULL. */
extern const struct hw_device_ops hw_post_ops;
uint8_t hw_post_code(const struct hw_device *device);

/* ---- firmware.c: ROM contents and tables ---- */

/* Fills the BIOS area: entry point, date, SMBIOS and ACPI tables. */
bool hw_firmware_install(struct hw_machine *machine);

#endif
