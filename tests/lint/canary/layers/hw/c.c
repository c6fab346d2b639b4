// SPDX-License-Identifier: MIT
int KeThing(void);
int hw_thing(void);
int
hw_thing(void)
{
    return KeThing();
}
