/* SPDX-License-Identifier: MIT */
/*
 * Serial port of the 16550A kind. A transmitted byte reaches the host side at once; the holding
 * register is then empty again, so guests never wait for a baud rate. No lock.
 */
#include "hw/devices.h"

#include <string.h>

#define FIFO_SIZE      16u
#define IER_RX         0x01u
#define IER_TX         0x02u
#define IER_LINE       0x04u
#define IER_MODEM      0x08u
#define IIR_NONE       0x01u
#define IIR_MODEM      0x00u
#define IIR_TX         0x02u
#define IIR_RX         0x04u
#define IIR_LINE       0x06u
#define IIR_TIMEOUT    0x0cu
#define FCR_ENABLE     0x01u
#define FCR_CLEAR_RX   0x02u
#define LCR_DLAB       0x80u
#define MCR_OUT2       0x08u
#define MCR_LOOP       0x10u
#define LSR_READY      0x01u
#define LSR_OVERRUN    0x02u
#define LSR_EMPTY      0x60u /* holding register and shifter */
#define LSR_ERRORS     0x1eu
#define MSR_DELTAS     0x0fu
#define MSR_RI         0x40u
#define UART_CLOCK     1843200ull
#define CHARACTER_BITS 10ull

struct uart
{
    struct hw_machine *machine;
    struct hw_uart_config config;
    struct hw_irq irq;
    struct hw_clock_event timeout; /* bytes wait below the trigger level */
    uint8_t ier;
    uint8_t fcr;
    uint8_t lcr;
    uint8_t mcr;
    uint8_t lsr; /* error bits only; the others follow from the FIFO */
    uint8_t msr;
    uint8_t inputs; /* modem lines as set from outside, in msr's layout */
    uint8_t scratch;
    uint16_t divisor;
    bool tx_pending; /* the transmit interrupt has not been read yet */
    bool timed_out;
    uint8_t fifo[FIFO_SIZE];
    unsigned head;
    unsigned count;
};

static unsigned
capacity(const struct uart *uart)
{
    return uart->fcr & FCR_ENABLE ? FIFO_SIZE : 1;
}

static unsigned
trigger(const struct uart *uart)
{
    static const uint8_t levels[4] = {1, 4, 8, 14};
    return uart->fcr & FCR_ENABLE ? levels[uart->fcr >> 6] : 1;
}

static uint8_t
identify(const struct uart *uart)
{
    if ((uart->ier & IER_LINE) && (uart->lsr & LSR_ERRORS))
    {
        return IIR_LINE;
    }
    if ((uart->ier & IER_RX) && uart->count >= trigger(uart))
    {
        return IIR_RX;
    }
    if ((uart->ier & IER_RX) && uart->timed_out && uart->count)
    {
        return IIR_TIMEOUT;
    }
    if ((uart->ier & IER_TX) && uart->tx_pending)
    {
        return IIR_TX;
    }
    if ((uart->ier & IER_MODEM) && (uart->msr & MSR_DELTAS))
    {
        return IIR_MODEM;
    }
    return IIR_NONE;
}

/* OUT2 gates the interrupt on PC adapters, except in loopback. */
static void
update(struct uart *uart)
{
    bool gate = (uart->mcr & MCR_OUT2) && !(uart->mcr & MCR_LOOP);
    hw_irq_set(&uart->irq, gate && identify(uart) != IIR_NONE);
}

/* Four character times without a new byte or a read. */
static void
arm_timeout(struct uart *uart)
{
    uart->timed_out = false;
    if (!uart->count || !(uart->fcr & FCR_ENABLE))
    {
        hw_clock_cancel(uart->machine, &uart->timeout);
        return;
    }
    uint64_t divisor = uart->divisor ? uart->divisor : 1;
    uint64_t character = CHARACTER_BITS * 16 * divisor * HW_NS_PER_SECOND / UART_CLOCK;
    hw_clock_schedule_after(uart->machine, &uart->timeout, 4 * character);
}

static void
timeout_due(void *context)
{
    struct uart *uart = context;
    uart->timed_out = true;
    update(uart);
}

static bool
push(struct uart *uart, uint8_t byte)
{
    if (uart->count >= capacity(uart))
    {
        return false;
    }
    uart->fifo[(uart->head + uart->count++) % FIFO_SIZE] = byte;
    return true;
}

static uint8_t
pop(struct uart *uart)
{
    if (!uart->count)
    {
        return 0;
    }
    uint8_t byte = uart->fifo[uart->head];
    uart->head = (uart->head + 1) % FIFO_SIZE;
    uart->count--;
    arm_timeout(uart);
    return byte;
}

/* Modem status from the inputs, or from the outputs in loopback; changes set the delta bits. */
static void
update_modem(struct uart *uart)
{
    uint8_t now = uart->inputs;
    if (uart->mcr & MCR_LOOP)
    {
        now =
            (uint8_t)((uart->mcr & 0x0c) << 4 | (uart->mcr & 0x02) << 3 | (uart->mcr & 0x01) << 5);
    }
    uint8_t changed = (uart->msr ^ now) & 0xf0;
    uint8_t deltas = (changed >> 4) & 0x0b;
    if ((changed & MSR_RI) && !(now & MSR_RI)) /* ring: trailing edge only */
    {
        deltas |= 0x04;
    }
    uart->msr = (uint8_t)(now | (uart->msr & MSR_DELTAS) | deltas);
}

static void
transmit(struct uart *uart, uint8_t byte)
{
    uart->tx_pending = true;
    if (uart->mcr & MCR_LOOP)
    {
        if (!push(uart, byte))
        {
            uart->lsr |= LSR_OVERRUN;
        }
        arm_timeout(uart);
    }
    else if (uart->config.transmit)
    {
        uart->config.transmit(uart->config.context, byte);
    }
}

static void
write_fcr(struct uart *uart, uint8_t value)
{
    bool toggled = (uart->fcr ^ value) & FCR_ENABLE;
    uart->fcr = value & FCR_ENABLE ? value & 0xc9 : 0;
    if (toggled || (value & FCR_CLEAR_RX))
    {
        uart->count = 0;
        arm_timeout(uart);
    }
}

static uint8_t
read_iir(struct uart *uart)
{
    uint8_t id = identify(uart);
    if (id == IIR_TX)
    {
        uart->tx_pending = false;
    }
    return id | (uart->fcr & FCR_ENABLE ? 0xc0 : 0);
}

static uint32_t
port_read(void *context, unsigned offset, unsigned size)
{
    struct uart *uart = context;
    uint8_t value;
    (void)size;
    switch (offset)
    {
    case 0:
        value = uart->lcr & LCR_DLAB ? (uint8_t)uart->divisor : pop(uart);
        break;
    case 1:
        value = uart->lcr & LCR_DLAB ? (uint8_t)(uart->divisor >> 8) : uart->ier;
        break;
    case 2:
        value = read_iir(uart);
        break;
    case 3:
        value = uart->lcr;
        break;
    case 4:
        value = uart->mcr;
        break;
    case 5:
        value = (uint8_t)(uart->lsr | LSR_EMPTY | (uart->count ? LSR_READY : 0));
        uart->lsr = 0;
        break;
    case 6:
        value = uart->msr;
        uart->msr &= (uint8_t)~MSR_DELTAS;
        break;
    default:
        value = uart->scratch;
        break;
    }
    update(uart);
    return value;
}

static void
port_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct uart *uart = context;
    uint8_t byte = (uint8_t)value;
    bool dlab = uart->lcr & LCR_DLAB;
    (void)size;
    switch (offset)
    {
    case 0:
        if (dlab)
        {
            uart->divisor = (uint16_t)((uart->divisor & 0xff00) | byte);
        }
        else
        {
            transmit(uart, byte);
        }
        break;
    case 1:
        if (dlab)
        {
            uart->divisor = (uint16_t)((uart->divisor & 0xff) | byte << 8);
        }
        else
        {
            /* Enabling the transmit interrupt on an empty register raises it. */
            uart->tx_pending |= (byte & IER_TX) && !(uart->ier & IER_TX);
            uart->ier = byte & 0x0f;
        }
        break;
    case 2:
        write_fcr(uart, byte);
        break;
    case 3:
        uart->lcr = byte;
        break;
    case 4:
        uart->mcr = byte & 0x1f;
        update_modem(uart);
        break;
    case 7:
        uart->scratch = byte;
        break;
    default: /* line and modem status are read-only */
        break;
    }
    update(uart);
}

static const struct hw_port_ops port_ops = {port_read, port_write, 1};

static bool
realize(struct hw_device *device, const void *config)
{
    struct uart *uart = hw_device_state(device);
    if (!config)
    {
        return false;
    }
    uart->config = *(const struct hw_uart_config *)config;
    uart->machine = device->machine;
    uart->inputs = 0xb0; /* carrier, data set ready and clear to send */
    return hw_device_claim_irq(device, &uart->irq, uart->config.line) &&
           hw_device_claim_event(device, &uart->timeout, timeout_due, false) &&
           hw_device_claim_ports(device, uart->config.port, 8, &port_ops);
}

static void
reset(struct hw_device *device)
{
    struct uart *uart = hw_device_state(device);
    uart->ier = uart->fcr = uart->lcr = uart->mcr = uart->lsr = uart->scratch = 0;
    uart->msr = uart->inputs;
    uart->divisor = 12; /* 9600 baud */
    uart->tx_pending = false;
    uart->count = 0;
    arm_timeout(uart);
    update(uart);
}

const struct hw_device_ops hw_uart_ops = {"uart16550", sizeof(struct uart), realize, reset, NULL};

size_t
hw_uart_receive(struct hw_device *device, const void *data, size_t size, bool overrun)
{
    struct uart *uart = hw_device_state(device);
    const uint8_t *bytes = data;
    size_t taken = 0;
    if (uart->mcr & MCR_LOOP) /* the line is disconnected */
    {
        return 0;
    }
    while (taken < size && push(uart, bytes[taken]))
    {
        taken++;
    }
    if (taken < size && overrun)
    {
        uart->lsr |= LSR_OVERRUN;
    }
    arm_timeout(uart);
    update(uart);
    return taken;
}

void
hw_uart_set_modem(struct hw_device *device, bool cts, bool dsr, bool ri, bool dcd)
{
    struct uart *uart = hw_device_state(device);
    uart->inputs = (uint8_t)(cts << 4 | dsr << 5 | ri << 6 | dcd << 7);
    update_modem(uart);
    update(uart);
}
