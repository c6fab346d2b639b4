// SPDX-License-Identifier: MIT
int MiThing(void);
int
MiThing(void)
{
    return 1;
}
