/* SPDX-License-Identifier: MIT */
/*
 * Fibers: flows of control with stacks of their own, switched by hand (switch.S), announced to
 * AddressSanitizer so that its idea of the current stack stays right.
 */
#include "host/host.h"

#include <pthread.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define HOST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOST_ASAN 1
#endif
#endif

#ifdef HOST_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

void host_switch_stacks(void **save, void *load);
void host_fiber_start(void);

/* What switch.S pops, lowest address first. */
struct switch_frame
{
    uint32_t mxcsr;
    uint16_t x87_control;
    uint16_t padding;
    uint64_t r15, r14, r13, r12, rbx, rbp;
    uint64_t return_address;
};

static void
finish_switch(void *sanitizer_stack)
{
#ifdef HOST_ASAN
    __sanitizer_finish_switch_fiber(sanitizer_stack, NULL, NULL);
#else
    (void)sanitizer_stack;
#endif
}

static void
fiber_prologue(host_fiber_entry entry, void *argument)
{
    finish_switch(NULL);
    entry(argument);
    host_fatal("a fiber's entry routine returned");
}

void
host_fiber_create(struct host_fiber *fiber,
                  void *stack_low,
                  size_t stack_size,
                  host_fiber_entry entry,
                  void *argument)
{
    uint64_t top = ((uint64_t)stack_low + stack_size) & ~(uint64_t)15;
    /* host_fiber_start is entered by `ret`, so rsp is 16-aligned there and its call is ABI-clean.
     */
    struct switch_frame *frame = (struct switch_frame *)(top - 64 - sizeof(struct switch_frame));

    host_unpoison(stack_low, stack_size);
    memset(frame, 0, sizeof(*frame));
    frame->mxcsr = 0x1f80;
    frame->x87_control = 0x027f;
    frame->r12 = (uint64_t)entry;
    frame->r13 = (uint64_t)argument;
    frame->r14 = (uint64_t)fiber_prologue;
    frame->return_address = (uint64_t)host_fiber_start;
    fiber->stack_pointer = frame;
    fiber->stack_low = stack_low;
    fiber->stack_size = stack_size;
    fiber->sanitizer_stack = NULL;
}

void
host_fiber_adopt(struct host_fiber *fiber)
{
    pthread_attr_t attributes;

    memset(fiber, 0, sizeof(*fiber));
    if (pthread_getattr_np(pthread_self(), &attributes) == 0)
    {
        pthread_attr_getstack(&attributes, &fiber->stack_low, &fiber->stack_size);
        pthread_attr_destroy(&attributes);
    }
}

void
host_fiber_switch(struct host_fiber *from, struct host_fiber *to)
{
#ifdef HOST_ASAN
    __sanitizer_start_switch_fiber(&from->sanitizer_stack, to->stack_low, to->stack_size);
#endif
    host_switch_stacks(&from->stack_pointer, to->stack_pointer);
    finish_switch(from->sanitizer_stack);
}

void
host_fiber_leave(struct host_fiber *from, struct host_fiber *to)
{
#ifdef HOST_ASAN
    __sanitizer_start_switch_fiber(NULL, to->stack_low, to->stack_size);
#endif
    host_switch_stacks(&from->stack_pointer, to->stack_pointer);
    host_fatal("a finished fiber was continued");
}
