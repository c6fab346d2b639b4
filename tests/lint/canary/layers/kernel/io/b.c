// SPDX-License-Identifier: MIT
int MmThing(void);
int IoThing(void);
int
IoThing(void)
{
    return MmThing();
}
