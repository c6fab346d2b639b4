// SPDX-License-Identifier: MIT
int MiThing(void);
int IopStolen(void);
int
IopStolen(void)
{
    return MiThing();
}
