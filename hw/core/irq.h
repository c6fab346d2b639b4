/* SPDX-License-Identifier: MIT */
/*
 * Interrupt lines and message-signalled interrupts. A line is the OR of its sources, so that
 * devices can share it. The kernel hears of changes through hw_hooks.irq and hw_hooks.message.
 */
#ifndef HW_CORE_IRQ_H
#define HW_CORE_IRQ_H

#include <stdbool.h>
#include <stdint.h>

struct hw_machine;

/* Lines 0 to 15 are the ISA lines, 16 to 23 the PCI ones; the rest is free for other buses. */
#define HW_IRQ_LINES     64u
#define HW_IRQ_PCI_FIRST 16u
#define HW_IRQ_NONE      0xffffu

/* Messages are writes to this page. */
#define HW_IRQ_MESSAGE_BASE 0xfee00000ull
#define HW_IRQ_MESSAGE_SIZE 0x100000ull

/* Told after each change of a line's level, before the machine's own hook. */
struct hw_irq_observer
{
    void (*changed)(void *context, unsigned line, bool level);
    void *context;
    struct hw_irq_observer *next;
};

struct hw_irqs
{
    uint32_t asserted[HW_IRQ_LINES]; /* sources that hold the line */
    struct hw_irq_observer *observers;
};

/* One source: what a device holds. */
struct hw_irq
{
    struct hw_machine *machine;
    uint16_t line; /* HW_IRQ_NONE: not connected */
    bool level;
};

/* `line` is below HW_IRQ_LINES or HW_IRQ_NONE; then nothing is ever raised. */
void hw_irq_init(struct hw_irq *irq, struct hw_machine *machine, unsigned line);

/* Drives the source's output. Only a change of the whole line is reported. */
void hw_irq_set(struct hw_irq *irq, bool level);
void hw_irq_raise(struct hw_irq *irq);
void hw_irq_lower(struct hw_irq *irq);

/* One edge: raises and lowers. */
void hw_irq_pulse(struct hw_irq *irq);

/* Moves the source to another line; an asserted source leaves one and asserts the other. */
void hw_irq_connect(struct hw_irq *irq, unsigned line);

/* The level of a line now: for a level-triggered line still true after its interrupt service
 * routine ran, the interrupt is to be delivered again. */
bool hw_irq_level(const struct hw_machine *machine, unsigned line);

/* Delivers a message interrupt: what a write of `data` to `address` by a device means. */
void hw_irq_message(struct hw_machine *machine, uint64_t address, uint32_t data);

void hw_irq_observe(struct hw_machine *machine, struct hw_irq_observer *observer);
void hw_irq_unobserve(struct hw_machine *machine, struct hw_irq_observer *observer);

#endif
