/* SPDX-License-Identifier: MIT */
/*
 * The signal frame's XSAVE image, in standard format: FXSAVE area, XSAVE header, components. A
 * component whose bit in the header is clear is in its initial state (zero), whatever its bytes
 * say. No state beyond the layout that CPUID reports.
 */
#include "hw/core/vector.h"

#include <cpuid.h>
#include <stddef.h>
#include <string.h>

#define FXSAVE_XMM        160u
#define FXSAVE_SW_MAGIC   464u /* Linux marks an extended frame here ... */
#define FXSAVE_SW_XFEAT   472u /* ... and says which components it has */
#define FXSAVE_MAGIC      0x46505853u
#define XSAVE_HEADER      512u
#define XSAVE_YMM         576u
#define COMPONENT_SSE     1u
#define COMPONENT_YMM     2u
#define COMPONENT_ZMM_LOW 6u /* upper halves of zmm0 to zmm15 */
#define COMPONENT_ZMM_HI  7u /* zmm16 to zmm31 */

/* Bytes [first, first + size) of a vector register and where they are. */
struct part
{
    unsigned component;
    unsigned first;
    unsigned size;
    unsigned offset; /* in the image */
    unsigned start;  /* of the component */
    unsigned length;
};

static unsigned
component_offset(unsigned component)
{
    static unsigned offsets[COMPONENT_ZMM_HI + 1];
    if (component == COMPONENT_SSE)
    {
        return FXSAVE_XMM;
    }
    if (component == COMPONENT_YMM)
    {
        return XSAVE_YMM;
    }
    if (!offsets[component])
    {
        unsigned a, b, c, d;
        __cpuid_count(0xd, component, a, b, c, d);
        offsets[component] = b;
    }
    return offsets[component];
}

static unsigned
parts_of(unsigned reg, struct part parts[3])
{
    if (reg >= 16)
    {
        unsigned start = component_offset(COMPONENT_ZMM_HI);
        parts[0] = (struct part){COMPONENT_ZMM_HI, 0, 64, start + (reg - 16) * 64, start, 16 * 64};
        return 1;
    }
    unsigned zmm = component_offset(COMPONENT_ZMM_LOW);
    parts[0] = (struct part){COMPONENT_SSE, 0, 16, FXSAVE_XMM + reg * 16, FXSAVE_XMM, 256};
    parts[1] = (struct part){COMPONENT_YMM, 16, 16, XSAVE_YMM + reg * 16, XSAVE_YMM, 256};
    parts[2] = (struct part){COMPONENT_ZMM_LOW, 32, 32, zmm + reg * 32, zmm, 512};
    return 3;
}

static bool
has_component(const uint8_t *image, unsigned component)
{
    uint32_t magic;
    uint64_t features;
    if (component == COMPONENT_SSE)
    {
        return true;
    }
    memcpy(&magic, image + FXSAVE_SW_MAGIC, sizeof magic);
    memcpy(&features, image + FXSAVE_SW_XFEAT, sizeof features);
    return magic == FXSAVE_MAGIC && ((features >> component) & 1) && component_offset(component);
}

static bool
is_extended(const uint8_t *image)
{
    uint32_t magic;
    memcpy(&magic, image + FXSAVE_SW_MAGIC, sizeof magic);
    return magic == FXSAVE_MAGIC;
}

static bool
in_use(const uint8_t *image, unsigned component)
{
    uint64_t present;
    if (!is_extended(image))
    {
        return true;
    }
    memcpy(&present, image + XSAVE_HEADER, sizeof present);
    return (present >> component) & 1;
}

/* Turns an initial-state component into explicit zeros, so that one register can be written. */
static void
take_into_use(uint8_t *image, const struct part *part)
{
    uint64_t present;
    if (in_use(image, part->component))
    {
        return;
    }
    memset(image + part->start, 0, part->length);
    memcpy(&present, image + XSAVE_HEADER, sizeof present);
    present |= 1ull << part->component;
    memcpy(image + XSAVE_HEADER, &present, sizeof present);
}

bool
hw_vector_read(const struct host_trap *trap, unsigned reg, void *data, unsigned size)
{
    const uint8_t *image = trap->fpstate;
    struct part parts[3];
    if (!image)
    {
        return false;
    }
    unsigned count = parts_of(reg, parts);
    for (unsigned i = 0; i < count && parts[i].first < size; i++)
    {
        unsigned length = size - parts[i].first;
        uint8_t *to = (uint8_t *)data + parts[i].first;
        length = length < parts[i].size ? length : parts[i].size;
        if (!has_component(image, parts[i].component))
        {
            return false;
        }
        if (in_use(image, parts[i].component))
        {
            memcpy(to, image + parts[i].offset, length);
        }
        else
        {
            memset(to, 0, length);
        }
    }
    return true;
}

bool
hw_vector_write(struct host_trap *trap,
                unsigned reg,
                const void *data,
                unsigned size,
                bool clear_above)
{
    uint8_t *image = trap->fpstate;
    struct part parts[3];
    if (!image)
    {
        return false;
    }
    unsigned count = parts_of(reg, parts);
    for (unsigned i = 0; i < count; i++)
    {
        if (parts[i].first < size && !has_component(image, parts[i].component))
        {
            return false;
        }
    }
    for (unsigned i = 0; i < count; i++)
    {
        unsigned first = parts[i].first;
        unsigned length = first < size ? size - first : 0;
        length = length < parts[i].size ? length : parts[i].size;
        if (length)
        {
            take_into_use(image, &parts[i]);
            memcpy(image + parts[i].offset, (const uint8_t *)data + first, length);
        }
        if (clear_above && length < parts[i].size && has_component(image, parts[i].component) &&
            in_use(image, parts[i].component))
        {
            memset(image + parts[i].offset + length, 0, parts[i].size - length);
        }
    }
    return true;
}
