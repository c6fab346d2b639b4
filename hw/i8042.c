/* SPDX-License-Identifier: MIT */
/*
 * Keyboard controller with a keyboard and a wheel mouse behind it. Answers are ready at once. No
 * lock; ports from any IRQL.
 */
#include "hw/devices.h"

#include <string.h>

#define STATUS_OUTPUT   0x01u
#define STATUS_SYSTEM   0x04u
#define STATUS_COMMAND  0x08u
#define STATUS_UNLOCKED 0x10u
#define STATUS_AUX      0x20u
#define CONFIG_IRQ1     0x01u
#define CONFIG_IRQ12    0x02u
#define CONFIG_SYSTEM   0x04u
#define CONFIG_NO_KEYS  0x10u
#define CONFIG_NO_AUX   0x20u
#define CONFIG_XLATE    0x40u
#define ACK             0xfau
#define RESEND          0xfeu
#define QUEUE_SIZE      64u

struct queue
{
    uint8_t bytes[QUEUE_SIZE];
    unsigned head;
    unsigned count;
};

struct i8042
{
    struct hw_machine *machine;
    struct hw_irq keyboard_irq;
    struct hw_irq mouse_irq;
    uint8_t config;
    uint8_t output_port;
    uint8_t command; /* controller command that waits for its byte; 0: none */
    bool last_was_command;
    uint8_t memory[32];

    bool full; /* output buffer */
    bool from_mouse;
    uint8_t output;
    struct queue controller; /* answers of the controller itself */
    struct queue keyboard;
    struct queue mouse;

    uint8_t keyboard_command;
    bool scanning;
    bool break_prefix; /* 0xf0 of scan code set 2 waits for its key */
    uint8_t leds;
    uint8_t scan_set;
    uint8_t typematic;

    uint8_t mouse_command;
    bool reporting;
    bool remote;
    uint8_t resolution;
    uint8_t rate;
    bool scaling;
    uint8_t mouse_id;
    uint8_t rates[3]; /* the latest three: 200, 100, 80 turns the wheel on */
    uint8_t buttons;
};

static bool
enqueue(struct queue *queue, const uint8_t *bytes, unsigned count)
{
    if (count > QUEUE_SIZE - queue->count)
    {
        return false;
    }
    for (unsigned i = 0; i < count; i++)
    {
        queue->bytes[(queue->head + queue->count++) % QUEUE_SIZE] = bytes[i];
    }
    return true;
}

static uint8_t
dequeue(struct queue *queue)
{
    uint8_t byte = queue->bytes[queue->head];
    queue->head = (queue->head + 1) % QUEUE_SIZE;
    queue->count--;
    return byte;
}

static void
say(struct queue *queue, uint8_t byte)
{
    enqueue(queue, &byte, 1);
}

/* Scan code set 2 to set 1, for the keys that a PC keyboard has; others pass unchanged. */
static uint8_t
translate(uint8_t code)
{
    static const uint8_t set_1[0x84] = {
        0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29,
        0x59, 0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11,
        0x03, 0x5b, 0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14,
        0x13, 0x06, 0x5d, 0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24,
        0x16, 0x08, 0x09, 0x5f, 0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35,
        0x26, 0x27, 0x19, 0x0c, 0x61, 0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36,
        0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76, 0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c,
        0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f, 0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45,
        0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54, 0x80, 0x80, 0x80, 0x41};
    return code < sizeof set_1 ? set_1[code] : code;
}

/* Moves the next byte into the output buffer and drives the two interrupt lines. */
static void
update(struct i8042 *kbc)
{
    while (!kbc->full)
    {
        if (kbc->controller.count)
        {
            kbc->output = dequeue(&kbc->controller);
            kbc->from_mouse = false;
        }
        else if (kbc->keyboard.count && !(kbc->config & CONFIG_NO_KEYS))
        {
            uint8_t code = dequeue(&kbc->keyboard);
            kbc->from_mouse = false;
            if (kbc->config & CONFIG_XLATE)
            {
                if (code == 0xf0)
                {
                    kbc->break_prefix = true;
                    continue;
                }
                code = (uint8_t)(translate(code) | (kbc->break_prefix ? 0x80 : 0));
                kbc->break_prefix = false;
            }
            kbc->output = code;
        }
        else if (kbc->mouse.count && !(kbc->config & CONFIG_NO_AUX))
        {
            kbc->output = dequeue(&kbc->mouse);
            kbc->from_mouse = true;
        }
        else
        {
            break;
        }
        kbc->full = true;
    }
    bool key = kbc->full && !kbc->from_mouse && (kbc->config & CONFIG_IRQ1);
    bool aux = kbc->full && kbc->from_mouse && (kbc->config & CONFIG_IRQ12);
    hw_irq_set(&kbc->keyboard_irq, key);
    hw_irq_set(&kbc->mouse_irq, aux);
}

static void
reset_keyboard(struct i8042 *kbc)
{
    kbc->keyboard.count = 0;
    kbc->keyboard_command = 0;
    kbc->scanning = true;
    kbc->leds = 0;
    kbc->scan_set = 2;
    kbc->typematic = 0x2b;
    kbc->break_prefix = false;
}

static void
reset_mouse(struct i8042 *kbc)
{
    kbc->mouse.count = 0;
    kbc->mouse_command = 0;
    kbc->reporting = false;
    kbc->remote = false;
    kbc->resolution = 2;
    kbc->rate = 100;
    kbc->scaling = false;
    kbc->mouse_id = 0;
}

/* The byte after a keyboard command. */
static void
keyboard_argument(struct i8042 *kbc, uint8_t byte)
{
    uint8_t command = kbc->keyboard_command;
    kbc->keyboard_command = 0;
    say(&kbc->keyboard, ACK);
    switch (command)
    {
    case 0xed:
        kbc->leds = byte & 7;
        break;
    case 0xf0:
        if (byte == 0)
        {
            say(&kbc->keyboard, kbc->scan_set);
        }
        else if (byte <= 3)
        {
            kbc->scan_set = byte;
        }
        break;
    default:
        kbc->typematic = byte & 0x7f;
        break;
    }
}

static void
keyboard_write(struct i8042 *kbc, uint8_t byte)
{
    static const uint8_t identity[] = {ACK, 0xab, 0x83};
    static const uint8_t self_test[] = {ACK, 0xaa};
    if (kbc->keyboard_command && byte < 0xed)
    {
        keyboard_argument(kbc, byte);
        return;
    }
    kbc->keyboard_command = 0;
    switch (byte)
    {
    case 0xed: /* lamps */
    case 0xf0: /* scan code set */
    case 0xf3: /* repeat rate */
        kbc->keyboard_command = byte;
        say(&kbc->keyboard, ACK);
        break;
    case 0xee: /* echo */
        say(&kbc->keyboard, byte);
        break;
    case 0xf2:
        enqueue(&kbc->keyboard, identity, sizeof identity);
        break;
    case 0xf4:
        kbc->scanning = true;
        say(&kbc->keyboard, ACK);
        break;
    case 0xf5:
    case 0xf6:
        reset_keyboard(kbc);
        kbc->scanning = byte == 0xf6;
        say(&kbc->keyboard, ACK);
        break;
    case 0xff:
        reset_keyboard(kbc);
        enqueue(&kbc->keyboard, self_test, sizeof self_test);
        break;
    default:
        say(&kbc->keyboard, RESEND);
        break;
    }
}

static void
mouse_argument(struct i8042 *kbc, uint8_t byte)
{
    uint8_t command = kbc->mouse_command;
    kbc->mouse_command = 0;
    say(&kbc->mouse, ACK);
    if (command == 0xe8)
    {
        kbc->resolution = byte & 3;
        return;
    }
    kbc->rate = byte;
    kbc->rates[0] = kbc->rates[1];
    kbc->rates[1] = kbc->rates[2];
    kbc->rates[2] = byte;
    if (kbc->rates[0] == 200 && kbc->rates[1] == 100 && kbc->rates[2] == 80)
    {
        kbc->mouse_id = 3;
    }
}

static void
mouse_status(struct i8042 *kbc)
{
    uint8_t left_first =
        (uint8_t)((kbc->buttons & 1) << 2 | (kbc->buttons & 2) >> 1 | (kbc->buttons & 4) >> 1);
    uint8_t status[4] = {
        ACK, (uint8_t)(left_first | kbc->scaling << 4 | kbc->reporting << 5 | kbc->remote << 6),
        kbc->resolution, kbc->rate};
    enqueue(&kbc->mouse, status, sizeof status);
}

static void
mouse_write(struct i8042 *kbc, uint8_t byte)
{
    static const uint8_t self_test[] = {ACK, 0xaa, 0x00};
    if (kbc->mouse_command)
    {
        mouse_argument(kbc, byte);
        return;
    }
    switch (byte)
    {
    case 0xe9:
        mouse_status(kbc);
        return;
    case 0xff:
        reset_mouse(kbc);
        enqueue(&kbc->mouse, self_test, sizeof self_test);
        return;
    case 0xe6:
    case 0xe7:
        kbc->scaling = byte == 0xe7;
        break;
    case 0xe8:
    case 0xf3:
        kbc->mouse_command = byte;
        break;
    case 0xea:
    case 0xf0:
        kbc->remote = byte == 0xf0;
        break;
    case 0xf2:
        say(&kbc->mouse, ACK);
        say(&kbc->mouse, kbc->mouse_id);
        return;
    case 0xf4:
    case 0xf5:
        kbc->reporting = byte == 0xf4;
        break;
    case 0xf6:
        reset_mouse(kbc);
        break;
    default:
        say(&kbc->mouse, RESEND);
        return;
    }
    say(&kbc->mouse, ACK);
}

static void
power_reset(struct i8042 *kbc)
{
    struct hw_hooks *hooks = &kbc->machine->hooks;
    if (hooks->power)
    {
        hooks->power(hooks->context, HW_POWER_RESET);
    }
}

/* A byte to port 0x64. Those that need another byte leave themselves in kbc->command. */
static void
controller_write(struct i8042 *kbc, uint8_t byte)
{
    kbc->command = 0;
    if (byte >= 0x20 && byte < 0x40)
    {
        say(&kbc->controller, byte == 0x20 ? kbc->config : kbc->memory[byte & 31]);
        return;
    }
    if ((byte >= 0x60 && byte < 0x80) || (byte >= 0xd1 && byte <= 0xd4))
    {
        kbc->command = byte;
        return;
    }
    switch (byte)
    {
    case 0xa7:
    case 0xa8:
        kbc->config =
            (uint8_t)(byte == 0xa7 ? kbc->config | CONFIG_NO_AUX : kbc->config & ~CONFIG_NO_AUX);
        break;
    case 0xad:
    case 0xae:
        kbc->config =
            (uint8_t)(byte == 0xad ? kbc->config | CONFIG_NO_KEYS : kbc->config & ~CONFIG_NO_KEYS);
        break;
    case 0xa9:
    case 0xab: /* port tests: nothing stuck */
        say(&kbc->controller, 0x00);
        break;
    case 0xaa:
        kbc->config |= CONFIG_SYSTEM;
        say(&kbc->controller, 0x55);
        break;
    case 0xc0: /* input port: not inhibited */
        say(&kbc->controller, 0x80);
        break;
    case 0xd0:
        say(&kbc->controller,
            (uint8_t)(kbc->output_port | (kbc->full && !kbc->from_mouse ? 0x10 : 0) |
                      (kbc->full && kbc->from_mouse ? 0x20 : 0)));
        break;
    default:
        if (byte >= 0xf0 && !(byte & 1)) /* pulses output bit 0: the reset line */
        {
            power_reset(kbc);
        }
        break;
    }
}

/* A byte to port 0x60. */
static void
data_write(struct i8042 *kbc, uint8_t byte)
{
    uint8_t command = kbc->command;
    kbc->command = 0;
    switch (command)
    {
    case 0x00:
        kbc->config &= (uint8_t)~CONFIG_NO_KEYS;
        keyboard_write(kbc, byte);
        break;
    case 0x60:
        kbc->config = byte & 0x77;
        break;
    case 0xd1:
        kbc->output_port = byte & 0xcf;
        if (!(byte & 1))
        {
            power_reset(kbc);
        }
        break;
    case 0xd2:
        say(&kbc->controller, byte);
        break;
    case 0xd3:
        say(&kbc->mouse, byte);
        break;
    case 0xd4:
        mouse_write(kbc, byte);
        break;
    default:
        kbc->memory[command & 31] = byte;
        break;
    }
}

static uint32_t
data_port_read(void *context, unsigned offset, unsigned size)
{
    struct i8042 *kbc = context;
    (void)offset;
    (void)size;
    uint8_t value = kbc->output; /* an empty buffer repeats its last byte */
    if (kbc->full)
    {
        kbc->full = false;
        hw_irq_lower(&kbc->keyboard_irq);
        hw_irq_lower(&kbc->mouse_irq);
        update(kbc);
    }
    return value;
}

static void
data_port_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct i8042 *kbc = context;
    (void)offset;
    (void)size;
    kbc->last_was_command = false;
    data_write(kbc, (uint8_t)value);
    update(kbc);
}

static uint32_t
status_read(void *context, unsigned offset, unsigned size)
{
    const struct i8042 *kbc = context;
    (void)offset;
    (void)size;
    return (kbc->full ? STATUS_OUTPUT : 0) | (kbc->config & CONFIG_SYSTEM ? STATUS_SYSTEM : 0) |
           (kbc->last_was_command ? STATUS_COMMAND : 0) | STATUS_UNLOCKED |
           (kbc->full && kbc->from_mouse ? STATUS_AUX : 0);
}

static void
command_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct i8042 *kbc = context;
    (void)offset;
    (void)size;
    kbc->last_was_command = true;
    controller_write(kbc, (uint8_t)value);
    update(kbc);
}

static const struct hw_port_ops data_ops = {data_port_read, data_port_write, 1};
static const struct hw_port_ops status_ops = {status_read, command_write, 1};

static bool
realize(struct hw_device *device, const void *config)
{
    struct i8042 *kbc = hw_device_state(device);
    (void)config;
    kbc->machine = device->machine;
    return hw_device_claim_irq(device, &kbc->keyboard_irq, 1) &&
           hw_device_claim_irq(device, &kbc->mouse_irq, 12) &&
           hw_device_claim_ports(device, 0x60, 1, &data_ops) &&
           hw_device_claim_ports(device, 0x64, 1, &status_ops);
}

/* As firmware leaves it: both devices tested, translation on, interrupts off. */
static void
reset(struct hw_device *device)
{
    struct i8042 *kbc = hw_device_state(device);
    kbc->config = CONFIG_XLATE | CONFIG_SYSTEM;
    kbc->output_port = 0x03;
    kbc->command = 0;
    kbc->last_was_command = false;
    kbc->full = false;
    kbc->output = 0;
    kbc->controller.count = 0;
    kbc->buttons = 0;
    memset(kbc->rates, 0, sizeof kbc->rates);
    reset_keyboard(kbc);
    reset_mouse(kbc);
    update(kbc);
}

const struct hw_device_ops hw_i8042_ops = {"i8042", sizeof(struct i8042), realize, reset, NULL};

bool
hw_i8042_key(struct hw_device *device, const uint8_t *codes, size_t count)
{
    struct i8042 *kbc = hw_device_state(device);
    if (!kbc->scanning || count > QUEUE_SIZE || !enqueue(&kbc->keyboard, codes, (unsigned)count))
    {
        return false;
    }
    update(kbc);
    return true;
}

static int
clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

bool
hw_i8042_mouse(struct hw_device *device, int dx, int dy, int wheel, unsigned buttons)
{
    struct i8042 *kbc = hw_device_state(device);
    uint8_t packet[4];
    kbc->buttons = buttons & 7;
    if (!kbc->reporting || kbc->remote)
    {
        return false;
    }
    dx = clamp(dx, -256, 255);
    dy = clamp(dy, -256, 255);
    packet[0] = (uint8_t)(kbc->buttons | 0x08 | (dx < 0 ? 0x10 : 0) | (dy < 0 ? 0x20 : 0));
    packet[1] = (uint8_t)dx;
    packet[2] = (uint8_t)dy;
    packet[3] = (uint8_t)clamp(wheel, -8, 7);
    if (!enqueue(&kbc->mouse, packet, kbc->mouse_id == 3 ? 4 : 3))
    {
        return false;
    }
    update(kbc);
    return true;
}
