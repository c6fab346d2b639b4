/* SPDX-License-Identifier: MIT */
/*
 * PCI: functions, their configuration space, base address registers, bridges, and interrupts.
 * Addresses are assigned as firmware does before an operating system starts (hw_pci_assign).
 */
#ifndef HW_CORE_PCI_H
#define HW_CORE_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/core/irq.h"
#include "hw/core/mmio.h"
#include "hw/core/ports.h"

struct hw_machine;
struct hw_pci_function;

/* Offsets of the standard header. */
#define HW_PCI_VENDOR       0x00u
#define HW_PCI_DEVICE       0x02u
#define HW_PCI_COMMAND      0x04u
#define HW_PCI_STATUS       0x06u
#define HW_PCI_REVISION     0x08u
#define HW_PCI_CLASS        0x09u
#define HW_PCI_CACHE_LINE   0x0cu
#define HW_PCI_LATENCY      0x0du
#define HW_PCI_HEADER_TYPE  0x0eu
#define HW_PCI_BAR0         0x10u
#define HW_PCI_PRIMARY      0x18u
#define HW_PCI_SECONDARY    0x19u
#define HW_PCI_SUBORDINATE  0x1au
#define HW_PCI_SUBSYSTEM    0x2cu
#define HW_PCI_ROM          0x30u
#define HW_PCI_CAPABILITIES 0x34u
#define HW_PCI_BRIDGE_ROM   0x38u
#define HW_PCI_IRQ_LINE     0x3cu
#define HW_PCI_IRQ_PIN      0x3du
#define HW_PCI_BRIDGE       0x3eu

#define HW_PCI_COMMAND_IO     0x0001u
#define HW_PCI_COMMAND_MEMORY 0x0002u
#define HW_PCI_COMMAND_MASTER 0x0004u
#define HW_PCI_COMMAND_NO_INT 0x0400u
#define HW_PCI_STATUS_INT     0x0008u
#define HW_PCI_STATUS_CAPS    0x0010u

#define HW_PCI_CAP_POWER   0x01u
#define HW_PCI_CAP_MSI     0x05u
#define HW_PCI_CAP_VENDOR  0x09u
#define HW_PCI_CAP_EXPRESS 0x10u
#define HW_PCI_CAP_MSIX    0x11u

#define HW_PCI_BARS     6u
#define HW_PCI_ROM_BAR  6u /* index of the expansion ROM among bars[] */
#define HW_PCI_MSIX_MAX 64u

enum hw_pci_bar_kind
{
    HW_PCI_BAR_NONE,
    HW_PCI_BAR_IO,
    HW_PCI_BAR_MEMORY32,
    HW_PCI_BAR_MEMORY64, /* takes two registers */
    HW_PCI_BAR_UPPER     /* the second of those */
};

struct hw_pci_bar
{
    enum hw_pci_bar_kind kind;
    bool prefetchable;
    bool mapped;
    uint64_t size;
    uint64_t mapped_at;
    const struct hw_port_ops *port_ops;
    const struct hw_mmio_ops *mmio_ops;
    void *context;
};

struct hw_pci_msix_entry
{
    uint64_t address;
    uint32_t data;
    uint32_t control; /* bit 0: masked */
};

struct hw_pci_msix
{
    unsigned count; /* 0: no MSI-X */
    unsigned bar;
    uint32_t table;
    uint32_t pending_offset;
    uint64_t pending;
    struct hw_pci_msix_entry entries[HW_PCI_MSIX_MAX];
};

struct hw_pci_bus
{
    struct hw_pci_function *bridge;         /* NULL for the root bus */
    struct hw_pci_function *functions[256]; /* by slot * 8 + function */
};

struct hw_pci_function
{
    struct hw_machine *machine;
    struct hw_pci_bus *bus;
    struct hw_pci_bus *secondary; /* of a bridge */
    uint8_t devfn;
    const char *name;
    uint16_t config_size; /* 256, or 4096 for PCI Express */
    uint8_t *config;
    uint8_t *writable; /* mask of bits that a write changes */
    uint8_t *clear;    /* mask of bits that a written one clears */
    struct hw_pci_bar bars[HW_PCI_BARS + 1];
    struct hw_irq irq;
    bool pin_level; /* what the device drives, before the command register's gate */
    uint16_t msi;   /* offset of the MSI capability, 0: none */
    uint16_t msix_capability;
    uint16_t power;     /* offset of the power management capability, 0: none */
    uint16_t next_free; /* where the next capability goes */
    uint32_t msi_pending;
    struct hw_pci_msix *msix;

    const void **holder; /* cleared when the function goes; see device.c */

    /* After the guest wrote configuration bytes; may be NULL. */
    void (*config_written)(void *context, unsigned offset, unsigned size);
    void *context;
};

struct hw_pci
{
    struct hw_pci_bus root;
    uint32_t config_address; /* port 0xcf8 */
    uint64_t next_io;
    uint64_t next_memory;
    uint64_t next_memory_high;
    uint8_t next_bus;
    bool assigned;
};

/* What a function says of itself. */
struct hw_pci_identity
{
    uint16_t vendor;
    uint16_t device;
    uint16_t subsystem_vendor;
    uint16_t subsystem;
    uint32_t class_code; /* base class << 16 | subclass << 8 | interface */
    uint8_t revision;
    uint8_t interrupt_pin; /* 1 to 4 for INTA to INTD, 0 for none */
    bool multifunction;
    bool bridge;  /* type 1 header: PCI to PCI bridge with a bus behind it */
    bool express; /* 4 KiB of configuration space */
};

/* ---- building functions ---- */

/* Adds a function to a bus (the root bus if NULL). NULL when the place is taken, `slot` exceeds 31,
 * `number` 7, or memory is short. `name` must outlive it. Once addresses have been assigned, call
 * hw_pci_assign_function when the function is complete. */
struct hw_pci_function *hw_pci_function_create(struct hw_machine *machine,
                                               struct hw_pci_bus *bus,
                                               unsigned slot,
                                               unsigned number,
                                               const struct hw_pci_identity *identity,
                                               const char *name);

/* Unmaps it, lowers its interrupt and frees it, with everything behind it if it is a bridge. */
void hw_pci_function_destroy(struct hw_pci_function *function);

/* Sizes are powers of two: at least 4 for ports, 16 for memory. `wide` makes it 64 bits. False when
 * the register is taken or does not exist. */
bool hw_pci_bar_io(struct hw_pci_function *function,
                   unsigned index,
                   uint32_t size,
                   const struct hw_port_ops *ops,
                   void *context);
bool hw_pci_bar_memory(struct hw_pci_function *function,
                       unsigned index,
                       uint64_t size,
                       bool wide,
                       bool prefetchable,
                       const struct hw_mmio_ops *ops,
                       void *context);

/* Appends a capability of `size` bytes (header included) and returns its offset, 0 without room.
 * Its bytes are zero and read-only until hw_pci_set and hw_pci_set_writable change that. */
unsigned hw_pci_capability_add(struct hw_pci_function *function, uint8_t id, unsigned size);
unsigned hw_pci_power_add(struct hw_pci_function *function);
unsigned hw_pci_express_add(struct hw_pci_function *function, unsigned port_type);

/* MSI with 1, 2, 4 ... 32 vectors. Returns its offset, 0 when refused. */
unsigned hw_pci_msi_add(struct hw_pci_function *function, unsigned vectors, bool wide);

/* MSI-X: the table and the pending bits lie in memory BAR `bar`; its callbacks never see them. */
unsigned hw_pci_msix_add(struct hw_pci_function *function,
                         unsigned vectors,
                         unsigned bar,
                         uint32_t table,
                         uint32_t pending);

/* Direct access to configuration bytes, without gates and side effects. */
uint32_t hw_pci_get(const struct hw_pci_function *function, unsigned offset, unsigned size);
void hw_pci_set(struct hw_pci_function *function, unsigned offset, unsigned size, uint32_t value);
void hw_pci_set_writable(struct hw_pci_function *function,
                         unsigned offset,
                         unsigned size,
                         uint32_t mask);
void
hw_pci_set_clear(struct hw_pci_function *function, unsigned offset, unsigned size, uint32_t mask);

/* ---- configuration cycles ---- */

struct hw_pci_function *
hw_pci_find(struct hw_machine *machine, unsigned bus, unsigned slot, unsigned number);

/* Bus number as the guest sees it; 0xff behind a bridge without a number. */
unsigned hw_pci_bus_number(const struct hw_pci_bus *bus);

/* `size` is 1, 2 or 4 and the access stays in one doubleword. Absent functions read as ones. */
uint32_t hw_pci_config_read(struct hw_machine *machine,
                            unsigned bus,
                            unsigned slot,
                            unsigned number,
                            unsigned offset,
                            unsigned size);
void hw_pci_config_write(struct hw_machine *machine,
                         unsigned bus,
                         unsigned slot,
                         unsigned number,
                         unsigned offset,
                         uint32_t value,
                         unsigned size);
uint32_t hw_pci_function_read(struct hw_pci_function *function, unsigned offset, unsigned size);
void hw_pci_function_write(struct hw_pci_function *function,
                           unsigned offset,
                           uint32_t value,
                           unsigned size);

/* ---- what devices do ---- */

/* Drives the INTx pin. Nothing happens without a pin, or while message interrupts are enabled. */
void hw_pci_irq_set(struct hw_pci_function *function, bool level);

/* Sends message `vector` if MSI or MSI-X is enabled; false if neither is, so that the device falls
 * back to its pin. A masked message is kept pending. */
bool hw_pci_notify(struct hw_pci_function *function, unsigned vector);
bool hw_pci_messages_enabled(const struct hw_pci_function *function);

/* Bus master access; refused while the command register's master bit is clear. */
bool hw_pci_dma_read(struct hw_pci_function *function, uint64_t address, void *data, size_t size);
bool
hw_pci_dma_write(struct hw_pci_function *function, uint64_t address, const void *data, size_t size);

/* ---- firmware ---- */

/* Numbers the buses, assigns addresses and interrupt lines, enables decoding. */
void hw_pci_assign(struct hw_machine *machine);

/* The same for one function that came later; false when there is no room. */
bool hw_pci_assign_function(struct hw_pci_function *function);

/* ---- for hw/core itself ---- */

bool hw_pci_init(struct hw_machine *machine);
void hw_pci_free(struct hw_machine *machine);
void hw_pci_reset(struct hw_machine *machine);
void hw_pci_update_bars(struct hw_pci_function *function);
void hw_pci_update_irq(struct hw_pci_function *function);
void hw_pci_update_messages(struct hw_pci_function *function);
uint64_t hw_pci_msix_access(struct hw_pci_function *function,
                            uint64_t offset,
                            unsigned size,
                            uint64_t value,
                            bool write);
bool hw_pci_msix_covers(const struct hw_pci_function *function, unsigned bar, uint64_t offset);

#endif
