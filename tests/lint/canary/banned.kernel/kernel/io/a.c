// SPDX-License-Identifier: MIT
#include <stdatomic.h>
void
f(int *a)
{
    a = malloc(4);
    pthread_yield();
    __atomic_add_fetch(a, 1, 5);
    __asm__("lock; xaddl %0, %1" : : "r"(a), "m"(a));
}
