// SPDX-License-Identifier: MIT
// What the loader writes through the load configuration: security cookie, Control Flow Guard.
// IRQL PASSIVE_LEVEL.

#include "ldrp.h"

// What the compiler leaves in __security_cookie. Code built with a recent kit stops the machine
// when it still finds it (FAST_FAIL_GS_COOKIE_INIT), so the loader has to replace it.
#define DEFAULT_SECURITY_COOKIE 0x00002B992DDFA232ull

static ULONG64
LdrpMix(ULONG64 Value)
{
    Value += 0x9E3779B97F4A7C15ull;
    Value = (Value ^ (Value >> 30)) * 0xBF58476D1CE4E5B9ull;
    Value = (Value ^ (Value >> 27)) * 0x94D049BB133111EBull;
    return Value ^ (Value >> 31);
}

// The same seed and driver give the same cookie wherever the image lies. The upper 16 bits are zero
// as on Windows, so that a string overrun cannot reproduce them.
static ULONG64
LdrpMakeCookie(const char *Name)
{
    ULONG64 state = LdrpConfig.Seed;
    for (; *Name != 0; Name++)
    {
        state = LdrpMix(state ^ (UCHAR)*Name);
    }
    ULONG64 cookie;
    do
    {
        state = LdrpMix(state);
        cookie = state & 0x0000FFFFFFFFFFFFull;
    } while (cookie == 0 || cookie == DEFAULT_SECURITY_COOKIE);
    return cookie;
}

static void
LdrpStorePointer(PLDR_IMAGE Image, ULONG Rva, const void *Value)
{
    if (Rva != 0)
    {
        __builtin_memcpy(Image->Base + Rva, &Value, sizeof Value);
    }
}

void
LdrpApplyLoadConfig(PLDR_IMAGE Image)
{
    const LDR_PE_LOAD_CONFIG *config = &Image->Pe.LoadConfig;
    if (config->SecurityCookie != 0)
    {
        ULONG64 cookie;
        __builtin_memcpy(&cookie, Image->Base + config->SecurityCookie, sizeof cookie);
        if (cookie == DEFAULT_SECURITY_COOKIE || cookie == 0)
        {
            cookie = LdrpMakeCookie(Image->Name);
            __builtin_memcpy(Image->Base + config->SecurityCookie, &cookie, sizeof cookie);
        }
    }
    LdrpStorePointer(Image, config->GuardCheckPointer, (const void *)LdrpGuardCheckIcall);
    LdrpStorePointer(Image, config->GuardDispatchPointer, (const void *)LdrpGuardDispatchIcall);
}
