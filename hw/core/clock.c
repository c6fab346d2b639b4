/* SPDX-License-Identifier: MIT */
/*
 * The event queues: two binary heaps ordered by time, then by order of scheduling. Owns the heaps;
 * events belong to devices. One host thread, no lock.
 */
#include "hw/core/machine.h"

#include <stdlib.h>

#include "host/host.h"

static bool
earlier(const struct hw_clock_event *a, const struct hw_clock_event *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->sequence < b->sequence;
}

static void
place(struct hw_clock_queue *queue, size_t index, struct hw_clock_event *event)
{
    queue->heap[index] = event;
    event->slot = index + 1;
}

static void
sift_up(struct hw_clock_queue *queue, size_t index, struct hw_clock_event *event)
{
    while (index > 0 && earlier(event, queue->heap[(index - 1) / 2]))
    {
        place(queue, index, queue->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    place(queue, index, event);
}

static void
sift_down(struct hw_clock_queue *queue, size_t index, struct hw_clock_event *event)
{
    for (;;)
    {
        size_t child = 2 * index + 1;
        if (child >= queue->count)
        {
            break;
        }
        if (child + 1 < queue->count && earlier(queue->heap[child + 1], queue->heap[child]))
        {
            child++;
        }
        if (!earlier(queue->heap[child], event))
        {
            break;
        }
        place(queue, index, queue->heap[child]);
        index = child;
    }
    place(queue, index, event);
}

static void
remove_event(struct hw_clock_queue *queue, struct hw_clock_event *event)
{
    size_t index = event->slot - 1;
    struct hw_clock_event *last = queue->heap[--queue->count];
    event->slot = 0;
    if (last == event)
    {
        return;
    }
    if (index > 0 && earlier(last, queue->heap[(index - 1) / 2]))
    {
        sift_up(queue, index, last);
    }
    else
    {
        sift_down(queue, index, last);
    }
}

void
hw_clock_event_init(struct hw_clock_event *event, hw_clock_callback callback, void *context)
{
    *event = (struct hw_clock_event){.callback = callback, .context = context};
}

void
hw_clock_event_init_background(struct hw_clock_event *event,
                               hw_clock_callback callback,
                               void *context)
{
    hw_clock_event_init(event, callback, context);
    event->background = true;
}

void
hw_clock_schedule(struct hw_machine *machine, struct hw_clock_event *event, uint64_t due_ns)
{
    struct hw_clock_queue *queue = &machine->clock.queues[event->background];
    hw_clock_cancel(machine, event);
    if (queue->count == queue->capacity)
    {
        size_t capacity = queue->capacity ? queue->capacity * 2 : 16;
        struct hw_clock_event **heap = realloc(queue->heap, capacity * sizeof *heap);
        if (!heap)
        {
            host_fatal("out of memory for clock events");
        }
        queue->heap = heap;
        queue->capacity = capacity;
    }
    event->due_ns = due_ns;
    event->sequence = machine->clock.next_sequence++;
    sift_up(queue, queue->count++, event);
}

void
hw_clock_schedule_after(struct hw_machine *machine, struct hw_clock_event *event, uint64_t delay_ns)
{
    uint64_t now = hw_clock_now(machine);
    hw_clock_schedule(machine, event, delay_ns > UINT64_MAX - now ? UINT64_MAX : now + delay_ns);
}

void
hw_clock_cancel(struct hw_machine *machine, struct hw_clock_event *event)
{
    if (event->slot)
    {
        remove_event(&machine->clock.queues[event->background], event);
    }
}

bool
hw_clock_scheduled(const struct hw_clock_event *event)
{
    return event->slot != 0;
}

static struct hw_clock_event *
first_event(const struct hw_machine *machine, bool foreground)
{
    const struct hw_clock_queue *queues = machine->clock.queues;
    struct hw_clock_event *first = queues[0].count ? queues[0].heap[0] : NULL;
    if (!foreground && queues[1].count && (!first || earlier(queues[1].heap[0], first)))
    {
        first = queues[1].heap[0];
    }
    return first;
}

bool
hw_clock_next(const struct hw_machine *machine, bool foreground, uint64_t *due_ns)
{
    const struct hw_clock_event *first = first_event(machine, foreground);
    if (!first)
    {
        return false;
    }
    *due_ns = first->due_ns;
    return true;
}

unsigned
hw_clock_run(struct hw_machine *machine)
{
    unsigned ran = 0;
    for (;;)
    {
        struct hw_clock_event *event = first_event(machine, false);
        if (!event || event->due_ns > machine->clock.now_ns)
        {
            return ran;
        }
        remove_event(&machine->clock.queues[event->background], event);
        event->callback(event->context);
        ran++;
    }
}

void
hw_clock_advance_to(struct hw_machine *machine, uint64_t to_ns)
{
    uint64_t due;
    hw_clock_run(machine);
    while (hw_clock_next(machine, false, &due) && due <= to_ns)
    {
        if (due > machine->clock.now_ns)
        {
            machine->clock.now_ns = due;
        }
        hw_clock_run(machine);
    }
    if (to_ns > machine->clock.now_ns)
    {
        machine->clock.now_ns = to_ns;
    }
}

void
hw_clock_advance(struct hw_machine *machine, uint64_t delta_ns)
{
    hw_clock_advance_to(machine, machine->clock.now_ns + delta_ns);
}

uint64_t
hw_clock_system_time_100ns(const struct hw_machine *machine)
{
    return machine->clock.epoch_100ns + machine->clock.now_ns / 100;
}

void
hw_clock_set_system_time_100ns(struct hw_machine *machine, uint64_t time_100ns)
{
    machine->clock.epoch_100ns = time_100ns - machine->clock.now_ns / 100;
}

void
hw_clock_release(struct hw_machine *machine)
{
    for (unsigned i = 0; i < 2; i++)
    {
        free(machine->clock.queues[i].heap);
        machine->clock.queues[i] = (struct hw_clock_queue){0};
    }
}
