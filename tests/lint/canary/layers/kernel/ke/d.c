// SPDX-License-Identifier: MIT
int KeThing(void);
int
KeThing(void)
{
    return 1;
}
