// SPDX-License-Identifier: MIT
// Owns the types of event tracing that drivers use: descriptors, registrations, trace information.
#ifndef OPENWDM_WDM_ETW_TYPES_H
#define OPENWDM_WDM_ETW_TYPES_H

#include <openwdm_parts/wdm_base.h>
#include <evntprov.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef VOID NTAPI ETWENABLECALLBACK(_In_ LPCGUID SourceId,
                                         _In_ ULONG ControlCode,
                                         _In_ UCHAR Level,
                                         _In_ ULONGLONG MatchAnyKeyword,
                                         _In_ ULONGLONG MatchAllKeyword,
                                         _In_opt_ PEVENT_FILTER_DESCRIPTOR FilterData,
                                         _Inout_opt_ PVOID CallbackContext);
    typedef ETWENABLECALLBACK *PETWENABLECALLBACK;

#define EVENT_ACTIVITY_CTRL_GET_ID        1
#define EVENT_ACTIVITY_CTRL_SET_ID        2
#define EVENT_ACTIVITY_CTRL_CREATE_ID     3
#define EVENT_ACTIVITY_CTRL_GET_SET_ID    4
#define EVENT_ACTIVITY_CTRL_CREATE_SET_ID 5

    typedef ULONG64 TRACEHANDLE, *PTRACEHANDLE;

    typedef enum _TRACE_INFORMATION_CLASS
    {
        TraceIdClass,
        TraceHandleClass,
        TraceEnableFlagsClass,
        TraceEnableLevelClass,
        GlobalLoggerHandleClass,
        EventLoggerHandleClass,
        AllLoggerHandlesClass,
        TraceHandleByNameClass,
        LoggerEventsLostClass,
        TraceSessionSettingsClass,
        LoggerEventsLoggedClass,
        DiskIoNotifyRoutinesClass,
        TraceInformationClassReserved1,
        AllPossibleNotifyRoutinesClass = TraceInformationClassReserved1,
        FltIoNotifyRoutinesClass,
        TraceInformationClassReserved2,
        WdfNotifyRoutinesClass,
        MaxTraceInformationClass
    } TRACE_INFORMATION_CLASS;

#define TRACE_MESSAGE_SEQUENCE              1
#define TRACE_MESSAGE_GUID                  2
#define TRACE_MESSAGE_COMPONENTID           4
#define TRACE_MESSAGE_TIMESTAMP             8
#define TRACE_MESSAGE_PERFORMANCE_TIMESTAMP 16
#define TRACE_MESSAGE_SYSTEMINFO            32
#define TRACE_MESSAGE_POINTER32             0x0040
#define TRACE_MESSAGE_POINTER64             0x0080
#define TRACE_MESSAGE_FLAG_MASK             0xFFFF
#define TRACE_MESSAGE_MAXIMUM_SIZE          (64 * 1024)

#ifdef __cplusplus
}
#endif

#endif
