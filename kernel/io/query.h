/* SPDX-License-Identifier: MIT */
/*
 * What the command line and reports want to know about drivers, devices and requests. Routines are
 * called in a stable order until one returns FALSE; what the structures point at is only valid
 * during the call. Any time the machine stands still; the routines must not call drivers.
 */
#ifndef IO_QUERY_H
#define IO_QUERY_H

#include "ntddk.h"

typedef struct _IO_DRIVER_INFO
{
    PDRIVER_OBJECT DriverObject;
    UNICODE_STRING Name; /* \Driver\Foo */
    UNICODE_STRING ServiceName;
    const char *ImageName; /* "foo.sys"; NULL for a driver of the kernel */
    PVOID Start;
    ULONG Size;
    ULONG Devices;
    BOOLEAN Legacy; /* no AddDevice */
    BOOLEAN CanUnload;
    BOOLEAN UnloadPending;
} IO_DRIVER_INFO;

typedef struct _IO_DEVICE_INFO
{
    PDEVICE_OBJECT DeviceObject;
    UNICODE_STRING Name; /* full path or "(unnamed N)" */
    UNICODE_STRING DriverName;
    PDEVICE_OBJECT AttachedTo;     /* the one below, or NULL */
    PDEVICE_OBJECT AttachedDevice; /* the one above, or NULL */
    DEVICE_TYPE DeviceType;
    ULONG Flags;
    ULONG Characteristics;
    LONG OpenCount;
    CCHAR StackSize;
    BOOLEAN DeletePending;
    ULONG Number;
    PVOID Creator; /* driver code that created it, or NULL */
} IO_DEVICE_INFO;

typedef struct _IO_IRP_INFO
{
    PIRP Irp;
    ULONG Number;
    UCHAR MajorFunction;
    UCHAR MinorFunction;
    ULONG IoControlCode;         /* 0 unless it is a control request */
    PDEVICE_OBJECT DeviceObject; /* of the driver that has it; NULL: its maker */
    UNICODE_STRING DeviceName;
    UNICODE_STRING DriverName;
    PKTHREAD Thread; /* requester; NULL when it belongs to no thread */
    PFILE_OBJECT FileObject;
    BOOLEAN Cancel;
    BOOLEAN CancelRoutineSet;
    BOOLEAN DriverMade; /* allocated by a driver, which has to free it */
    PVOID Caller;       /* driver code that allocated it, or NULL */
    LONGLONG PendingSince100ns;
} IO_IRP_INFO;

void IoForEachDriver(BOOLEAN (*Routine)(const IO_DRIVER_INFO *Info, PVOID Context), PVOID Context);

/* In order of creation. */
void IoForEachDevice(BOOLEAN (*Routine)(const IO_DEVICE_INFO *Info, PVOID Context), PVOID Context);

/* The stack that DeviceObject is part of, from the top. */
void IoForEachInStack(PDEVICE_OBJECT DeviceObject,
                      BOOLEAN (*Routine)(const IO_DEVICE_INFO *Info, PVOID Context),
                      PVOID Context);

/* IRPs that exist, in order of their numbers: sent ones, and those a driver holds. */
void IoForEachIrp(BOOLEAN (*Routine)(const IO_IRP_INFO *Info, PVOID Context), PVOID Context);

/* Describes one device or IRP for a report. FALSE when the address is none that lives. */
BOOLEAN
IoQueryDevice(PDEVICE_OBJECT DeviceObject, IO_DEVICE_INFO *Info);
BOOLEAN
IoQueryIrp(PIRP Irp, IO_IRP_INFO *Info);

/* An IRP that was completed or freed, and whose memory shows when it is touched. */
typedef struct _IO_DEAD_IRP
{
    ULONG Number;
    BOOLEAN Sent; /* to a driver; else it has no major function */
    UCHAR MajorFunction;
    PVOID Caller;      /* call in a driver that completed or freed it, or NULL */
    const char *Field; /* what lies at the address */
} IO_DEAD_IRP;

/* FALSE: Address is in no such IRP. Any context, also after the machine has stopped. */
BOOLEAN
IoQueryDeadIrp(_In_ ULONG64 Address, _Out_ IO_DEAD_IRP *Info);

/* Kernel code is about to look at one: gives the memory back. FALSE: it is none. Any context. */
BOOLEAN
IoOpenDeadIrp(_In_ ULONG64 Address);

/* From now on the memory of IRPs goes away with them. */
void IoGuardIrps(void);

/* \Device\Foo or a link to it, without opening it. Referenced for the caller. */
NTSTATUS
IoReferenceDeviceByName(PCUNICODE_STRING Name, PDEVICE_OBJECT *DeviceObject);

#endif
