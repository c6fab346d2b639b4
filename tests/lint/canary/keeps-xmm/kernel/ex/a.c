/* SPDX-License-Identifier: MIT */
/* A canary: one of two exports breaks its promise. */
__attribute__((ms_abi)) int ExKeeps(int Value);
__attribute__((ms_abi)) void ExTouches(void);

__attribute__((ms_abi)) int
ExKeeps(int Value)
{
    return Value + 1;
}

__attribute__((ms_abi)) void
ExTouches(void)
{
    __asm__ volatile("xorps %%xmm6, %%xmm6" : : : "xmm6");
}
