/* SPDX-License-Identifier: MIT */
/*
 * io: drivers, devices, files, requests. What other folders may use; documented routines are not
 * repeated. IRQL is PASSIVE_LEVEL unless said.
 */
#ifndef IO_IO_H
#define IO_IO_H

#include "ntddk.h"

#include "ke/ke.h"

/* Object types, name space directories, hooks of lower layers. Needs ob, ps and a running
 * dispatcher. */
NTSTATUS
IoInitSystem(void);

extern POBJECT_TYPE IopDriverObjectType;
extern POBJECT_TYPE IopDeviceObjectType;
extern POBJECT_TYPE IoControllerType;

/* ---- loading and unloading ---------------------------------------------------------------- */

/* What the runtime knows about a driver file. Image and names need not live on. */
typedef struct _IO_LOAD_PARAMETERS
{
    PCWSTR ServiceName;   /* \Driver\ServiceName, and the last component of the registry path */
    const char *FileName; /* UTF-8 path on the host; its last part names the module */
    const void *File;     /* contents of the file; NULL: read from FileName */
    SIZE_T FileSize;
} IO_LOAD_PARAMETERS;

/* Loads the image and runs DriverEntry in a system thread. On success *DriverObject is referenced
 * for the caller. A DriverEntry that fails is not an error of this routine: it returns its status
 * and *EntryFailed is TRUE. */
NTSTATUS
IoLoadDriverImage(_In_ const IO_LOAD_PARAMETERS *Parameters,
                  _Out_ PDRIVER_OBJECT *DriverObject,
                  _Out_ PBOOLEAN EntryFailed);

/* The runtime tells ZwLoadDriver what the registry would: FALSE when it knows no such service. */
extern BOOLEAN (*IoFindService)(PCUNICODE_STRING ServiceName, IO_LOAD_PARAMETERS *Parameters);

/* Asks for the unload of \Driver\ServiceName. STATUS_SUCCESS: it is gone. STATUS_PENDING: it goes
 * when the last handle or reference to its devices does. STATUS_INVALID_DEVICE_REQUEST: it has no
 * Unload routine. */
NTSTATUS
IoUnloadDriverByName(_In_ PCUNICODE_STRING ServiceName);

/* Makes a driver object without an image and runs Entry (root bus, tests). NULL Name: one is made
 * up. As IoCreateDriver. */
NTSTATUS
IoCreateKernelDriver(_In_opt_ PCUNICODE_STRING Name,
                     _In_ PDRIVER_INITIALIZE Entry,
                     _Out_ PDRIVER_OBJECT *DriverObject);

/* Runs the routines of IoRegisterDriverReinitialization that are due, one round. */
void IoRunReinitialization(void);

/* Sends IRP_MJ_SHUTDOWN to every device registered for it, last registered first. */
void IoShutdownSystem(void);

/* ---- for the verifier --------------------------------------------------------------------- */

typedef struct _IO_VIOLATION
{
    ULONG Code; /* of the bug check that stands for it */
    ULONG64 Parameters[4];
    const char *Rule;
    const char *Page;
    PIRP Irp;
    PDEVICE_OBJECT DeviceObject;
} IO_VIOLATION;

typedef struct _IO_VERIFIER_HOOKS
{
    /* A rule is broken that Windows without Driver Verifier survives. TRUE: recorded, go on; FALSE
     * (or no hook): bug check. Any IRQL. */
    BOOLEAN (*Violation)(const IO_VIOLATION *Violation);
    /* DriverEntry returned Status; the image is still there. */
    void (*DriverLoaded)(PDRIVER_OBJECT DriverObject, NTSTATUS Status);
    /* DriverUnload has returned (or DriverEntry failed): the driver's code will be gone next. What
     * it left behind can still be attributed to [DriverStart, DriverStart + DriverSize). */
    void (*DriverUnloaded)(PDRIVER_OBJECT DriverObject);
    /* A message for the system event log. */
    void (*ErrorLog)(PDRIVER_OBJECT DriverObject,
                     PDEVICE_OBJECT DeviceObject,
                     const IO_ERROR_LOG_PACKET *Packet,
                     ULONG Length);
} IO_VERIFIER_HOOKS;

extern IO_VERIFIER_HOOKS IoVerifierHooks;

/* ---- names for traces and reports --------------------------------------------------------- */

/* "DEVICE_CONTROL" for IRP_MJ_DEVICE_CONTROL. */
const char *IoMajorFunctionName(UCHAR MajorFunction);

/* Full name of a device, or "(unnamed N)"; valid as long as the device. Any IRQL. */
UNICODE_STRING
IopDeviceName(PDEVICE_OBJECT DeviceObject);

/* ---- services of ntifs.h, for the runtime and other folders -------------------------------- */

/* Documented in NF:ntifs; the previous mode of the calling thread decides about trust. */
NTKERNELAPI NTSTATUS NTAPI NtCreateFile(_Out_ PHANDLE FileHandle,
                                        _In_ ACCESS_MASK DesiredAccess,
                                        _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                        _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                        _In_opt_ PLARGE_INTEGER AllocationSize,
                                        _In_ ULONG FileAttributes,
                                        _In_ ULONG ShareAccess,
                                        _In_ ULONG CreateDisposition,
                                        _In_ ULONG CreateOptions,
                                        _In_opt_ PVOID EaBuffer,
                                        _In_ ULONG EaLength);
NTKERNELAPI NTSTATUS NTAPI NtOpenFile(_Out_ PHANDLE FileHandle,
                                      _In_ ACCESS_MASK DesiredAccess,
                                      _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                      _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                      _In_ ULONG ShareAccess,
                                      _In_ ULONG OpenOptions);
NTKERNELAPI NTSTATUS NTAPI NtReadFile(_In_ HANDLE FileHandle,
                                      _In_opt_ HANDLE Event,
                                      _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                      _In_opt_ PVOID ApcContext,
                                      _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                      _Out_writes_bytes_(Length) PVOID Buffer,
                                      _In_ ULONG Length,
                                      _In_opt_ PLARGE_INTEGER ByteOffset,
                                      _In_opt_ PULONG Key);
NTKERNELAPI NTSTATUS NTAPI NtWriteFile(_In_ HANDLE FileHandle,
                                       _In_opt_ HANDLE Event,
                                       _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                       _In_opt_ PVOID ApcContext,
                                       _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                       _In_reads_bytes_(Length) PVOID Buffer,
                                       _In_ ULONG Length,
                                       _In_opt_ PLARGE_INTEGER ByteOffset,
                                       _In_opt_ PULONG Key);
NTKERNELAPI NTSTATUS NTAPI
NtDeviceIoControlFile(_In_ HANDLE FileHandle,
                      _In_opt_ HANDLE Event,
                      _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                      _In_opt_ PVOID ApcContext,
                      _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                      _In_ ULONG IoControlCode,
                      _In_reads_bytes_opt_(InputBufferLength) PVOID InputBuffer,
                      _In_ ULONG InputBufferLength,
                      _Out_writes_bytes_opt_(OutputBufferLength) PVOID OutputBuffer,
                      _In_ ULONG OutputBufferLength);
NTKERNELAPI NTSTATUS NTAPI
NtFsControlFile(_In_ HANDLE FileHandle,
                _In_opt_ HANDLE Event,
                _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                _In_opt_ PVOID ApcContext,
                _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                _In_ ULONG FsControlCode,
                _In_reads_bytes_opt_(InputBufferLength) PVOID InputBuffer,
                _In_ ULONG InputBufferLength,
                _Out_writes_bytes_opt_(OutputBufferLength) PVOID OutputBuffer,
                _In_ ULONG OutputBufferLength);
NTKERNELAPI NTSTATUS NTAPI
NtFlushBuffersFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock);
NTKERNELAPI NTSTATUS NTAPI NtQueryInformationFile(_In_ HANDLE FileHandle,
                                                  _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                                  _Out_writes_bytes_(Length) PVOID FileInformation,
                                                  _In_ ULONG Length,
                                                  _In_ FILE_INFORMATION_CLASS FileInformationClass);
NTKERNELAPI NTSTATUS NTAPI NtSetInformationFile(_In_ HANDLE FileHandle,
                                                _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                                _In_reads_bytes_(Length) PVOID FileInformation,
                                                _In_ ULONG Length,
                                                _In_ FILE_INFORMATION_CLASS FileInformationClass);

/* Cancels the calling thread's requests to a file and waits until they are done. */
NTKERNELAPI NTSTATUS NTAPI
NtCancelIoFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock);

/* Cancels requests of any thread of the process to a file, or the one that was issued with the
 * status block IoRequestToCancel; does not wait. STATUS_NOT_FOUND when there is none. */
NTKERNELAPI NTSTATUS NTAPI NtCancelIoFileEx(_In_ HANDLE FileHandle,
                                            _In_opt_ PIO_STATUS_BLOCK IoRequestToCancel,
                                            _Out_ PIO_STATUS_BLOCK IoStatusBlock);

/* Cancels what another thread waits for in a synchronous service. */
NTKERNELAPI NTSTATUS NTAPI NtCancelSynchronousIoFile(_In_ HANDLE ThreadHandle,
                                                     _In_opt_ PIO_STATUS_BLOCK IoRequestToCancel,
                                                     _Out_ PIO_STATUS_BLOCK IoStatusBlock);

/* ---- exports that the SDK declares in ntddk.h and ntifs.h, or not at all --------------------- */

NTKERNELAPI NTSTATUS NTAPI
IoAttachDeviceToDeviceStackSafe(_In_ PDEVICE_OBJECT SourceDevice,
                                _In_ PDEVICE_OBJECT TargetDevice,
                                _Outptr_ PDEVICE_OBJECT *AttachedToDeviceObject);
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(_In_ PDEVICE_OBJECT DeviceObject);
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetDeviceAttachmentBaseRef(_In_ PDEVICE_OBJECT DeviceObject);
NTKERNELAPI PIRP NTAPI IoMakeAssociatedIrp(_In_ PIRP Irp, _In_ CCHAR StackSize);
NTKERNELAPI VOID NTAPI IoSetMasterIrpStatus(_Inout_ PIRP MasterIrp, _In_ NTSTATUS Status);
NTKERNELAPI VOID NTAPI IoQueueThreadIrp(_In_ PIRP Irp);
NTKERNELAPI VOID NTAPI
IoRegisterDriverReinitialization(_In_ PDRIVER_OBJECT DriverObject,
                                 _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                 _In_opt_ PVOID Context);
NTKERNELAPI VOID NTAPI
IoRegisterBootDriverReinitialization(_In_ PDRIVER_OBJECT DriverObject,
                                     _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                     _In_opt_ PVOID Context);
NTKERNELAPI NTSTATUS NTAPI
IoCreateDriver(_In_opt_ PUNICODE_STRING DriverName, _In_ PDRIVER_INITIALIZE InitializationFunction);
NTKERNELAPI VOID NTAPI
IoCancelFileOpen(_In_ PDEVICE_OBJECT DeviceObject, _In_ PFILE_OBJECT FileObject);
NTKERNELAPI PEPROCESS NTAPI IoGetRequestorProcess(_In_ PIRP Irp);
NTKERNELAPI ULONG NTAPI IoGetRequestorProcessId(_In_ PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI IoGetRequestorSessionId(_In_ PIRP Irp, _Out_ PULONG pSessionId);
NTKERNELAPI BOOLEAN NTAPI IoIsOperationSynchronous(_In_ PIRP Irp);
NTKERNELAPI BOOLEAN NTAPI IoIsSystemThread(_In_ PETHREAD Thread);
NTKERNELAPI PIRP NTAPI IoGetTopLevelIrp(VOID);
NTKERNELAPI VOID NTAPI IoSetTopLevelIrp(_In_opt_ PIRP Irp);
NTKERNELAPI BOOLEAN NTAPI IoSetThreadHardErrorMode(_In_ BOOLEAN EnableHardErrors);
NTKERNELAPI BOOLEAN NTAPI IoTryQueueWorkItem(_Inout_ PIO_WORKITEM IoWorkItem,
                                             _In_ PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                                             _In_ WORK_QUEUE_TYPE QueueType,
                                             _In_opt_ PVOID Context);
NTSYSAPI NTSTATUS NTAPI
ZwDeviceIoControlFile(_In_ HANDLE FileHandle,
                      _In_opt_ HANDLE Event,
                      _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                      _In_opt_ PVOID ApcContext,
                      _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                      _In_ ULONG IoControlCode,
                      _In_reads_bytes_opt_(InputBufferLength) PVOID InputBuffer,
                      _In_ ULONG InputBufferLength,
                      _Out_writes_bytes_opt_(OutputBufferLength) PVOID OutputBuffer,
                      _In_ ULONG OutputBufferLength);
NTSYSAPI NTSTATUS NTAPI
ZwFsControlFile(_In_ HANDLE FileHandle,
                _In_opt_ HANDLE Event,
                _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                _In_opt_ PVOID ApcContext,
                _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                _In_ ULONG FsControlCode,
                _In_reads_bytes_opt_(InputBufferLength) PVOID InputBuffer,
                _In_ ULONG InputBufferLength,
                _Out_writes_bytes_opt_(OutputBufferLength) PVOID OutputBuffer,
                _In_ ULONG OutputBufferLength);
NTSYSAPI NTSTATUS NTAPI
ZwFlushBuffersFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock);
NTSYSAPI NTSTATUS NTAPI
ZwCancelIoFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock);
NTSYSAPI NTSTATUS NTAPI ZwCancelIoFileEx(_In_ HANDLE FileHandle,
                                         _In_opt_ PIO_STATUS_BLOCK IoRequestToCancel,
                                         _Out_ PIO_STATUS_BLOCK IoStatusBlock);

/* ---- for pnp and others inside the kernel -------------------------------------------------- */

/* Sends an IRP whose first stack location is *Stack to the top of DeviceObject's stack and waits.
 * Status is the initial IoStatus.Status (STATUS_NOT_SUPPORTED for PnP). */
NTSTATUS
IoSynchronousRequest(_In_ PDEVICE_OBJECT DeviceObject,
                     _In_ const IO_STACK_LOCATION *Stack,
                     _In_ NTSTATUS Status,
                     _Out_opt_ PULONG_PTR Information);

#endif
