/* SPDX-License-Identifier: MIT */
/*
 * Interrupt lines as counters of asserting sources. Owns hw_machine.irqs. No lock.
 */
#include "hw/core/machine.h"

static void
report(struct hw_machine *machine, unsigned line, bool level)
{
    for (struct hw_irq_observer *o = machine->irqs.observers; o; o = o->next)
    {
        o->changed(o->context, line, level);
    }
    if (machine->hooks.irq)
    {
        machine->hooks.irq(machine->hooks.context, line, level);
    }
}

void
hw_irq_init(struct hw_irq *irq, struct hw_machine *machine, unsigned line)
{
    irq->machine = machine;
    irq->line = line < HW_IRQ_LINES ? (uint16_t)line : HW_IRQ_NONE;
    irq->level = false;
}

void
hw_irq_set(struct hw_irq *irq, bool level)
{
    if (irq->level == level)
    {
        return;
    }
    irq->level = level;
    if (irq->line == HW_IRQ_NONE)
    {
        return;
    }
    uint32_t *asserted = &irq->machine->irqs.asserted[irq->line];
    bool before = *asserted != 0;
    *asserted = level ? *asserted + 1 : *asserted - 1;
    if (before != (*asserted != 0))
    {
        report(irq->machine, irq->line, level);
    }
}

void
hw_irq_raise(struct hw_irq *irq)
{
    hw_irq_set(irq, true);
}

void
hw_irq_lower(struct hw_irq *irq)
{
    hw_irq_set(irq, false);
}

void
hw_irq_pulse(struct hw_irq *irq)
{
    hw_irq_set(irq, true);
    hw_irq_set(irq, false);
}

void
hw_irq_connect(struct hw_irq *irq, unsigned line)
{
    bool level = irq->level;
    hw_irq_set(irq, false);
    irq->line = line < HW_IRQ_LINES ? (uint16_t)line : HW_IRQ_NONE;
    hw_irq_set(irq, level);
}

bool
hw_irq_level(const struct hw_machine *machine, unsigned line)
{
    return line < HW_IRQ_LINES && machine->irqs.asserted[line] != 0;
}

void
hw_irq_message(struct hw_machine *machine, uint64_t address, uint32_t data)
{
    if (machine->hooks.message)
    {
        machine->hooks.message(machine->hooks.context, address, data);
    }
}

void
hw_irq_observe(struct hw_machine *machine, struct hw_irq_observer *observer)
{
    struct hw_irq_observer **end = &machine->irqs.observers;
    while (*end)
    {
        end = &(*end)->next;
    }
    observer->next = NULL;
    *end = observer;
}

void
hw_irq_unobserve(struct hw_machine *machine, struct hw_irq_observer *observer)
{
    for (struct hw_irq_observer **o = &machine->irqs.observers; *o; o = &(*o)->next)
    {
        if (*o == observer)
        {
            *o = observer->next;
            return;
        }
    }
}
