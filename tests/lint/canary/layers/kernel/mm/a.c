// SPDX-License-Identifier: MIT
int IoThing(void);
int MmThing(void);
int
MmThing(void)
{
    return IoThing();
}
