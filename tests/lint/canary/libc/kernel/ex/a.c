// SPDX-License-Identifier: MIT
char *getenv(const char *name);
int ExThing(void);
int
ExThing(void)
{
    return getenv("A") != 0;
}
