// SPDX-License-Identifier: MIT
// The half of tests/guest/seh_mixed.c that mingw gcc compiles.
#ifndef FRAMES_H
#define FRAMES_H

typedef long GCC_CALLBACK(void *Context, long Value);

long GccCallBack(GCC_CALLBACK *Callback, void *Context, const long *Values);
long GccRecurse(int Depth, GCC_CALLBACK *Callback, void *Context);

#endif
