// SPDX-License-Identifier: MIT
// Buses as drivers of the first hour reached them: PCI configuration space by slot, addresses of a
// bus as addresses of the system, ports and registers of every width and in their buffer forms.
// Page: NF:ntddk.HalGetBusDataByOffset, NF:ntddk.HalSetBusDataByOffset
// Page: NF:wdm.READ_PORT_UCHAR, NF:wdm.WRITE_PORT_UCHAR
// Page: NF:wdm.READ_PORT_USHORT, NF:wdm.WRITE_PORT_USHORT
// Page: NF:wdm.READ_PORT_ULONG, NF:wdm.WRITE_PORT_ULONG
// Page: NF:wdm.READ_PORT_BUFFER_UCHAR, NF:wdm.WRITE_PORT_BUFFER_UCHAR
// Page: NF:wdm.READ_PORT_BUFFER_USHORT, NF:wdm.WRITE_PORT_BUFFER_USHORT
// Page: NF:wdm.READ_PORT_BUFFER_ULONG, NF:wdm.WRITE_PORT_BUFFER_ULONG
// Run:
// Expect: hal_bus: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

#define INTERRUPT_LINE 0x3c // of the configuration space: any value is kept

static PCI_SLOT_NUMBER
Slot(ULONG Device, ULONG Function)
{
    PCI_SLOT_NUMBER slot;

    slot.u.AsULONG = 0;
    slot.u.bits.DeviceNumber = Device;
    slot.u.bits.FunctionNumber = Function;
    return slot;
}

static BOOLEAN
Filled(const UCHAR *Bytes, ULONG Count, UCHAR Value)
{
    for (ULONG i = 0; i < Count; i++)
    {
        if (Bytes[i] != Value)
            return FALSE;
    }
    return TRUE;
}

// The host bridge is function 0 of slot 0 of every PC.
static void
TestRead(void)
{
    UCHAR config[300];
    UCHAR piece[16];
    PPCI_COMMON_CONFIG header = (PPCI_COMMON_CONFIG)config;
    const ULONG bridge = Slot(0, 0).u.AsULONG;

    RtlFillMemory(config, sizeof(config), 0xEE);
    EXPECT_EQ(HalGetBusData(PCIConfiguration, 0, bridge, config, 64), 64);
    EXPECT(header->VendorID != PCI_INVALID_VENDORID && header->VendorID != 0);
    EXPECT_EQ(header->BaseClass, PCI_CLASS_BRIDGE_DEV);
    EXPECT_EQ(header->SubClass, PCI_SUBCLASS_BR_HOST);
    EXPECT(Filled(config + 64, sizeof(config) - 64, 0xEE));

    // A piece is the same bytes, and none outside the range is touched.
    RtlFillMemory(piece, sizeof(piece), 0xEE);
    EXPECT_EQ(HalGetBusDataByOffset(PCIConfiguration, 0, bridge, piece + 1, 2, 2), 2);
    EXPECT(piece[0] == 0xEE && piece[3] == 0xEE);
    EXPECT(RtlEqualMemory(piece + 1, config + 2, 2));
    EXPECT_EQ(HalGetBusDataByOffset(PCIConfiguration, 0, bridge, piece + 8, 11, 1), 1);
    EXPECT(piece[7] == 0xEE && piece[9] == 0xEE && piece[8] == config[11]);
}

static void
TestNobody(void)
{
    UCHAR config[64];
    const ULONG empty = Slot(30, 0).u.AsULONG;

    RtlFillMemory(config, sizeof(config), 0xEE);
    // An empty slot of a bus that exists gives two bytes: the vendor that nobody is.
    EXPECT_EQ(HalGetBusData(PCIConfiguration, 0, empty, config, sizeof(config)), 2);
    EXPECT_EQ(((PPCI_COMMON_CONFIG)config)->VendorID, PCI_INVALID_VENDORID);
    EXPECT(Filled(config + 2, sizeof(config) - 2, 0xEE));
    EXPECT_EQ(HalSetBusData(PCIConfiguration, 0, empty, config, sizeof(config)), 0);
    // Neither the bus nor the kind of bus exists.
    EXPECT_EQ(HalGetBusData(PCIConfiguration, 200, 0, config, sizeof(config)), 0);
    EXPECT_EQ(HalGetBusData(EisaConfiguration, 0, 0, config, sizeof(config)), 0);
    EXPECT_EQ(HalSetBusData(PCIConfiguration, 200, 0, config, sizeof(config)), 0);
    EXPECT_EQ(HalSetBusDataByOffset(Cmos, 0, 0, config, 0, 2), 0);
}

static void
TestWrite(void)
{
    const ULONG bridge = Slot(0, 0).u.AsULONG;
    UCHAR before[64], after[64];
    USHORT vendor = 0x1234;
    UCHAR line;

    EXPECT_EQ(HalGetBusData(PCIConfiguration, 0, bridge, before, 64), 64);
    line = (UCHAR)~before[INTERRUPT_LINE];
    EXPECT_EQ(HalSetBusDataByOffset(PCIConfiguration, 0, bridge, &line, INTERRUPT_LINE, 1), 1);
    EXPECT_EQ(HalGetBusData(PCIConfiguration, 0, bridge, after, 64), 64);
    EXPECT_EQ(after[INTERRUPT_LINE], line);
    after[INTERRUPT_LINE] = before[INTERRUPT_LINE];
    EXPECT(RtlEqualMemory(before, after, 64)); // one byte was written, not its neighbours
    // Read-only members stay.
    EXPECT_EQ(HalSetBusDataByOffset(PCIConfiguration, 0, bridge, &vendor, 0, 2), 2);
    EXPECT_EQ(HalGetBusDataByOffset(PCIConfiguration, 0, bridge, &vendor, 0, 2), 2);
    EXPECT_EQ(vendor, ((PPCI_COMMON_CONFIG)before)->VendorID);
    // A whole header as it was read changes nothing but what differs.
    EXPECT_EQ(HalSetBusData(PCIConfiguration, 0, bridge, before, 64), 64);
    EXPECT_EQ(HalGetBusData(PCIConfiguration, 0, bridge, after, 64), 64);
    EXPECT(RtlEqualMemory(before, after, 64));
}

static void
TestTranslate(void)
{
    PHYSICAL_ADDRESS bus, translated;
    ULONG space = 1; // ports

    bus.QuadPart = 0x3f8;
    translated.QuadPart = 0;
    EXPECT(HalTranslateBusAddress(PCIBus, 0, bus, &space, &translated));
    EXPECT_EQ(space, 1);
    EXPECT_EQ(translated.QuadPart, 0x3f8);
    space = 0; // memory
    bus.QuadPart = 0xFEC00000;
    EXPECT(HalTranslateBusAddress(Isa, 0, bus, &space, &translated));
    EXPECT_EQ(space, 0);
    EXPECT_EQ(translated.QuadPart, 0xFEC00000);
    // There is no port beyond 0xffff.
    space = 1;
    EXPECT(!HalTranslateBusAddress(PCIBus, 0, bus, &space, &translated));
}

// ---- ports --------------------------------------------------------------------------------------

#define SCRATCH     ((PUCHAR)(ULONG_PTR)0x3ff)  // of the first serial port: keeps what is written
#define PCI_ADDRESS ((PULONG)(ULONG_PTR)0xcf8)  // keeps what is written, 32 bits at a time
#define PCI_DATA    ((PUSHORT)(ULONG_PTR)0xcfc) // what the address selects
#define NOBODY      0x2e0                       // no device answers

static void
TestPorts(void)
{
    UCHAR bytes[4] = {1, 2, 3, 4};
    ULONG longs[2] = {0x80000000, 0x80000008};
    USHORT words[3] = {0, 0, 7};
    USHORT vendor = 0;

    WRITE_PORT_UCHAR(SCRATCH, 0x5a);
    EXPECT_EQ(READ_PORT_UCHAR(SCRATCH), 0x5a);
    WRITE_PORT_BUFFER_UCHAR(SCRATCH, bytes, 3); // one after the other to the same port
    READ_PORT_BUFFER_UCHAR(SCRATCH, bytes, 2);
    EXPECT(bytes[0] == 3 && bytes[1] == 3 && bytes[2] == 3 && bytes[3] == 4);

    WRITE_PORT_BUFFER_ULONG(PCI_ADDRESS, longs, 2);
    EXPECT_EQ(READ_PORT_ULONG(PCI_ADDRESS), 0x80000008);
    WRITE_PORT_ULONG(PCI_ADDRESS, 0x80000000); // vendor and device of the host bridge
    READ_PORT_BUFFER_ULONG(PCI_ADDRESS, longs, 2);
    EXPECT(longs[0] == 0x80000000 && longs[1] == 0x80000000);
    EXPECT_EQ(HalGetBusData(PCIConfiguration, 0, 0, &vendor, 2), 2);
    EXPECT_EQ(READ_PORT_USHORT(PCI_DATA), vendor);
    READ_PORT_BUFFER_USHORT(PCI_DATA, words, 2);
    EXPECT(words[0] == vendor && words[1] == vendor && words[2] == 7);

    // The interrupt line of the bridge (its pin is read-only), once and twice in turn.
    WRITE_PORT_ULONG(PCI_ADDRESS, 0x80000000 | INTERRUPT_LINE);
    words[0] = READ_PORT_USHORT(PCI_DATA);
    words[1] = (USHORT)((words[0] & 0xff00) | 0x12);
    words[2] = (USHORT)((words[0] & 0xff00) | 0x34);
    WRITE_PORT_USHORT(PCI_DATA, words[1]);
    EXPECT_EQ(READ_PORT_USHORT(PCI_DATA), words[1]);
    WRITE_PORT_BUFFER_USHORT(PCI_DATA, words + 1, 2);
    EXPECT_EQ(READ_PORT_USHORT(PCI_DATA), words[2]);
    WRITE_PORT_USHORT(PCI_DATA, words[0]);

    EXPECT_EQ(READ_PORT_UCHAR((PUCHAR)(ULONG_PTR)NOBODY), 0xff);
    EXPECT_EQ(READ_PORT_USHORT((PUSHORT)(ULONG_PTR)NOBODY), 0xffff);
    EXPECT_EQ(READ_PORT_ULONG((PULONG)(ULONG_PTR)NOBODY), 0xffffffff);
}

// The forms without a fence, which order nothing and otherwise do the same.
static void
TestRegisters(void)
{
    volatile ULONG64 registers[2] = {0};

    WRITE_REGISTER_NOFENCE_ULONG64(registers, 0x1122334455667788ull);
    EXPECT(READ_REGISTER_NOFENCE_ULONG64(registers) == 0x1122334455667788ull);
    WRITE_REGISTER_NOFENCE_ULONG((volatile ULONG *)registers, 0xAABBCCDD);
    EXPECT_EQ(READ_REGISTER_NOFENCE_ULONG((volatile ULONG *)registers), 0xAABBCCDD);
    WRITE_REGISTER_NOFENCE_USHORT((volatile USHORT *)registers, 0x1234);
    EXPECT_EQ(READ_REGISTER_NOFENCE_USHORT((volatile USHORT *)registers), 0x1234);
    WRITE_REGISTER_NOFENCE_UCHAR((volatile UCHAR *)registers, 0x56);
    EXPECT_EQ(READ_REGISTER_NOFENCE_UCHAR((volatile UCHAR *)registers), 0x56);
    EXPECT(registers[0] == 0x11223344AABB1256ull);
    EXPECT(registers[1] == 0);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestRead();
    TestNobody();
    TestWrite();
    TestTranslate();
    TestPorts();
    TestRegisters();
    return Finish("hal_bus");
}
