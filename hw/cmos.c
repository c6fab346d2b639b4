/* SPDX-License-Identifier: MIT */
/*
 * Real-time clock of the MC146818 kind with 256 bytes of memory. Time is the machine's wall clock
 * plus whatever the guest has set. No lock; ports from any IRQL.
 */
#include "hw/devices.h"

#include <string.h>

#define SECONDS      0x00u
#define MINUTES      0x02u
#define HOURS        0x04u
#define WEEKDAY      0x06u
#define DAY          0x07u
#define MONTH        0x08u
#define YEAR         0x09u
#define REG_A        0x0au
#define REG_B        0x0bu
#define REG_C        0x0cu
#define REG_D        0x0du
#define CENTURY      0x32u
#define A_UIP        0x80u
#define B_SET        0x80u
#define B_PIE        0x40u
#define B_AIE        0x20u
#define B_UIE        0x10u
#define B_BINARY     0x04u
#define B_24H        0x02u
#define C_IRQF       0x80u
#define ENABLES      (B_PIE | B_AIE | B_UIE)
#define PER_SECOND   10000000ull /* 100 ns units */
#define UNIX_EPOCH   11644473600ll
#define DAY_SECONDS  86400ll
#define UPDATE_CYCLE 244000ull /* ns before the second ends during which UIP is set */
#define CRYSTAL      32768ull

struct cmos
{
    struct hw_machine *machine;
    struct hw_irq irq;
    struct hw_clock_event periodic;
    struct hw_clock_event second;
    struct hw_clock_event alarm;
    uint8_t index;
    uint8_t extended_index;
    uint8_t memory[256];
    int64_t offset_seconds; /* guest's clock minus the machine's */
    int64_t seen_second;    /* second of the last update, for the update-ended flag */
};

struct civil
{
    int64_t year;
    unsigned month, day, hour, minute, second, weekday; /* weekday 1 is Sunday */
};

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar: years begin in March, so
 * that the leap day comes last. */
static int64_t
days_of(int64_t year, unsigned month, unsigned day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    unsigned of_era = (unsigned)(y - era * 400);
    unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct civil
civil_of(int64_t seconds)
{
    struct civil c;
    int64_t days = seconds / DAY_SECONDS;
    int64_t rest = seconds % DAY_SECONDS;
    if (rest < 0)
    {
        rest += DAY_SECONDS;
        days--;
    }
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned of_era = (unsigned)(z - era * 146097);
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * of_year + 2) / 153;
    c.day = of_year - (153 * month + 2) / 5 + 1;
    c.month = month < 10 ? month + 3 : month - 9;
    c.year = (int64_t)year + era * 400 + (c.month <= 2);
    c.weekday = (unsigned)(((days % 7) + 11) % 7) + 1;
    c.hour = (unsigned)(rest / 3600);
    c.minute = (unsigned)(rest / 60 % 60);
    c.second = (unsigned)(rest % 60);
    return c;
}

static int64_t
now_seconds(const struct cmos *cmos)
{
    int64_t machine = (int64_t)(hw_clock_system_time_100ns(cmos->machine) / PER_SECOND);
    return machine - UNIX_EPOCH + cmos->offset_seconds;
}

/* Nanoseconds until the guest's clock next shows another second. */
static uint64_t
to_next_second_ns(const struct cmos *cmos)
{
    uint64_t part = hw_clock_system_time_100ns(cmos->machine) % PER_SECOND;
    return (PER_SECOND - part) * 100;
}

static uint8_t
encode(const struct cmos *cmos, unsigned value)
{
    return (uint8_t)(cmos->memory[REG_B] & B_BINARY ? value : (value / 10) << 4 | value % 10);
}

static unsigned
decode(const struct cmos *cmos, uint8_t value)
{
    return cmos->memory[REG_B] & B_BINARY ? value : (value >> 4) * 10u + (value & 15);
}

static uint8_t
encode_hour(const struct cmos *cmos, unsigned hour)
{
    if (cmos->memory[REG_B] & B_24H)
    {
        return encode(cmos, hour);
    }
    unsigned twelve = hour % 12 ? hour % 12 : 12;
    return (uint8_t)(encode(cmos, twelve) | (hour >= 12 ? 0x80 : 0));
}

static unsigned
decode_hour(const struct cmos *cmos, uint8_t value)
{
    if (cmos->memory[REG_B] & B_24H)
    {
        return decode(cmos, value);
    }
    return decode(cmos, value & 0x7f) % 12 + (value & 0x80 ? 12 : 0);
}

static void
refresh(struct cmos *cmos)
{
    if (cmos->memory[REG_B] & B_SET)
    {
        return;
    }
    struct civil c = civil_of(now_seconds(cmos));
    cmos->memory[SECONDS] = encode(cmos, c.second);
    cmos->memory[MINUTES] = encode(cmos, c.minute);
    cmos->memory[HOURS] = encode_hour(cmos, c.hour);
    cmos->memory[WEEKDAY] = encode(cmos, c.weekday);
    cmos->memory[DAY] = encode(cmos, c.day);
    cmos->memory[MONTH] = encode(cmos, c.month);
    cmos->memory[YEAR] = encode(cmos, (unsigned)(c.year % 100));
    cmos->memory[CENTURY] = encode(cmos, (unsigned)(c.year / 100));
}

/* Makes the registers the time of now. */
static void
apply(struct cmos *cmos)
{
    const uint8_t *m = cmos->memory;
    int64_t year = (int64_t)decode(cmos, m[CENTURY]) * 100 + decode(cmos, m[YEAR]);
    unsigned month = decode(cmos, m[MONTH]);
    month = month < 1 ? 1 : month > 12 ? 12 : month;
    int64_t seconds = days_of(year, month, decode(cmos, m[DAY])) * DAY_SECONDS +
                      decode_hour(cmos, m[HOURS]) * 3600 + decode(cmos, m[MINUTES]) * 60 +
                      decode(cmos, m[SECONDS]);
    cmos->offset_seconds += seconds - now_seconds(cmos);
    cmos->seen_second = seconds;
}

static void
flag(struct cmos *cmos, uint8_t bit)
{
    cmos->memory[REG_C] |= bit;
    if (cmos->memory[REG_C] & cmos->memory[REG_B] & ENABLES)
    {
        cmos->memory[REG_C] |= C_IRQF;
        hw_irq_raise(&cmos->irq);
    }
}

static void
schedule_periodic(struct cmos *cmos)
{
    unsigned rate = cmos->memory[REG_A] & 15;
    bool running = (cmos->memory[REG_A] & 0x70) == 0x20;
    if (!rate || !running || !(cmos->memory[REG_B] & B_PIE))
    {
        hw_clock_cancel(cmos->machine, &cmos->periodic);
        return;
    }
    rate = rate < 3 ? rate + 7 : rate;
    uint64_t ticks = 1ull << (rate - 1);
    hw_clock_schedule_after(cmos->machine, &cmos->periodic, ticks * HW_NS_PER_SECOND / CRYSTAL);
}

static void
periodic_due(void *context)
{
    struct cmos *cmos = context;
    flag(cmos, B_PIE);
    schedule_periodic(cmos);
}

static void
schedule_second(struct cmos *cmos)
{
    if ((cmos->memory[REG_B] & (B_UIE | B_SET)) == B_UIE)
    {
        hw_clock_schedule_after(cmos->machine, &cmos->second, to_next_second_ns(cmos));
    }
    else
    {
        hw_clock_cancel(cmos->machine, &cmos->second);
    }
}

static void
second_due(void *context)
{
    struct cmos *cmos = context;
    cmos->seen_second = now_seconds(cmos);
    flag(cmos, B_UIE);
    schedule_second(cmos);
}

static bool
alarm_matches(const struct cmos *cmos, int64_t second_of_day)
{
    const uint8_t *m = cmos->memory;
    unsigned hour = (unsigned)(second_of_day / 3600);
    unsigned minute = (unsigned)(second_of_day / 60 % 60);
    unsigned second = (unsigned)(second_of_day % 60);
    /* 0xc0 and above match anything. */
    return (m[SECONDS + 1] >= 0xc0 || decode(cmos, m[SECONDS + 1]) == second) &&
           (m[MINUTES + 1] >= 0xc0 || decode(cmos, m[MINUTES + 1]) == minute) &&
           (m[HOURS + 1] >= 0xc0 || decode_hour(cmos, m[HOURS + 1]) == hour);
}

static void
schedule_alarm(struct cmos *cmos)
{
    hw_clock_cancel(cmos->machine, &cmos->alarm);
    if ((cmos->memory[REG_B] & (B_AIE | B_SET)) != B_AIE)
    {
        return;
    }
    int64_t now = now_seconds(cmos);
    for (int64_t ahead = 1; ahead <= DAY_SECONDS; ahead++)
    {
        int64_t of_day = ((now + ahead) % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS;
        if (alarm_matches(cmos, of_day))
        {
            uint64_t wait = to_next_second_ns(cmos) + (uint64_t)(ahead - 1) * HW_NS_PER_SECOND;
            hw_clock_schedule_after(cmos->machine, &cmos->alarm, wait);
            return;
        }
    }
}

static void
alarm_due(void *context)
{
    struct cmos *cmos = context;
    flag(cmos, B_AIE);
    schedule_alarm(cmos);
}

static uint8_t
read_register(struct cmos *cmos, unsigned index)
{
    uint8_t value;
    switch (index)
    {
    case REG_A:
        value = cmos->memory[REG_A];
        if (!(cmos->memory[REG_B] & B_SET) && to_next_second_ns(cmos) <= UPDATE_CYCLE)
        {
            value |= A_UIP;
        }
        return value;
    case REG_C:
        /* Polling drivers see the update-ended flag without its interrupt enabled. */
        if (!(cmos->memory[REG_B] & B_SET) && now_seconds(cmos) != cmos->seen_second)
        {
            cmos->seen_second = now_seconds(cmos);
            cmos->memory[REG_C] |= B_UIE;
        }
        value = cmos->memory[REG_C];
        cmos->memory[REG_C] = 0;
        hw_irq_lower(&cmos->irq);
        return value;
    default:
        refresh(cmos);
        return cmos->memory[index];
    }
}

static void
write_register_b(struct cmos *cmos, uint8_t value)
{
    uint8_t before = cmos->memory[REG_B];
    /* Stop with the registers as they are before the format can change. */
    refresh(cmos);
    if (value & B_SET)
    {
        value &= (uint8_t)~B_UIE;
    }
    cmos->memory[REG_B] = value;
    if ((before & B_SET) && !(value & B_SET))
    {
        apply(cmos);
    }
    if (cmos->memory[REG_C] & value & ENABLES)
    {
        flag(cmos, 0);
    }
    else
    {
        cmos->memory[REG_C] &= (uint8_t)~C_IRQF;
        hw_irq_lower(&cmos->irq);
    }
    schedule_periodic(cmos);
    schedule_second(cmos);
    schedule_alarm(cmos);
}

static void
write_register(struct cmos *cmos, unsigned index, uint8_t value)
{
    switch (index)
    {
    case REG_A:
        cmos->memory[REG_A] = value & 0x7f;
        schedule_periodic(cmos);
        return;
    case REG_B:
        write_register_b(cmos, value);
        return;
    case REG_C:
    case REG_D:
        return;
    default:
        break;
    }
    refresh(cmos);
    cmos->memory[index] = value;
    bool time = index == CENTURY || (index <= YEAR && index != 1 && index != 3 && index != 5);
    if (time && !(cmos->memory[REG_B] & B_SET))
    {
        apply(cmos);
    }
    if (index <= YEAR)
    {
        schedule_alarm(cmos);
    }
}

static uint32_t
port_read(void *context, unsigned offset, unsigned size)
{
    struct cmos *cmos = context;
    (void)size;
    switch (offset)
    {
    case 1:
        return read_register(cmos, cmos->index);
    case 2:
        return cmos->extended_index;
    case 3:
        return read_register(cmos, cmos->extended_index | 0x80u);
    default:
        return 0xff; /* the index is write-only */
    }
}

static void
port_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct cmos *cmos = context;
    (void)size;
    switch (offset)
    {
    case 0: /* bit 7 masks NMI */
        cmos->index = value & 0x7f;
        break;
    case 1:
        write_register(cmos, cmos->index, (uint8_t)value);
        break;
    case 2:
        cmos->extended_index = value & 0x7f;
        break;
    default:
        write_register(cmos, cmos->extended_index | 0x80u, (uint8_t)value);
        break;
    }
}

static const struct hw_port_ops port_ops = {port_read, port_write, 1};

/* Where firmware leaves the amount of memory, in KiB and in 64 KiB units. */
static void
fill_memory_size(struct cmos *cmos)
{
    uint64_t ram = cmos->machine->memory.ram_size + 0x60000; /* the hole counts as present */
    uint64_t low = ram < HW_MEMORY_LOW_LIMIT ? ram : HW_MEMORY_LOW_LIMIT;
    uint64_t high = ram - low;
    uint64_t extended = low / 1024 - 1024;
    extended = extended > 0xffff ? 0xffff : extended;
    uint64_t above = low > 0x1000000 ? (low - 0x1000000) / 0x10000 : 0;
    cmos->memory[0x10] = 0;    /* no floppy drive */
    cmos->memory[0x14] = 0x06; /* VGA, coprocessor and mouse present */
    cmos->memory[0x15] = 640 & 0xff;
    cmos->memory[0x16] = 640 >> 8;
    cmos->memory[0x17] = cmos->memory[0x30] = (uint8_t)extended;
    cmos->memory[0x18] = cmos->memory[0x31] = (uint8_t)(extended >> 8);
    cmos->memory[0x34] = (uint8_t)above;
    cmos->memory[0x35] = (uint8_t)(above >> 8);
    cmos->memory[0x5b] = (uint8_t)(high >> 16);
    cmos->memory[0x5c] = (uint8_t)(high >> 24);
    cmos->memory[0x5d] = (uint8_t)(high >> 32);
    uint16_t sum = 0;
    for (unsigned i = 0x10; i < 0x2e; i++)
    {
        sum += cmos->memory[i];
    }
    cmos->memory[0x2e] = (uint8_t)(sum >> 8);
    cmos->memory[0x2f] = (uint8_t)sum;
}

static bool
realize(struct hw_device *device, const void *config)
{
    struct cmos *cmos = hw_device_state(device);
    (void)config;
    cmos->machine = device->machine;
    fill_memory_size(cmos);
    return hw_device_claim_irq(device, &cmos->irq, 8) &&
           hw_device_claim_event(device, &cmos->periodic, periodic_due, true) &&
           hw_device_claim_event(device, &cmos->second, second_due, true) &&
           hw_device_claim_event(device, &cmos->alarm, alarm_due, false) &&
           hw_device_claim_ports(device, 0x70, 4, &port_ops);
}

/* The battery keeps time and memory; only interrupts go. */
static void
reset(struct hw_device *device)
{
    struct cmos *cmos = hw_device_state(device);
    cmos->memory[REG_A] = 0x26;
    cmos->memory[REG_B] = (cmos->memory[REG_B] & B_BINARY) | B_24H;
    cmos->memory[REG_C] = 0;
    cmos->memory[REG_D] = 0x80;
    cmos->seen_second = now_seconds(cmos);
    hw_irq_lower(&cmos->irq);
    schedule_periodic(cmos);
    schedule_second(cmos);
    schedule_alarm(cmos);
    refresh(cmos);
}

const struct hw_device_ops hw_cmos_ops = {"cmos", sizeof(struct cmos), realize, reset, NULL};

uint8_t
hw_cmos_get(struct hw_device *device, unsigned index)
{
    struct cmos *cmos = hw_device_state(device);
    return cmos->memory[index & 0xff];
}

void
hw_cmos_set(struct hw_device *device, unsigned index, uint8_t value)
{
    struct cmos *cmos = hw_device_state(device);
    cmos->memory[index & 0xff] = value;
}
