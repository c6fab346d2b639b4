// SPDX-License-Identifier: MIT
// Owns the event descriptors that drivers and applications share.
#ifndef _EVNTPROV_
#define _EVNTPROV_

#include <ntdef.h>
#include <guiddef.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define EVENT_MIN_LEVEL                     (0)
#define EVENT_MAX_LEVEL                     (0xff)
#define MAX_EVENT_DATA_DESCRIPTORS          (128)
#define MAX_EVENT_FILTER_DATA_SIZE          (1024)
#define EVENT_WRITE_FLAG_NO_FAULTING        0x00000001
#define EVENT_WRITE_FLAG_INPRIVATE          0x00000002
#define EVENT_CONTROL_CODE_DISABLE_PROVIDER 0
#define EVENT_CONTROL_CODE_ENABLE_PROVIDER  1
#define EVENT_CONTROL_CODE_CAPTURE_STATE    2
#define TRACE_LEVEL_NONE                    0
#define TRACE_LEVEL_CRITICAL                1
#define TRACE_LEVEL_FATAL                   1
#define TRACE_LEVEL_ERROR                   2
#define TRACE_LEVEL_WARNING                 3
#define TRACE_LEVEL_INFORMATION             4
#define TRACE_LEVEL_VERBOSE                 5

    typedef ULONGLONG REGHANDLE, *PREGHANDLE;

    typedef struct _EVENT_DESCRIPTOR
    {
        USHORT Id;
        UCHAR Version;
        UCHAR Channel;
        UCHAR Level;
        UCHAR Opcode;
        USHORT Task;
        ULONGLONG Keyword;
    } EVENT_DESCRIPTOR, *PEVENT_DESCRIPTOR;
    typedef const EVENT_DESCRIPTOR *PCEVENT_DESCRIPTOR;

    typedef struct _EVENT_DATA_DESCRIPTOR
    {
        ULONGLONG Ptr;
        ULONG Size;
        union
        {
            ULONG Reserved;
            struct
            {
                UCHAR Type;
                UCHAR Reserved1;
                USHORT Reserved2;
            };
        };
    } EVENT_DATA_DESCRIPTOR, *PEVENT_DATA_DESCRIPTOR;

    typedef struct _EVENT_FILTER_DESCRIPTOR
    {
        ULONGLONG Ptr;
        ULONG Size;
        ULONG Type;
    } EVENT_FILTER_DESCRIPTOR, *PEVENT_FILTER_DESCRIPTOR;

    typedef enum _EVENT_INFO_CLASS
    {
        EventProviderBinaryTrackInfo,
        EventProviderSetReserved1,
        EventProviderSetTraits,
        EventProviderUseDescriptorType,
        MaxEventInfo
    } EVENT_INFO_CLASS;

    FORCEINLINE VOID EventDataDescCreate(_Out_ PEVENT_DATA_DESCRIPTOR EventDataDescriptor,
                                         _In_reads_bytes_(DataSize) const VOID *DataPtr,
                                         _In_ ULONG DataSize)
    {
        EventDataDescriptor->Ptr = (ULONGLONG)(ULONG_PTR)DataPtr;
        EventDataDescriptor->Size = DataSize;
        EventDataDescriptor->Reserved = 0;
    }

    FORCEINLINE VOID EventDescCreate(_Out_ PEVENT_DESCRIPTOR EventDescriptor,
                                     _In_ USHORT Id,
                                     _In_ UCHAR Version,
                                     _In_ UCHAR Channel,
                                     _In_ UCHAR Level,
                                     _In_ USHORT Task,
                                     _In_ UCHAR Opcode,
                                     _In_ ULONGLONG Keyword)
    {
        EventDescriptor->Id = Id;
        EventDescriptor->Version = Version;
        EventDescriptor->Channel = Channel;
        EventDescriptor->Level = Level;
        EventDescriptor->Task = Task;
        EventDescriptor->Opcode = Opcode;
        EventDescriptor->Keyword = Keyword;
    }

#ifdef __cplusplus
}
#endif

#endif
