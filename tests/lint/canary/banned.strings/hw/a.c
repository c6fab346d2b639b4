// SPDX-License-Identifier: MIT
// strcpy(a, b) in a comment is fine, and "gets(a)" in a string.
void
f(char *a, char *b)
{
    strcpy(a, b);
    sprintf(a, "%s strcat(x)", b);
    snprintf(a, 1, "gets(a)");
    hw->free(a);
    free(a);
}
