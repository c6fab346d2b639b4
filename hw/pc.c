/* SPDX-License-Identifier: MIT */
/*
 * Puts a PC together. Owns the chipset's three PCI functions, which are configuration space and
 * little else. No lock.
 */
#include "hw/pc.h"

struct chipset
{
    struct hw_pci_function *host;
    struct hw_pci_function *isa;
    struct hw_pci_function *power;
};

static bool
realize(struct hw_device *device, const void *config)
{
    static const struct hw_pci_identity host = {
        .vendor = 0x8086, .device = 0x1237, .class_code = 0x060000, .revision = 2};
    static const struct hw_pci_identity isa = {
        .vendor = 0x8086, .device = 0x7000, .class_code = 0x060100, .multifunction = true};
    static const struct hw_pci_identity power = {
        .vendor = 0x8086, .device = 0x7113, .class_code = 0x068000, .revision = 3};
    struct chipset *chipset = hw_device_state(device);
    (void)config;
    chipset->host = hw_device_claim_pci(device, NULL, HW_PC_SLOT_HOST_BRIDGE, 0, &host);
    chipset->isa = hw_device_claim_pci(device, NULL, HW_PC_SLOT_ISA_BRIDGE, 0, &isa);
    chipset->power = hw_device_claim_pci(device, NULL, HW_PC_SLOT_ISA_BRIDGE, 3, &power);
    if (!chipset->host || !chipset->isa || !chipset->power)
    {
        return false;
    }
    /* Shadow RAM attributes of the host bridge, interrupt routing of the ISA bridge. */
    hw_pci_set_writable(chipset->host, 0x50, 4, UINT32_MAX);
    for (unsigned offset = 0x58; offset < 0x70; offset += 4)
    {
        hw_pci_set_writable(chipset->host, offset, 4, UINT32_MAX);
    }
    hw_pci_set_writable(chipset->isa, 0x4c, 4, 0xffff);
    hw_pci_set_writable(chipset->isa, 0x60, 4, 0x8f8f8f8f);
    hw_pci_set(chipset->power, 0x40, 4, HW_ACPI_PM_BASE | 1);
    hw_pci_set_writable(chipset->power, 0x80, 1, 1);
    return true;
}

static void
reset(struct hw_device *device)
{
    struct chipset *chipset = hw_device_state(device);
    hw_pci_set(chipset->host, HW_PCI_COMMAND, 2, HW_PCI_COMMAND_MEMORY | HW_PCI_COMMAND_MASTER);
    hw_pci_set(chipset->isa, HW_PCI_COMMAND, 2, 0x0007);
    hw_pci_set(chipset->host, 0x58, 4, 0x11111100);
    hw_pci_set(chipset->isa, 0x60, 4, 0x80808080); /* routed by the I/O APIC instead */
    hw_pci_set(chipset->power, 0x80, 1, 1);
}

static const struct hw_device_ops chipset_ops = {"chipset", sizeof(struct chipset), realize, reset,
                                                 NULL};

static bool
create_devices(struct hw_machine *machine, const struct hw_pc_config *config)
{
    static const struct hw_device_ops *const simple[] = {
        &chipset_ops, &hw_pic_ops,     &hw_apic_ops,  &hw_pit_ops,
        &hw_cmos_ops, &hw_acpi_pm_ops, &hw_i8042_ops, &hw_post_ops};
    struct hw_uart_config uart = {
        .port = 0x3f8, .line = 4, .transmit = config->serial, .context = config->serial_context};
    struct hw_vga_config vga = {.slot = HW_PC_SLOT_VGA};
    struct hw_edu_config edu = {.slot = HW_PC_SLOT_EDU};
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
    {
        if (!hw_device_create(machine, simple[i], NULL))
        {
            return false;
        }
    }
    return hw_device_create(machine, &hw_uart_ops, &uart) &&
           hw_device_create(machine, &hw_vga_ops, &vga) &&
           (config->no_edu || hw_device_create(machine, &hw_edu_ops, &edu));
}

struct hw_machine *
hw_pc_create(const struct hw_pc_config *config)
{
    struct hw_machine *machine = hw_machine_create(&config->machine);
    if (!machine)
    {
        return NULL;
    }
    if (!create_devices(machine, config) || !hw_firmware_install(machine))
    {
        hw_machine_destroy(machine);
        return NULL;
    }
    hw_pci_assign(machine);
    return machine;
}
