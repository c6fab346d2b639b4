/* SPDX-License-Identifier: MIT */
/*
 * Private to kernel/io: what surrounds the documented structures.
 *
 * One host thread runs the kernel and another thread can only run at a safe point (a gate, an IRQL
 * change, a wait), so lists and counters here need no lock between two such points.
 */
#ifndef IO_IOP_H
#define IO_IOP_H

#include "io/io.h"

#include "ke/access.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "ps/ps.h"
#include "rtl/assert.h"
#include "rtl/ddi.h"

/* A function of the Microsoft convention that calls one of ours has to save ten xmm registers. What
 * the hot paths call between two drivers is therefore of that convention, too. */
#define IOP_MS   __attribute__((ms_abi))
#define IOP_COLD __attribute__((ms_abi, cold, noinline))

/* ---- IRPs --------------------------------------------------------------------------------- */

/* Who made an IRP, which decides what its completion does and who frees it. */
typedef enum _IOP_IRP_KIND
{
    IopIrpFree,         /* in the cache; touching it is a driver's bug */
    IopIrpDriver,       /* IoAllocateIrp: the driver frees it */
    IopIrpAsynchronous, /* IoBuildAsynchronousFsdRequest: the driver frees it */
    IopIrpAssociated,   /* IoMakeAssociatedIrp: freed here, counts down its master */
    IopIrpThreaded,     /* IoBuildSynchronousFsdRequest, IoBuildDeviceIoControlRequest */
    IopIrpService,      /* an Nt service; finished in the thread that called it */
    IopIrpOwned         /* sent and freed by a routine of this folder that waits for it */
} IOP_IRP_KIND;

/* What is known about the driver called for one stack location, so that its return value can be
 * checked. It stands behind the IRP in memory that is only ever used for IRPs, and Token tells
 * whose call it is, so it may be read when the IRP itself is long gone. */
typedef struct _IOP_CALL
{
    ULONG Token;
    NTSTATUS Status; /* IoStatus.Status when the location was completed */
    union
    {
        ULONG Flags;   /* all of them, to clear them at once */
        USHORT Ending; /* Completed and Pending: IOP_CALL_... */
        struct
        {
            BOOLEAN Completed;
            BOOLEAN Pending; /* the location was marked pending when completed */
            BOOLEAN Forwarded;
        };
    };
    NTSTATUS LowerStatus; /* what the next lower driver returned, when Forwarded */
} IOP_CALL, *PIOP_CALL;

#define IOP_CALL_COMPLETED 0x0001 /* completed and never marked pending */
#define IOP_CALL_PENDED    0x0101 /* marked pending and completed */

/* How a service learns that its request is done without looking at the IRP, which is gone then. */
typedef struct _IOP_RESULT
{
    BOOLEAN Done;
    BOOLEAN KeepFile; /* the service gives up the file's reference itself */
    IO_STATUS_BLOCK IoStatus;
} IOP_RESULT, *PIOP_RESULT;

/* Precedes every IRP that IoAllocateIrp and the services make (not one a driver laid out itself).
 */
typedef struct _IOP_IRP
{
    LIST_ENTRY AllEntry; /* IopIrpListHead, cached ones too */
    struct _IOP_IRP *NextFree;
    PVOID Caller;       /* driver code that allocated it, or NULL */
    PVOID SystemBuffer; /* to free at the end; a driver may have changed the IRP's own field */
    PIOP_RESULT Result; /* on the stack of the service that waits, or NULL */
    LONGLONG Since100ns;
    ULONG Number; /* small, unique, deterministic: names the IRP in traces */
    ULONG OutputLength;
    UCHAR Kind; /* IOP_IRP_KIND */
    CCHAR StackCapacity;
    CHAR FirstLocation;  /* where it was first sent to */
    CHAR ActiveLocation; /* the lowest driver that has it; above FirstLocation: nobody */
    BOOLEAN CheckOutput; /* Information must not exceed OutputLength */
    BOOLEAN Guarded;     /* irpguard.c: its page goes with it */
    USHORT CallsOffset;  /* IOP_CALLS_OFFSET(StackCapacity) */
    ULONG64 Magic;
} IOP_IRP, *PIOP_IRP;

#define IOP_IRP_MAGIC 0x5052496d6477ull /* "wdmIRP" */

C_ASSERT(sizeof(IOP_IRP) % 16 == 0);

/* IRP.AllocationFlags: an IOP_IRP precedes the IRP. */
#define IOP_IRP_HAS_HEADER 0x80

/* Bits of IRP.Flags that the documentation leaves to the I/O manager. */
#ifndef IRP_OB_QUERY_NAME
#define IRP_OB_QUERY_NAME 0x00001000
#endif

static inline PIOP_IRP
IopIrpHeader(PIRP Irp)
{
    return (Irp->AllocationFlags & IOP_IRP_HAS_HEADER) ? (PIOP_IRP)Irp - 1 : NULL;
}

static inline PIRP
IopHeaderIrp(PIOP_IRP Header)
{
    return (PIRP)(Header + 1);
}

/* Distance from an IRP to its records of calls: behind the locations, none across a cache line. */
#define IOP_CALLS_OFFSET(StackSize) \
    ((sizeof(IRP) + (SIZE_T)(StackSize) * sizeof(IO_STACK_LOCATION) + 15) & ~(SIZE_T)15)

/* The record of the driver at Location (1 is the lowest). */
static inline PIOP_CALL
IopCallRecord(PIOP_IRP Header, CHAR Location)
{
    return (PIOP_CALL)((PUCHAR)IopHeaderIrp(Header) + Header->CallsOffset) + (Location - 1);
}

/* Number that names Irp in a trace; 0 for one whose memory is the driver's. */
static inline ULONG
IopIrpNumber(PIRP Irp)
{
    return (Irp->AllocationFlags & IOP_IRP_HAS_HEADER) ? IopIrpHeader(Irp)->Number : 0;
}

extern LIST_ENTRY IopIrpListHead;

/* irpguard.c: IRPs until one is guarded; 0 when none are. */
extern ULONG IopGuardCountdown;

/* A guarded IRP, or NULL when all are in use. */
IOP_COLD PIOP_IRP IopTakeGuarded(CCHAR StackSize);

IOP_COLD void IopFreeGuarded(PIOP_IRP Header);

/* TRUE if Irp's memory is gone and cannot even be looked at. */
BOOLEAN
IopIsClosed(PIRP Irp);

/* An IRP with StackSize cleared locations, or NULL. Kind decides what completion does. */
IOP_MS PIRP IopAllocateIrp(CCHAR StackSize, IOP_IRP_KIND Kind);

/* Returns an IRP to the cache and poisons it; the caller has taken it off all lists. */
IOP_MS void IopFreeIrp(PIRP Irp);

/* TRUE while a driver below the sender has the IRP. */
BOOLEAN
IopIrpInUse(const IOP_IRP *Header);

/* The header of an IRP that has one, as those of the services do. */
static inline PIOP_IRP
IopServiceHeader(PIRP Irp)
{
    return (PIOP_IRP)Irp - 1;
}

/* Puts Irp on its thread's list of unfinished requests. */
static inline void
IopQueueThreadIrp(PIRP Irp)
{
    InsertHeadList(&PsThread(Irp->Tail.Overlay.Thread)->IrpList, &Irp->ThreadListEntry);
}

static inline void
IopDequeueThreadIrp(PIRP Irp)
{
    PLIST_ENTRY next = Irp->ThreadListEntry.Flink;
    PLIST_ENTRY previous = Irp->ThreadListEntry.Blink;
    NT_ASSERT(next->Blink == previous->Flink);
    previous->Flink = next;
    next->Blink = previous;
    InitializeListHead(&Irp->ThreadListEntry);
}

/* Unlocks, unmaps and frees the chain at Irp->MdlAddress. */
IOP_MS void IopFreeMdls(PIRP Irp);

/* System buffers of the services: cached, with a guard behind the last byte. */
IOP_MS PVOID IopAllocateSystemBuffer(ULONG Length);

/* A damaged guard is a bug check that names Irp (may be NULL). */
IOP_MS void IopReturnSystemBuffer(PVOID SystemBuffer, PIRP Irp);

/* Frees what Irp's header says. */
static inline void
IopFreeSystemBuffer(PIRP Irp)
{
    PIOP_IRP header = IopServiceHeader(Irp);
    PVOID buffer = header->SystemBuffer;
    header->SystemBuffer = NULL;
    IopReturnSystemBuffer(buffer, Irp);
}

/* The last stage of a request, in the thread that made it, at APC_LEVEL or as part of its call. */
IOP_MS void IopCompleteRequest(PIRP Irp, PFILE_OBJECT FileObject);

/* Sends an IopIrpOwned IRP to DeviceObject and waits for it; the IRP's IoStatus tells the result.
 */
NTSTATUS
IopCallDriverAndWait(PDEVICE_OBJECT DeviceObject, PIRP Irp, PIO_STATUS_BLOCK IoStatusBlock);

/* ---- violations --------------------------------------------------------------------------- */

#define IOP_PAGE_C9 "debugger/bug-check-0xc9--driver-verifier-iomanager-violation"
#define IOP_PAGE_C4 "debugger/bug-check-0xc4--driver-verifier-detected-violation"

/* A rule that Windows itself survives is broken: asks IoVerifierHooks.Violation, which returns TRUE
 * to go on; without it the machine stops. */
void IopViolation(ULONG Code,
                  ULONG64 P1,
                  ULONG64 P2,
                  ULONG64 P3,
                  ULONG64 P4,
                  const char *Rule,
                  const char *Page,
                  PIRP Irp,
                  PDEVICE_OBJECT DeviceObject);

/* ---- devices ------------------------------------------------------------------------------ */

/* DEVOBJ_EXTENSION.ExtensionFlags */
#define IOP_UNLOAD_PENDING 0x0001
#define IOP_DELETE_PENDING 0x0002
#define IOP_REMOVE_PENDING 0x0004
#define IOP_UNLINKED       0x0008 /* no longer in its driver's list */

#define IOP_DEVICE_DYING (IOP_UNLOAD_PENDING | IOP_DELETE_PENDING | IOP_REMOVE_PENDING)

/* Follows a device object and its extension. */
typedef struct _IOP_DEVICE
{
    DEVOBJ_EXTENSION Public;
    UNICODE_STRING Name; /* full path or "(unnamed N)"; the buffer is pool */
    ULONG Number;        /* 1, 2, ... in order of creation */
    PVOID Creator;       /* driver code that called IoCreateDevice, or NULL */
} IOP_DEVICE, *PIOP_DEVICE;

static inline PIOP_DEVICE
IopDevice(PDEVICE_OBJECT DeviceObject)
{
    return (PIOP_DEVICE)DeviceObject->DeviceObjectExtension;
}

/* A file object on DeviceObject has gone; a deletion or an unload may have waited for it. */
void IopReleaseDevice(PDEVICE_OBJECT DeviceObject);

/* Unlinks and dereferences a device whose deletion was asked for and that nobody has open. */
void IopFinishDelete(PDEVICE_OBJECT DeviceObject);

/* Takes away what a driver left behind when its code is going. */
void IopAbandonDevices(PDRIVER_OBJECT DriverObject);

void IopForgetShutdown(PDEVICE_OBJECT DeviceObject);
void IopDeleteTimer(PDEVICE_OBJECT DeviceObject);

/* Delete procedures of the object types. */
void IopDeleteDeviceObject(PVOID Object);
void IopDeleteDriverObject(PVOID Object);

/* The type of controller objects: controller.c. */
NTSTATUS
IopCreateControllerType(void);

/* ---- drivers ------------------------------------------------------------------------------ */

typedef struct _IOP_DRIVER
{
    DRIVER_OBJECT Object;
    DRIVER_EXTENSION Extension;
    LIST_ENTRY ClientExtensions; /* IOP_CLIENT_EXTENSION */
    struct _LDR_IMAGE *Image;    /* NULL for drivers of the kernel */
    BOOLEAN UnloadPending;
    BOOLEAN Unloading; /* DriverUnload runs or has run */
    ULONG Number;
} IOP_DRIVER, *PIOP_DRIVER;

static inline PIOP_DRIVER
IopDriver(PDRIVER_OBJECT DriverObject)
{
    return CONTAINING_RECORD(DriverObject, IOP_DRIVER, Object);
}

NTSTATUS
IopCreateDriverObject(PCUNICODE_STRING Name, PCUNICODE_STRING ServiceName, PDRIVER_OBJECT *Driver);

/* Fails requests a driver does not handle. */
DRIVER_DISPATCH IopInvalidDeviceRequest;

/* If DriverObject's unload is pending and nothing holds it any more: unloads it (in a worker). */
void IopTryUnload(PDRIVER_OBJECT DriverObject);

void IopForgetReinitialization(PDRIVER_OBJECT DriverObject);

/* A driver's routine has returned to a system thread: nothing may be left raised or disabled. */
void IopCheckPassive(PVOID Routine, const char *Rule, const char *Page);

/* Runs Routine(Context) on a system worker thread at PASSIVE_LEVEL and waits. */
void IopRunInWorker(void (*Routine)(PVOID Context), PVOID Context);

/* ---- files -------------------------------------------------------------------------------- */

extern POBJECT_TYPE IopFileObjectType;

NTSTATUS
IopCreateFileType(void);

/* What an open passes through the object manager to the parse procedures. */
typedef struct _IOP_OPEN_PACKET
{
    CSHORT Type;               /* IO_TYPE_OPEN_PACKET */
    ACCESS_MASK DesiredAccess; /* without generic rights */
    ULONG CreateOptions;
    ULONG FileAttributes;
    ULONG ShareAccess;
    ULONG Disposition;
    PVOID EaBuffer;
    ULONG EaLength;
    ULONG Options; /* IO_... of IoCreateFile */
    LARGE_INTEGER AllocationSize;
    CREATE_FILE_TYPE CreateFileType;
    PVOID ExtraCreateParameters;
    PFILE_OBJECT RelatedFileObject;
    PFILE_OBJECT FileObject; /* made by the parse procedure */
    NTSTATUS FinalStatus;
    ULONG_PTR Information;
} IOP_OPEN_PACKET, *PIOP_OPEN_PACKET;

NTSTATUS
IopParseDevice(PVOID ParseObject,
               PVOID ObjectType,
               PACCESS_STATE AccessState,
               KPROCESSOR_MODE AccessMode,
               ULONG Attributes,
               PUNICODE_STRING CompleteName,
               PUNICODE_STRING RemainingName,
               PVOID Context,
               PSECURITY_QUALITY_OF_SERVICE SecurityQos,
               PVOID *Object);

extern const GENERIC_MAPPING IopFileMapping;

/* Waits for a synchronous file's lock; the fast case is inline below. */
IOP_MS NTSTATUS IopWaitForFileLock(PFILE_OBJECT FileObject, KPROCESSOR_MODE Mode);

static inline NTSTATUS
IopLockFile(PFILE_OBJECT FileObject, KPROCESSOR_MODE Mode)
{
    if (__builtin_expect(FileObject->Busy == 0, 1))
    {
        FileObject->Busy = 1;
        return STATUS_SUCCESS;
    }
    return IopWaitForFileLock(FileObject, Mode);
}

static inline void
IopUnlockFile(PFILE_OBJECT FileObject)
{
    FileObject->Busy = 0;
    if (__builtin_expect(FileObject->Waiters != 0, 0))
    {
        KeSetEvent(&FileObject->Lock, EVENT_INCREMENT, FALSE);
    }
}

/* ---- services ----------------------------------------------------------------------------- */

/* One call of NtReadFile, NtWriteFile, Nt...ControlFile. On the stack of the service. */
typedef struct _IOP_SERVICE
{
    PFILE_OBJECT FileObject; /* referenced */
    PDEVICE_OBJECT DeviceObject;
    PKEVENT Event; /* referenced, or NULL */
    PIO_STATUS_BLOCK UserIosb;
    PIO_APC_ROUTINE ApcRoutine;
    PVOID ApcContext;
    ACCESS_MASK GrantedAccess;
    KPROCESSOR_MODE Mode;
    BOOLEAN Synchronous; /* the file lock is held */
    IOP_RESULT Result;
} IOP_SERVICE, *PIOP_SERVICE;

/* Handles to objects, status block probed, file lock taken, file event cleared. Access: the handle
 * needs one of these rights (0: none). */
IOP_MS NTSTATUS IopBeginService(PIOP_SERVICE Service,
                                HANDLE FileHandle,
                                HANDLE Event,
                                ACCESS_MASK Access);

/* Undoes IopBeginService; returns Status. */
IOP_MS NTSTATUS IopEndService(PIOP_SERVICE Service, NTSTATUS Status);

/* An IRP with the requester's part filled, or NULL. The first stack location is the caller's to
 * fill. */
IOP_MS PIRP IopAllocateServiceIrp(PIOP_SERVICE Service);

/* Frees an IRP that was never sent, with its buffers. */
IOP_MS void IopDiscardServiceIrp(PIRP Irp);

/* Sends it, waits if the file is synchronous, releases everything. Returns the service's status. */
IOP_MS NTSTATUS IopSendService(PIOP_SERVICE Service, PIRP Irp);

/* Cancels the request that is to report to Result. */
void IopCancelResult(const IOP_RESULT *Result);

/* PsThreadRundownIrps: cancels and waits for what a dying thread has not finished. */
void IopRundownThread(PPS_THREAD Thread);

/* Ends a service that fast I/O has done: status block, event, APC. */
IOP_MS NTSTATUS IopFinishFastIo(PIOP_SERVICE Service, const IO_STATUS_BLOCK *IoStatus);

/* An MDL for the user's (or kernel's) buffer, locked, at Irp->MdlAddress. */
IOP_MS NTSTATUS
IopLockBuffer(PIRP Irp, PVOID Buffer, ULONG Length, KPROCESSOR_MODE Mode, LOCK_OPERATION Operation);

/* As ProbeForRead and ProbeForWrite, with a status instead of an exception. */
IOP_MS NTSTATUS IopProbeForRead(const void *Address, SIZE_T Length, ULONG Alignment);
IOP_MS NTSTATUS IopProbeForWrite(void *Address, SIZE_T Length, ULONG Alignment);

/* IopProbeForWrite of memory of any alignment, in line for what lies in one page. */
static inline NTSTATUS
IopProbeOutput(void *Address, SIZE_T Length)
{
    if (__builtin_expect(((ULONG64)Address & (PAGE_SIZE - 1)) + Length <= PAGE_SIZE &&
                             (ULONG64)Address < HOST_USER_LIMIT && KiTouchUser(Address),
                         1))
    {
        return STATUS_SUCCESS;
    }
    return IopProbeForWrite(Address, Length, 1);
}

/* The last stage and the services drop references that may be the last; ob is of our convention. */
IOP_COLD void IopDereferenceLast(PVOID Object);

/* KeTryCopy without the cost of a call between conventions: KiCopyBytes touches no register that
 * either of them preserves, but for those named here. The room skipped is a red zone. */
static inline NTSTATUS
IopTryCopy(void *Destination, const void *Source, SIZE_T Length)
{
    NTSTATUS status;
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tcall KiCopyBytes\n\tleaq 128(%%rsp), %%rsp"
                     : "=a"(status), "+D"(Destination), "+S"(Source), "+d"(Length)
                     :
                     : "rcx", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3");
    return status;
}

/* ObDereference for a file object that somebody else references, too. */
static inline void
IopDereferenceFile(PFILE_OBJECT FileObject)
{
    POBJECT_HEADER header = ObHeader(FileObject);
    if (__builtin_expect(header->PointerCount > 1 && header->PointerCount > header->HandleCount, 1))
    {
        header->PointerCount--;
        return;
    }
    IopDereferenceLast(FileObject);
}

/* IoGetRelatedDeviceObject, for files that are not on a mounted volume without a call. */
static inline PDEVICE_OBJECT
IopRelatedDevice(PFILE_OBJECT FileObject)
{
    PDEVICE_OBJECT device = FileObject->DeviceObject;
    if (__builtin_expect(FileObject->Vpb != NULL || device->Vpb != NULL, 0))
    {
        return IoGetRelatedDeviceObject(FileObject);
    }
    while (device->AttachedDevice != NULL)
    {
        device = device->AttachedDevice;
    }
    return device;
}

/* Copies from or to the caller of a service, whose memory is only trusted in kernel mode. */
static inline NTSTATUS
IopCaptureFrom(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode)
{
    return Mode == KernelMode || MmProbeRange(Source, Length)
               ? IopTryCopy(Destination, Source, Length)
               : STATUS_ACCESS_VIOLATION;
}

static inline NTSTATUS
IopReturnTo(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode)
{
    return Mode == KernelMode || MmProbeRange(Destination, Length)
               ? IopTryCopy(Destination, Source, Length)
               : STATUS_ACCESS_VIOLATION;
}

/* A Zw routine runs its Nt twin as kernel mode. */
static inline KPROCESSOR_MODE
IopEnterKernelMode(void)
{
    PKTHREAD thread = KiCurrentThread();
    KPROCESSOR_MODE previous = thread->PreviousMode;
    thread->PreviousMode = KernelMode;
    return previous;
}

static inline void
IopLeaveKernelMode(KPROCESSOR_MODE PreviousMode)
{
    KiCurrentThread()->PreviousMode = PreviousMode;
}

/* A name for %wZ, which prints "(null)" for one without a buffer. */
static inline UNICODE_STRING
IopPrintable(const UNICODE_STRING *Name)
{
    static WCHAR empty[1];
    UNICODE_STRING printable = *Name;

    if (printable.Buffer == NULL)
    {
        printable.Buffer = empty;
    }
    return printable;
}

/* ObMayRegisterCallback of images (load.c). */
BOOLEAN
IopMayRegisterCallback(PVOID Function);

#endif
