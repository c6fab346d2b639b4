/* SPDX-License-Identifier: MIT */
/*
 * The pair of 8259A interrupt controllers, cascaded on input 2. The kernel takes interrupts from
 * the lines themselves; this model answers drivers and tests that look at the chips. No lock.
 */
#include "hw/devices.h"

#define CASCADE 2u

struct chip
{
    uint8_t request;  /* IRR */
    uint8_t mask;     /* IMR */
    uint8_t service;  /* ISR */
    uint8_t lines;    /* input levels now */
    uint8_t level;    /* ELCR: level-triggered inputs */
    uint8_t writable; /* of the ELCR */
    uint8_t vector;
    uint8_t init; /* next initialization word expected; 0: none */
    bool needs_icw4;
    bool single;
    bool auto_eoi;
    bool rotate_auto;
    bool special_mask;
    bool special_nested;
    bool poll;
    bool read_service;
    uint8_t lowest; /* input with the lowest priority */
};

struct pic
{
    struct hw_machine *machine;
    struct chip chips[2];
    struct hw_irq_observer observer;
};

/* Priority of an input: 0 is the highest. */
static unsigned
priority(const struct chip *chip, unsigned input)
{
    return (input - chip->lowest - 1) & 7;
}

static int
highest(const struct chip *chip, uint8_t bits)
{
    for (unsigned rank = 0; rank < 8; rank++)
    {
        unsigned input = (chip->lowest + 1 + rank) & 7;
        if (bits & (1u << input))
        {
            return (int)input;
        }
    }
    return -1;
}

/* The input to be serviced next, -1 when none outranks what is in service. */
static int
pending(const struct chip *chip, bool is_master)
{
    int best = highest(chip, chip->request & (uint8_t)~chip->mask);
    uint8_t service = chip->service;
    if (best < 0)
    {
        return -1;
    }
    if (chip->special_mask)
    {
        service &= (uint8_t)~chip->mask;
    }
    /* In special fully nested mode the slave may interrupt its own service. */
    if (chip->special_nested && is_master)
    {
        service &= (uint8_t)~(1u << CASCADE);
    }
    int current = highest(chip, service);
    if (current >= 0 && priority(chip, (unsigned)current) <= priority(chip, (unsigned)best))
    {
        return -1;
    }
    return best;
}

static void
set_input(struct chip *chip, unsigned input, bool level)
{
    uint8_t bit = (uint8_t)(1u << input);
    bool rising = level && !(chip->lines & bit);
    chip->lines = level ? chip->lines | bit : chip->lines & (uint8_t)~bit;
    if (rising)
    {
        chip->request |= bit;
    }
    else if (!level && (chip->level & bit))
    {
        chip->request &= (uint8_t)~bit;
    }
}

static void
update(struct pic *pic)
{
    set_input(&pic->chips[0], CASCADE, pending(&pic->chips[1], false) >= 0);
    if (pending(&pic->chips[1], false) < 0)
    {
        pic->chips[0].request &= (uint8_t)~(1u << CASCADE);
    }
}

static void
line_changed(void *context, unsigned line, bool level)
{
    struct pic *pic = context;
    if (line < 16 && line != CASCADE)
    {
        set_input(&pic->chips[line / 8], line % 8, level);
        update(pic);
    }
}

static void
take(struct chip *chip, unsigned input)
{
    uint8_t bit = (uint8_t)(1u << input);
    if (!(chip->level & bit))
    {
        chip->request &= (uint8_t)~bit;
    }
    if (!chip->auto_eoi)
    {
        chip->service |= bit;
    }
    else if (chip->rotate_auto)
    {
        chip->lowest = (uint8_t)input;
    }
}

static uint8_t
acknowledge_chip(struct pic *pic, unsigned number)
{
    struct chip *chip = &pic->chips[number];
    int input = pending(chip, number == 0);
    /* With nothing pending any more the chip answers with its input 7: a spurious interrupt. */
    if (input < 0)
    {
        return chip->vector | 7;
    }
    take(chip, (unsigned)input);
    if (number == 0 && input == (int)CASCADE)
    {
        return acknowledge_chip(pic, 1);
    }
    return (uint8_t)(chip->vector | input);
}

static void
end_of_interrupt(struct chip *chip, uint8_t command)
{
    bool rotate = command & 0x80;
    bool specific = command & 0x40;
    bool eoi = command & 0x20;
    int input = specific ? (int)(command & 7) : highest(chip, chip->service);
    if (!eoi)
    {
        if (specific && rotate)
        {
            chip->lowest = command & 7;
        }
        else if (!specific)
        {
            chip->rotate_auto = rotate;
        }
        return;
    }
    if (input < 0)
    {
        return;
    }
    chip->service &= (uint8_t)~(1u << input);
    if (rotate)
    {
        chip->lowest = (uint8_t)input;
    }
}

static void
begin_initialization(struct chip *chip, uint8_t value)
{
    chip->mask = 0;
    chip->service = 0;
    chip->request = chip->lines & chip->level;
    chip->lowest = 7;
    chip->special_mask = false;
    chip->special_nested = false;
    chip->auto_eoi = false;
    chip->rotate_auto = false;
    chip->read_service = false;
    chip->poll = false;
    chip->needs_icw4 = value & 1;
    chip->single = value & 2;
    chip->init = 2;
}

static void
write_command(struct chip *chip, uint8_t value)
{
    if (value & 0x10)
    {
        begin_initialization(chip, value);
    }
    else if (value & 0x08)
    {
        if (value & 0x04)
        {
            chip->poll = true;
        }
        if (value & 0x02)
        {
            chip->read_service = value & 1;
        }
        if (value & 0x40)
        {
            chip->special_mask = value & 0x20;
        }
    }
    else
    {
        end_of_interrupt(chip, value);
    }
}

static void
write_data(struct chip *chip, uint8_t value)
{
    switch (chip->init)
    {
    case 2:
        chip->vector = value & 0xf8;
        chip->init = !chip->single ? 3 : chip->needs_icw4 ? 4 : 0;
        break;
    case 3: /* the wiring is fixed */
        chip->init = chip->needs_icw4 ? 4 : 0;
        break;
    case 4:
        chip->auto_eoi = value & 2;
        chip->special_nested = value & 0x10;
        chip->init = 0;
        break;
    default:
        chip->mask = value;
        break;
    }
}

static uint32_t
chip_read(struct pic *pic, unsigned number, unsigned offset)
{
    struct chip *chip = &pic->chips[number];
    if (chip->poll)
    {
        chip->poll = false;
        int input = pending(chip, number == 0);
        if (input < 0)
        {
            return 0;
        }
        take(chip, (unsigned)input);
        update(pic);
        return 0x80u | (unsigned)input;
    }
    return offset ? chip->mask : chip->read_service ? chip->service : chip->request;
}

static void
chip_write(struct pic *pic, unsigned number, unsigned offset, uint32_t value)
{
    struct chip *chip = &pic->chips[number];
    if (offset)
    {
        write_data(chip, (uint8_t)value);
    }
    else
    {
        write_command(chip, (uint8_t)value);
    }
    update(pic);
}

static uint32_t
master_read(void *context, unsigned offset, unsigned size)
{
    (void)size;
    return chip_read(context, 0, offset);
}

static void
master_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    (void)size;
    chip_write(context, 0, offset, value);
}

static uint32_t
slave_read(void *context, unsigned offset, unsigned size)
{
    (void)size;
    return chip_read(context, 1, offset);
}

static void
slave_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    (void)size;
    chip_write(context, 1, offset, value);
}

static uint32_t
elcr_read(void *context, unsigned offset, unsigned size)
{
    struct pic *pic = context;
    (void)size;
    return pic->chips[offset].level;
}

static void
elcr_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct pic *pic = context;
    (void)size;
    pic->chips[offset].level = (uint8_t)value & pic->chips[offset].writable;
    update(pic);
}

static const struct hw_port_ops master_ops = {master_read, master_write, 1};
static const struct hw_port_ops slave_ops = {slave_read, slave_write, 1};
static const struct hw_port_ops elcr_ops = {elcr_read, elcr_write, 1};

static bool
realize(struct hw_device *device, const void *config)
{
    struct pic *pic = hw_device_state(device);
    (void)config;
    pic->machine = device->machine;
    pic->chips[0].writable = 0xf8; /* timer, keyboard and cascade are edges */
    pic->chips[1].writable = 0xde; /* clock and coprocessor too */
    pic->observer.changed = line_changed;
    pic->observer.context = pic;
    if (!hw_device_claim_ports(device, 0x20, 2, &master_ops) ||
        !hw_device_claim_ports(device, 0xa0, 2, &slave_ops) ||
        !hw_device_claim_ports(device, 0x4d0, 2, &elcr_ops))
    {
        return false;
    }
    hw_irq_observe(device->machine, &pic->observer);
    return true;
}

static void
leave(struct hw_device *device)
{
    struct pic *pic = hw_device_state(device);
    hw_irq_unobserve(device->machine, &pic->observer);
}

/* As an operating system that uses the I/O APIC leaves them: remapped and masked. */
static void
reset(struct hw_device *device)
{
    struct pic *pic = hw_device_state(device);
    for (unsigned i = 0; i < 2; i++)
    {
        struct chip *chip = &pic->chips[i];
        begin_initialization(chip, 0);
        chip->init = 0;
        chip->level = 0;
        chip->mask = 0xff;
        chip->vector = (uint8_t)(0x30 + i * 8);
    }
}

const struct hw_device_ops hw_pic_ops = {"pic", sizeof(struct pic), realize, reset, leave};

bool
hw_pic_output(const struct hw_device *device)
{
    const struct pic *pic = hw_device_state(device);
    return pending(&pic->chips[0], true) >= 0;
}

uint8_t
hw_pic_acknowledge(struct hw_device *device)
{
    struct pic *pic = hw_device_state(device);
    uint8_t vector = acknowledge_chip(pic, 0);
    update(pic);
    return vector;
}
