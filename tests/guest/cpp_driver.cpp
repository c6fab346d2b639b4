// SPDX-License-Identifier: MIT
// A driver in C++: every header of the kit in one translation unit, a class whose operator new uses
// pool, virtual calls, templates, static objects without constructors, C linkage of what it
// imports.
// Run: open \\.\CppDriver; ioctl 0x222000 in:04000000 out:4 expect:0a000000; close
// Expect: cpp_driver: \d+ passed, 0 failed
// Expect: cpp_driver: unloaded, 0 live
// Reject: FAIL
#include <ntifs.h>

#include <ntddk.h>
#include <ntintsafe.h>
#include <ntstrsafe.h>
#include <suppress.h>
#include <wdm.h>
#include <wdmguid.h>
#include <wdmsec.h>

#include "check.h"

extern "C" DRIVER_INITIALIZE DriverEntry;

static LONG live;

void *
operator new(size_t Size, POOL_TYPE Type)
{
    void *block = ExAllocatePoolWithTag(Type, Size, 'ppcW');

    if (block != nullptr)
    {
        InterlockedIncrement(&live);
    }
    return block;
}

void
operator delete(void *Block)
{
    if (Block != nullptr)
    {
        InterlockedDecrement(&live);
        ExFreePoolWithTag(Block, 'ppcW');
    }
}

void
operator delete(void *Block, size_t)
{
    operator delete(Block);
}

namespace
{
template <typename T> class List
{
  public:
    List()
    {
        InitializeListHead(&head_);
    }

    void Push(T *item)
    {
        InsertTailList(&head_, &item->links);
    }

    T *Pop()
    {
        return IsListEmpty(&head_) ? nullptr : CONTAINING_RECORD(RemoveHeadList(&head_), T, links);
    }

  private:
    LIST_ENTRY head_;
};

class Shape;

// CONTAINING_RECORD needs a type of standard layout, which one with virtual functions is not.
struct Slot
{
    LIST_ENTRY links;
    Shape *owner;
};

class Shape
{
  public:
    Shape()
    {
        slot.owner = this;
    }

    virtual ~Shape() = default;
    virtual ULONG Area() const = 0;
    Slot slot;
};

class Square final : public Shape
{
  public:
    explicit Square(ULONG side) : side_(side)
    {
    }

    ULONG
    Area() const override
    {
        return side_ * side_;
    }

  private:
    ULONG side_;
};

class Lock
{
  public:
    explicit Lock(PKSPIN_LOCK lock) : lock_(lock)
    {
        KeAcquireSpinLock(lock_, &irql_);
    }

    ~Lock()
    {
        KeReleaseSpinLock(lock_, irql_);
    }

    Lock(const Lock &) = delete;
    Lock &operator=(const Lock &) = delete;

  private:
    PKSPIN_LOCK lock_;
    KIRQL irql_;
};
} // namespace

static KSPIN_LOCK guard;

static void
TestObjects()
{
    List<Slot> shapes;
    ULONG sum = 0;

    for (ULONG i = 1; i <= 3; i++)
    {
        Shape *shape = new (NonPagedPoolNx) Square(i);

        EXPECT(shape != nullptr);
        if (shape != nullptr)
        {
            shapes.Push(&shape->slot);
        }
    }
    EXPECT_EQ(live, 3);
    while (Slot *slot = shapes.Pop())
    {
        sum += slot->owner->Area();
        delete slot->owner;
    }
    EXPECT_EQ(sum, 14);
    EXPECT_EQ(live, 0);
    {
        Lock lock(&guard);
        EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    }
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void
TestLibraries()
{
    WCHAR text[8];
    ULONG sum;

    EXPECT_EQ(RtlStringCchPrintfW(text, RTL_NUMBER_OF(text), L"%d-%ws", 7, L"x"), STATUS_SUCCESS);
    EXPECT_EQ(text[2], L'x');
    EXPECT_EQ(RtlULongAdd(MAXULONG, 1, &sum), STATUS_INTEGER_OVERFLOW);
    EXPECT_EQ(SDDL_DEVOBJ_SYS_ALL.Length, 15 * sizeof(WCHAR));
}

extern "C"
{
    static DRIVER_DISPATCH Succeed;
    static DRIVER_DISPATCH Control;
    static DRIVER_UNLOAD Unload;

    static NTSTATUS Succeed(PDEVICE_OBJECT, PIRP Irp)
    {
        Irp->IoStatus.Status = STATUS_SUCCESS;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return STATUS_SUCCESS;
    }

    static NTSTATUS Control(PDEVICE_OBJECT, PIRP Irp)
    {
        auto *const value = static_cast<ULONG *>(Irp->AssociatedIrp.SystemBuffer);

        *value += 6;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        Irp->IoStatus.Information = sizeof(*value);
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return STATUS_SUCCESS;
    }

    static VOID Unload(PDRIVER_OBJECT DriverObject)
    {
        UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\CppDriver");

        IoDeleteSymbolicLink(&link);
        IoDeleteDevice(DriverObject->DeviceObject);
        DbgPrint("cpp_driver: unloaded, %d live\n", live);
    }

    NTSTATUS
    DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING)
    {
        UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\CppDriver");
        UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\CppDriver");
        PDEVICE_OBJECT device;

        KeInitializeSpinLock(&guard);
        TestObjects();
        TestLibraries();
        EXPECT_EQ(IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
                  STATUS_SUCCESS);
        EXPECT_EQ(IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
        DriverObject->MajorFunction[IRP_MJ_CREATE] = Succeed;
        DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Succeed;
        DriverObject->MajorFunction[IRP_MJ_CLOSE] = Succeed;
        DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
        DriverObject->DriverUnload = Unload;
        device->Flags &= ~static_cast<ULONG>(DO_DEVICE_INITIALIZING);
        return Finish("cpp_driver");
    }
}
