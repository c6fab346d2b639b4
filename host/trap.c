/* SPDX-License-Identifier: MIT */
/*
 * Synchronous faults and the watchdog tick, taken from Linux signals. Both handlers run on one
 * alternate stack: the interrupted stack may be a driver's that has just overflowed.
 */
#include "host/host.h"

#include <cpuid.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define ALTERNATE_STACK_SIZE (256u * 1024u)

static host_trap_handler installed_handler;
static host_tick_handler tick_handler;
static void *alternate_stack;
static timer_t tick_timer;
static bool tick_running;

static const int trap_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
static struct sigaction previous_actions[sizeof(trap_signals) / sizeof(trap_signals[0])];

/* Order of gregs[] by our register numbers. */
static const int greg_of[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                REG_R12, REG_R13, REG_R14, REG_R15};

static void
trap_from_context(struct host_trap *trap, const ucontext_t *context, const siginfo_t *info)
{
    const greg_t *gregs = context->uc_mcontext.gregs;

    for (int i = 0; i < 16; i++)
        trap->gpr[i] = (uint64_t)gregs[greg_of[i]];
    trap->rip = (uint64_t)gregs[REG_RIP];
    trap->rflags = (uint64_t)gregs[REG_EFL];
    trap->error_code = (uint64_t)gregs[REG_ERR];
    trap->trap_number = (uint32_t)gregs[REG_TRAPNO];
    trap->fault_address = (uint64_t)gregs[REG_CR2];
    if (info->si_signo == SIGSEGV && info->si_code > 0 && info->si_code != SI_KERNEL)
        trap->fault_address = (uint64_t)info->si_addr;
    trap->signal = info->si_signo;
    trap->sig_code = info->si_code;
    trap->fpstate = context->uc_mcontext.fpregs;
}

static void
context_from_trap(ucontext_t *context, const struct host_trap *trap)
{
    greg_t *gregs = context->uc_mcontext.gregs;

    for (int i = 0; i < 16; i++)
        gregs[greg_of[i]] = (greg_t)trap->gpr[i];
    gregs[REG_RIP] = (greg_t)trap->rip;
    gregs[REG_EFL] = (greg_t)trap->rflags;
}

/* Lets the default action (or the sanitizer's report) happen on return. */
static void
hand_back(int signal_number)
{
    for (size_t i = 0; i < sizeof(trap_signals) / sizeof(trap_signals[0]); i++)
    {
        if (trap_signals[i] == signal_number)
            sigaction(signal_number, &previous_actions[i], NULL);
    }
}

static void
on_trap(int signal_number, siginfo_t *info, void *raw)
{
    ucontext_t *context = raw;
    struct host_trap trap;

    trap_from_context(&trap, context, info);
    if (installed_handler == NULL || installed_handler(&trap) == HOST_TRAP_UNHANDLED)
        hand_back(signal_number);
    else
        context_from_trap(context, &trap);
}

static void
on_tick(int signal_number, siginfo_t *info, void *raw)
{
    ucontext_t *context = raw;
    struct host_trap trap;

    (void)signal_number;
    if (tick_handler == NULL)
        return;
    trap_from_context(&trap, context, info);
    tick_handler(&trap);
    context_from_trap(context, &trap);
}

bool
host_trap_install(host_trap_handler handler)
{
    struct sigaction action;
    stack_t stack;

    if (alternate_stack == NULL)
        alternate_stack = host_map(ALTERNATE_STACK_SIZE, HOST_PROT_RW);
    if (alternate_stack == NULL)
        return false;
    memset(&stack, 0, sizeof(stack));
    stack.ss_sp = alternate_stack;
    stack.ss_size = ALTERNATE_STACK_SIZE;
    if (sigaltstack(&stack, NULL) != 0)
        return false;
    installed_handler = handler;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = on_trap;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    /* The tick must not arrive inside a trap: both use the one alternate stack. */
    sigaddset(&action.sa_mask, SIGUSR2);
    for (size_t i = 0; i < sizeof(trap_signals) / sizeof(trap_signals[0]); i++)
    {
        if (sigaction(trap_signals[i], &action, &previous_actions[i]) != 0)
            return false;
    }
    return true;
}

void
host_trap_remove(void)
{
    if (installed_handler == NULL)
        return;
    for (size_t i = 0; i < sizeof(trap_signals) / sizeof(trap_signals[0]); i++)
        sigaction(trap_signals[i], &previous_actions[i], NULL);
    installed_handler = NULL;
}

bool
host_tick_start(host_tick_handler handler, unsigned period_ms)
{
    struct sigaction action;
    struct sigevent event;
    struct itimerspec period;

    if (tick_running)
        timer_delete(tick_timer);
    tick_running = false;
    tick_handler = handler;
    if (period_ms == 0)
        return true;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = on_tick;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGUSR2, &action, NULL) != 0)
        return false;
    memset(&event, 0, sizeof(event));
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR2;
    if (timer_create(CLOCK_MONOTONIC, &event, &tick_timer) != 0)
        return false;
    tick_running = true;
    memset(&period, 0, sizeof(period));
    period.it_value.tv_sec = period_ms / 1000;
    period.it_value.tv_nsec = (long)(period_ms % 1000) * 1000000L;
    period.it_interval = period.it_value;
    return timer_settime(tick_timer, 0, &period, NULL) == 0;
}

uint64_t
host_xsave_mask(void)
{
    unsigned eax, ebx, ecx, edx;

    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE))
        return 0;
    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    return ((uint64_t)edx << 32) | eax;
}

size_t
host_xsave_size(void)
{
    unsigned eax, ebx, ecx, edx;

    if (host_xsave_mask() == 0 || !__get_cpuid_count(13, 0, &eax, &ebx, &ecx, &edx))
        return 512;
    return ebx;
}
