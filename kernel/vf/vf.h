// SPDX-License-Identifier: MIT
// vf: what the checks found, as facts. vf collects them where they are known; runtime turns them
// into text and JSON. Nothing here is on a hot path.
#ifndef VF_VF_H
#define VF_VF_H

#include "ntddk.h"

#include "ke/ke.h"
#include "ldr/ldr.h"

#define VF_FRAMES 16

typedef enum _VF_REPORT_KIND
{
    VfReportBugCheck,  // the machine has stopped
    VfReportViolation, // a rule was broken, the machine goes on
    VfReportLeak       // a driver has unloaded and left something behind
} VF_REPORT_KIND;

// One thing that outlived its driver.
typedef struct _VF_LEAK
{
    const char *What; // "pool", "device", "symbolic link", "timer", "thread", "work item", ...
    ULONG Count;      // of the same kind, size and maker
    char Detail[192]; // "tag 'Abcd', 64 bytes, nonpaged", "\Device\Foo"
    PVOID Address;
    ULONG FrameCount; // stack that made it, innermost first; 0 when not known
    BOOLEAN
    IsRoutine; // Frames[0] is where a routine starts that would be called, no return address
    PVOID Frames[VF_FRAMES];
} VF_LEAK;

// What a driver's bug check callback has left.
typedef struct _VF_CALLBACK
{
    char Component[32];
    const char *Kind;  // "buffer", "secondary data", "pages", "removed pages", "triage data"
    const char *State; // "finished", or "incomplete" when the routine itself failed
    char Guid[40];     // of secondary data, or ""
    ULONG64 Length;
    ULONG ByteCount; // of Bytes: the first ones, as far as they can be read
    UCHAR Bytes[64];
} VF_CALLBACK;

typedef struct _VF_REPORT
{
    VF_REPORT_KIND Kind;
    ULONG Code; // bug check code that stands for it; 0: Windows has none
    ULONG64 Parameters[4];
    const char *Meanings[4]; // of the parameters where the documentation's do not fit, or NULL
    BOOLEAN MissingApi;      // Code says nothing: the driver called an export that is a stub
    const char *Rule;        // may be NULL
    const char *Page;        // documentation page, may be NULL
    KIRQL Irql;
    ULONG Processor;
    ULONG ThreadNumber;
    LONGLONG Time100ns;
    char Driver[64];   // "foo.sys" or ""
    char Export[64];   // DDI that was running, or ""
    char Subject[256]; // what the faulting address is: pool block, INIT section, ... or ""
    char Irp[256];     // "IRP 3: DEVICE_CONTROL 0x222000, \Device\Foo", or ""
    char Device[128];  // "\Device\Foo" or ""
    EXCEPTION_RECORD Exception;
    BOOLEAN ExceptionValid;
    CONTEXT Context;
    BOOLEAN ContextValid;
    BOOLEAN FirstIsRoutine; // Frames[0] is where a routine starts, no return address
    ULONG FrameCount;
    PVOID Frames[KI_STACK_FRAMES];
    ULONG LeakCount;
    ULONG CallbackCount;
    VF_CALLBACK Callbacks[KI_CALLBACK_RESULTS];
    const VF_LEAK *Leaks; // at most VF_LEAKS; LeakCount counts all
} VF_REPORT;

#define VF_LEAKS 64

// A code or data address of a driver, also of one that is gone.
typedef struct _VF_CODE
{
    char Name[64];         // "foo.sys"
    char Path[260];        // host path as given
    ULONG64 PreferredBase; // ImageBase of the file
    ULONG Rva;             // of the original code, patches undone
    char Symbol[128];      // nearest export, or ""
    ULONG SymbolOffset;
    BOOLEAN Unloaded;
} VF_CODE;

// FALSE when Address never was in an image. Any IRQL, also after the machine has stopped.
BOOLEAN
VfQueryCode(_In_ ULONG64 Address, _Out_ VF_CODE *Code);

typedef struct _VF_CONFIG
{
    // Each report as it happens. For VfReportBugCheck it runs on the host's stack, for the others
    // on the stack of the thread that found it. The report does not live on.
    void (*Report)(const VF_REPORT *Report);
    BOOLEAN ChecksOff; // no leak reports, no soft violations
} VF_CONFIG;

// Fills KeVerifierHooks, IoVerifierHooks and its relatives. After IoInitSystem, before the first
// driver.
void VfInitSystem(_In_ const VF_CONFIG *Config);

// An image is about to go. For an export driver, which has no driver object and no Unload routine,
// this is after its DllUnload: what it leaves is reported, and its addresses stay known.
void VfImageUnloading(_In_ PLDR_IMAGE Image);

// A call of a driver that was made to fail.
typedef struct _VF_FAULT
{
    ULONG64 Number;          // of the call, from 1
    const KI_EXPORT *Export; // DDI that was running
    PVOID Caller;            // return address in the driver
    BOOLEAN Raises;          // the driver asked for an exception instead of NULL
    SIZE_T Size;             // bytes that were asked for, by the driver or on its behalf
    ULONG Tag;
} VF_FAULT;

// Counts the calls of drivers that can fail, and lets call number Target fail (0: off; a number
// never reached: only counts). Injected runs before, on the stack of the driver.
// IsFailable tells a DDI by its name that can say that it has failed.
void VfStartFaults(ULONG64 Target,
                   BOOLEAN (*IsFailable)(const char *Ddi),
                   void (*Injected)(const VF_FAULT *Fault));

// Calls counted so far.
ULONG64
VfFaultCalls(void);

// Number of violations and leaks reported so far (exit status 4).
ULONG
VfViolationCount(void);

#endif
