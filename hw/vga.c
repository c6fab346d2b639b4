/* SPDX-License-Identifier: MIT */
/*
 * A display adapter that nobody looks at: the registers of a VGA keep what is written, the frame
 * buffer is memory, and the mode registers of the common virtual adapter (1234:1111) answer. No
 * lock.
 */
#include "hw/devices.h"

#include <stdlib.h>
#include <string.h>

#define LEGACY_BASE   0xa0000ull
#define LEGACY_SIZE   0x20000ull
#define FRAME_SIZE    0x1000000ull
#define PORT_BASE     0x3b0u
#define PORT_COUNT    0x30u
#define DISPI_COUNT   11u
#define DISPI_ID      0xb0c5u
#define FRAME_NS      16666667ull /* 60 Hz */
#define RETRACE_NS    1000000ull
#define LINE_NS       31778ull
#define LINE_BLANK_NS 6356ull

struct indexed
{
    uint8_t index;
    uint8_t values[256];
};

struct vga
{
    struct hw_machine *machine;
    struct hw_pci_function *function;
    uint8_t misc;
    uint8_t feature;
    struct indexed sequencer;
    struct indexed graphics;
    struct indexed crtc;
    struct indexed attribute;
    bool attribute_data; /* next write to 0x3c0 is data */
    uint8_t dac_mask;
    uint8_t dac[256 * 3];
    unsigned dac_read;
    unsigned dac_write;
    bool dac_reading;
    uint16_t dispi[DISPI_COUNT];
    uint8_t *frame;
    uint8_t legacy[LEGACY_SIZE];
};

/* Input status 1: vertical and horizontal retrace follow virtual time, so waiting loops end. */
static uint8_t
retrace(const struct vga *vga)
{
    uint64_t now = hw_clock_now(vga->machine);
    bool vertical = now % FRAME_NS < RETRACE_NS;
    bool blank = vertical || now % LINE_NS < LINE_BLANK_NS;
    return (uint8_t)((vertical ? 8 : 0) | (blank ? 1 : 0));
}

static uint8_t
read_dac(struct vga *vga)
{
    uint8_t value = vga->dac[vga->dac_read];
    vga->dac_read = (vga->dac_read + 1) % sizeof vga->dac;
    return value;
}

static bool
color(const struct vga *vga)
{
    return vga->misc & 1;
}

static uint32_t
port_read(void *context, unsigned offset, unsigned size)
{
    struct vga *vga = context;
    unsigned port = PORT_BASE + offset;
    (void)size;
    /* The CRT controller answers at 3dx in color and 3bx in monochrome modes, not at both. */
    if ((port < 0x3c0 && color(vga)) || (port >= 0x3d0 && !color(vga)))
    {
        return 0xff;
    }
    switch (port)
    {
    case 0x3c0:
        return vga->attribute.index;
    case 0x3c1:
        return vga->attribute.values[vga->attribute.index & 31];
    case 0x3c2:
        return 0x10; /* switch sense: a color display is there */
    case 0x3c4:
        return vga->sequencer.index;
    case 0x3c5:
        return vga->sequencer.values[vga->sequencer.index];
    case 0x3c6:
        return vga->dac_mask;
    case 0x3c7:
        return vga->dac_reading ? 3 : 0;
    case 0x3c8:
        return vga->dac_write / 3;
    case 0x3c9:
        return read_dac(vga);
    case 0x3ca:
        return vga->feature;
    case 0x3cc:
        return vga->misc;
    case 0x3ce:
        return vga->graphics.index;
    case 0x3cf:
        return vga->graphics.values[vga->graphics.index];
    case 0x3b4:
    case 0x3d4:
        return vga->crtc.index;
    case 0x3b5:
    case 0x3d5:
        return vga->crtc.values[vga->crtc.index];
    case 0x3ba:
    case 0x3da:
        vga->attribute_data = false;
        return retrace(vga);
    default:
        return 0xff;
    }
}

static void
write_attribute(struct vga *vga, uint8_t value)
{
    if (vga->attribute_data)
    {
        vga->attribute.values[vga->attribute.index & 31] = value;
    }
    else
    {
        vga->attribute.index = value & 0x3f;
    }
    vga->attribute_data = !vga->attribute_data;
}

static void
write_crtc(struct vga *vga, uint8_t value)
{
    uint8_t index = vga->crtc.index;
    bool locked = vga->crtc.values[0x11] & 0x80;
    if (locked && index == 7)
    {
        value = (uint8_t)((vga->crtc.values[7] & ~0x10) | (value & 0x10));
    }
    else if (locked && index < 7)
    {
        return;
    }
    vga->crtc.values[index] = value;
}

static void
port_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct vga *vga = context;
    unsigned port = PORT_BASE + offset;
    uint8_t byte = (uint8_t)value;
    (void)size;
    if ((port < 0x3c0 && color(vga)) || (port >= 0x3d0 && !color(vga)))
    {
        return;
    }
    switch (port)
    {
    case 0x3c0:
        write_attribute(vga, byte);
        break;
    case 0x3c2:
        vga->misc = byte;
        break;
    case 0x3c4:
        vga->sequencer.index = byte & 7;
        break;
    case 0x3c5:
        vga->sequencer.values[vga->sequencer.index] = byte;
        break;
    case 0x3c6:
        vga->dac_mask = byte;
        break;
    case 0x3c7:
        vga->dac_read = byte * 3u;
        vga->dac_reading = true;
        break;
    case 0x3c8:
        vga->dac_write = byte * 3u;
        vga->dac_reading = false;
        break;
    case 0x3c9:
        vga->dac[vga->dac_write] = byte & 0x3f;
        vga->dac_write = (vga->dac_write + 1) % sizeof vga->dac;
        break;
    case 0x3ce:
        vga->graphics.index = byte & 15;
        break;
    case 0x3cf:
        vga->graphics.values[vga->graphics.index] = byte;
        break;
    case 0x3b4:
    case 0x3d4:
        vga->crtc.index = byte;
        break;
    case 0x3b5:
    case 0x3d5:
        write_crtc(vga, byte);
        break;
    case 0x3ba:
    case 0x3da:
        vga->feature = byte;
        break;
    default:
        break;
    }
}

static const struct hw_port_ops port_ops = {port_read, port_write, 1};

static uint64_t
legacy_read(void *context, uint64_t offset, unsigned size)
{
    const struct vga *vga = context;
    uint64_t value = 0;
    memcpy(&value, vga->legacy + offset, size);
    return value;
}

static void
legacy_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    struct vga *vga = context;
    memcpy(vga->legacy + offset, &value, size);
}

static const struct hw_mmio_ops legacy_ops = {legacy_read, legacy_write, 8};

static uint64_t
frame_read(void *context, uint64_t offset, unsigned size)
{
    const struct vga *vga = context;
    uint64_t value = 0;
    memcpy(&value, vga->frame + offset, size);
    return value;
}

static void
frame_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    struct vga *vga = context;
    memcpy(vga->frame + offset, &value, size);
}

static const struct hw_mmio_ops frame_ops = {frame_read, frame_write, 8};

/* BAR 2: VGA ports 0x3c0 to 0x3df at 0x400, mode registers at 0x500. */
static uint64_t
register_read(void *context, uint64_t offset, unsigned size)
{
    struct vga *vga = context;
    if (offset >= 0x400 && offset < 0x420)
    {
        uint64_t value = port_read(vga, (unsigned)(offset - 0x400) + 0x10, 1);
        return size == 1
                   ? value
                   : value | (uint64_t)port_read(vga, (unsigned)(offset - 0x400) + 0x11, 1) << 8;
    }
    if (offset >= 0x500 && offset < 0x500 + DISPI_COUNT * 2)
    {
        return vga->dispi[(offset - 0x500) / 2] >> (offset & 1 ? 8 : 0);
    }
    return UINT64_MAX;
}

static void
register_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    struct vga *vga = context;
    if (offset >= 0x400 && offset < 0x420)
    {
        port_write(vga, (unsigned)(offset - 0x400) + 0x10, (uint8_t)value, 1);
        if (size == 2)
        {
            port_write(vga, (unsigned)(offset - 0x400) + 0x11, (uint8_t)(value >> 8), 1);
        }
    }
    else if (offset >= 0x502 && offset < 0x500 + DISPI_COUNT * 2 - 2 && size == 2)
    {
        vga->dispi[(offset - 0x500) / 2] = (uint16_t)value;
    }
}

static const struct hw_mmio_ops register_ops = {register_read, register_write, 2};

static bool
realize(struct hw_device *device, const void *config)
{
    static const struct hw_pci_identity identity = {.vendor = 0x1234,
                                                    .device = 0x1111,
                                                    .subsystem_vendor = 0x1af4,
                                                    .subsystem = 0x1100,
                                                    .class_code = 0x030000,
                                                    .revision = 2};
    struct vga *vga = hw_device_state(device);
    const struct hw_vga_config *place = config;
    if (!place)
    {
        return false;
    }
    vga->machine = device->machine;
    vga->function = hw_device_claim_pci(device, NULL, place->slot, 0, &identity);
    vga->frame = calloc(1, FRAME_SIZE);
    bool done = vga->function && vga->frame &&
                hw_pci_bar_memory(vga->function, 0, FRAME_SIZE, false, true, &frame_ops, vga) &&
                hw_pci_bar_memory(vga->function, 2, 4096, false, false, &register_ops, vga) &&
                hw_device_claim_ports(device, PORT_BASE, PORT_COUNT, &port_ops) &&
                hw_device_claim_mmio(device, LEGACY_BASE, LEGACY_SIZE, &legacy_ops) &&
                hw_pci_assign_function(vga->function);
    if (!done)
    {
        free(vga->frame);
    }
    return done;
}

/* Text mode 3 as firmware sets it: 80 columns, cleared screen at 0xb8000. */
static void
reset(struct hw_device *device)
{
    static const uint8_t crtc[25] = {0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00,
                                     0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e,
                                     0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff};
    static const uint8_t graphics[9] = {0, 0, 0, 0, 0, 0x10, 0x0e, 0x0f, 0xff};
    static const uint8_t sequencer[5] = {3, 0, 3, 0, 2};
    struct vga *vga = hw_device_state(device);
    vga->misc = 0x67;
    vga->dac_mask = 0xff;
    vga->attribute_data = false;
    memcpy(vga->crtc.values, crtc, sizeof crtc);
    memcpy(vga->graphics.values, graphics, sizeof graphics);
    memcpy(vga->sequencer.values, sequencer, sizeof sequencer);
    memset(vga->dispi, 0, sizeof vga->dispi);
    vga->dispi[0] = DISPI_ID;
    vga->dispi[DISPI_COUNT - 1] = FRAME_SIZE / 65536;
    for (unsigned i = 0; i < 80 * 25; i++)
    {
        vga->legacy[0x18000 + i * 2] = ' ';
        vga->legacy[0x18000 + i * 2 + 1] = 7;
    }
}

static void
leave(struct hw_device *device)
{
    struct vga *vga = hw_device_state(device);
    free(vga->frame);
}

const struct hw_device_ops hw_vga_ops = {"vga", sizeof(struct vga), realize, reset, leave};
