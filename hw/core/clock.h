/* SPDX-License-Identifier: MIT */
/*
 * Virtual time and the events that devices schedule on it. Time moves only when somebody moves it,
 * and events that are due at the same instant run in the order in which they were scheduled.
 */
#ifndef HW_CORE_CLOCK_H
#define HW_CORE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hw_machine;

#define HW_NS_PER_SECOND 1000000000ull
#define HW_NS_PER_MS     1000000ull
#define HW_NS_PER_US     1000ull

/* Runs with hw_clock_now() at or after the event's time. The event is no longer scheduled and may
 * be scheduled again. */
typedef void (*hw_clock_callback)(void *context);

/* Lives inside its owner; prepare it with hw_clock_event_init. */
struct hw_clock_event
{
    uint64_t due_ns;
    uint64_t sequence;
    size_t slot; /* place in the queue plus one; 0 when not scheduled */
    bool background;
    hw_clock_callback callback;
    void *context;
};

struct hw_clock_queue
{
    struct hw_clock_event **heap;
    size_t count;
    size_t capacity;
};

struct hw_clock
{
    uint64_t now_ns;      /* since power on */
    uint64_t epoch_100ns; /* system time at power on, since 1601-01-01 UTC */
    uint64_t next_sequence;
    struct hw_clock_queue queues[2]; /* foreground, background */
};

/* 2025-01-01 00:00:00 UTC: machines start there unless told otherwise, so that runs repeat. */
#define HW_CLOCK_DEFAULT_EPOCH 133801632000000000ull

/* A background event (a refresh, a free-running tick) does not by itself keep the machine from
 * being idle; see hw_clock_next. */
void hw_clock_event_init(struct hw_clock_event *event, hw_clock_callback callback, void *context);
void hw_clock_event_init_background(struct hw_clock_event *event,
                                    hw_clock_callback callback,
                                    void *context);

/* Schedules or reschedules. A time in the past is due at once. */
void hw_clock_schedule(struct hw_machine *machine, struct hw_clock_event *event, uint64_t due_ns);
void hw_clock_schedule_after(struct hw_machine *machine,
                             struct hw_clock_event *event,
                             uint64_t delay_ns);

/* Does nothing when the event is not scheduled. */
void hw_clock_cancel(struct hw_machine *machine, struct hw_clock_event *event);
bool hw_clock_scheduled(const struct hw_clock_event *event);

/* Time of the next event; false when there is none. With `foreground`, background events do not
 * count: a machine with only those left may be called idle. */
bool hw_clock_next(const struct hw_machine *machine, bool foreground, uint64_t *due_ns);

/* Runs every event that is due now, including those that these events schedule for now. Returns how
 * many ran. */
unsigned hw_clock_run(struct hw_machine *machine);

/* Moves time to `to_ns`, running each event at its own time on the way. Time never moves back. */
void hw_clock_advance_to(struct hw_machine *machine, uint64_t to_ns);
void hw_clock_advance(struct hw_machine *machine, uint64_t delta_ns);

/* Wall clock of the machine in 100 ns units since 1601-01-01 UTC. */
uint64_t hw_clock_system_time_100ns(const struct hw_machine *machine);
void hw_clock_set_system_time_100ns(struct hw_machine *machine, uint64_t time_100ns);

/* Frees the queues; the events belong to their owners. */
void hw_clock_release(struct hw_machine *machine);

#endif
