// SPDX-License-Identifier: MIT
// Frames of mingw gcc for tests/guest/seh_mixed.c: they save registers, vector registers among
// them, and have unwind data but no handlers.
#include "frames.h"

long
GccCallBack(GCC_CALLBACK *Callback, void *Context, const long *Values)
{
    // Values that live across the call sit in saved registers, which an unwind must restore.
    long sum = 0;
    double product = 1.0;

    for (int i = 0; i < 6; i++)
    {
        sum += Values[i] * Callback(Context, i);
        product *= (double)(Values[i] + 1);
    }
    return sum + (long)product;
}

long
GccRecurse(int Depth, GCC_CALLBACK *Callback, void *Context)
{
    // A frame of its own size, as with an array on the stack, and a frame pointer.
    volatile char room[Depth * 16 + 16];
    long value;

    room[0] = (char)Depth;
    value = Depth == 0 ? Callback(Context, 0) : GccRecurse(Depth - 1, Callback, Context);
    return value + room[0];
}
