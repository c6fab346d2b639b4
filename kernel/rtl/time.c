// SPDX-License-Identifier: MIT
// Calendar arithmetic on system time: 100 ns units since 1601-01-01, Gregorian throughout. Owns no
// state; any IRQL with resident arguments.
#include "rtlp.h"

#include "exports.h"

#define RTLP_UNITS_PER_MILLISECOND 10000ll
#define RTLP_UNITS_PER_SECOND      10000000ll
#define RTLP_MILLISECONDS_PER_DAY  86400000ll
#define RTLP_SECONDS_1601_TO_1970  11644473600ll
#define RTLP_SECONDS_1601_TO_1980  11960006400ll
#define RTLP_DAYS_PER_400_YEARS    146097

static BOOLEAN
RtlpIsLeapYear(LONG Year)
{
    return Year % 4 == 0 && (Year % 100 != 0 || Year % 400 == 0);
}

static LONG
RtlpDaysOfMonth(LONG Year, LONG Month)
{
    static const UCHAR days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[Month - 1] + (Month == 2 && RtlpIsLeapYear(Year));
}

// Days from 1601-01-01 to the first of January of Year.
static LONG
RtlpDaysToYear(LONG Year)
{
    const LONG years = Year - 1601;

    return years * 365 + years / 4 - years / 100 + years / 400;
}

DDI VOID
RtlTimeToTimeFields(_In_ PLARGE_INTEGER Time, _Out_ PTIME_FIELDS TimeFields)
{
    const LONG64 milliseconds = Time->QuadPart / RTLP_UNITS_PER_MILLISECOND;
    const LONG days = (LONG)(milliseconds / RTLP_MILLISECONDS_PER_DAY);
    const LONG rest = (LONG)(milliseconds % RTLP_MILLISECONDS_PER_DAY);
    LONG year = 1601 + days / RTLP_DAYS_PER_400_YEARS * 400;
    LONG day = days % RTLP_DAYS_PER_400_YEARS;
    LONG month = 1;

    // At most one year too far back for each century and each four years.
    year += day / 366;
    day = days - RtlpDaysToYear(year);
    while (day >= 365 + RtlpIsLeapYear(year))
    {
        day -= 365 + RtlpIsLeapYear(year);
        year += 1;
    }
    while (day >= RtlpDaysOfMonth(year, month))
    {
        day -= RtlpDaysOfMonth(year, month);
        month += 1;
    }
    TimeFields->Year = (CSHORT)year;
    TimeFields->Month = (CSHORT)month;
    TimeFields->Day = (CSHORT)(day + 1);
    TimeFields->Hour = (CSHORT)(rest / 3600000);
    TimeFields->Minute = (CSHORT)(rest / 60000 % 60);
    TimeFields->Second = (CSHORT)(rest / 1000 % 60);
    TimeFields->Milliseconds = (CSHORT)(rest % 1000);
    TimeFields->Weekday = (CSHORT)((days + 1) % 7); // 1601-01-01 was a Monday
}

static BOOLEAN
RtlpValidTimeFields(const TIME_FIELDS *Fields)
{
    return Fields->Year >= 1601 && Fields->Month >= 1 && Fields->Month <= 12 && Fields->Day >= 1 &&
           Fields->Day <= RtlpDaysOfMonth(Fields->Year, Fields->Month) && Fields->Hour >= 0 &&
           Fields->Hour < 24 && Fields->Minute >= 0 && Fields->Minute < 60 && Fields->Second >= 0 &&
           Fields->Second < 60 && Fields->Milliseconds >= 0 && Fields->Milliseconds < 1000;
}

// Weekday is ignored, as the page says.
DDI BOOLEAN
RtlTimeFieldsToTime(_In_ PTIME_FIELDS TimeFields, _Out_ PLARGE_INTEGER Time)
{
    LONG64 days;
    LONG64 milliseconds;

    if (!RtlpValidTimeFields(TimeFields))
    {
        return FALSE;
    }
    days = RtlpDaysToYear(TimeFields->Year) + TimeFields->Day - 1;
    for (LONG month = 1; month < TimeFields->Month; month++)
    {
        days += RtlpDaysOfMonth(TimeFields->Year, month);
    }
    milliseconds =
        ((TimeFields->Hour * 60ll + TimeFields->Minute) * 60 + TimeFields->Second) * 1000 +
        TimeFields->Milliseconds;
    Time->QuadPart = (days * RTLP_MILLISECONDS_PER_DAY + milliseconds) * RTLP_UNITS_PER_MILLISECOND;
    return TRUE;
}

// An interval has no calendar: days count up, months and years are zero.
DDI VOID
RtlTimeToElapsedTimeFields(_In_ PLARGE_INTEGER Time, _Out_ PTIME_FIELDS TimeFields)
{
    const LONG64 milliseconds = Time->QuadPart / RTLP_UNITS_PER_MILLISECOND;
    const LONG rest = (LONG)(milliseconds % RTLP_MILLISECONDS_PER_DAY);

    __builtin_memset(TimeFields, 0, sizeof(*TimeFields));
    TimeFields->Day = (CSHORT)(milliseconds / RTLP_MILLISECONDS_PER_DAY);
    TimeFields->Hour = (CSHORT)(rest / 3600000);
    TimeFields->Minute = (CSHORT)(rest / 60000 % 60);
    TimeFields->Second = (CSHORT)(rest / 1000 % 60);
    TimeFields->Milliseconds = (CSHORT)(rest % 1000);
}

static BOOLEAN
RtlpToSeconds(const LARGE_INTEGER *Time, LONG64 Epoch, PULONG Seconds)
{
    const LONG64 seconds = Time->QuadPart / RTLP_UNITS_PER_SECOND - Epoch;

    if (Time->QuadPart < 0 || seconds < 0 || seconds > (LONG64)MAXULONG)
    {
        return FALSE;
    }
    *Seconds = (ULONG)seconds;
    return TRUE;
}

DDI BOOLEAN
RtlTimeToSecondsSince1970(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds)
{
    return RtlpToSeconds(Time, RTLP_SECONDS_1601_TO_1970, ElapsedSeconds);
}

DDI BOOLEAN
RtlTimeToSecondsSince1980(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds)
{
    return RtlpToSeconds(Time, RTLP_SECONDS_1601_TO_1980, ElapsedSeconds);
}

DDI VOID
RtlSecondsSince1970ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time)
{
    Time->QuadPart = (ElapsedSeconds + RTLP_SECONDS_1601_TO_1970) * RTLP_UNITS_PER_SECOND;
}

DDI VOID
RtlSecondsSince1980ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time)
{
    Time->QuadPart = (ElapsedSeconds + RTLP_SECONDS_1601_TO_1980) * RTLP_UNITS_PER_SECOND;
}
