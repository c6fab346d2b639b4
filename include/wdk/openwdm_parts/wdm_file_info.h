// SPDX-License-Identifier: MIT
// Owns file rights, create options, the FILE_*_INFORMATION classes of wdm.h and the fast I/O table.
#ifndef OPENWDM_WDM_FILE_INFO_H
#define OPENWDM_WDM_FILE_INFO_H

#include <openwdm_parts/wdm_io_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define FILE_READ_DATA            0x0001
#define FILE_LIST_DIRECTORY       0x0001
#define FILE_WRITE_DATA           0x0002
#define FILE_ADD_FILE             0x0002
#define FILE_APPEND_DATA          0x0004
#define FILE_ADD_SUBDIRECTORY     0x0004
#define FILE_CREATE_PIPE_INSTANCE 0x0004
#define FILE_READ_EA              0x0008
#define FILE_WRITE_EA             0x0010
#define FILE_EXECUTE              0x0020
#define FILE_TRAVERSE             0x0020
#define FILE_DELETE_CHILD         0x0040
#define FILE_READ_ATTRIBUTES      0x0080
#define FILE_WRITE_ATTRIBUTES     0x0100
#define FILE_ALL_ACCESS           (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x1FF)
#define FILE_GENERIC_READ \
    (STANDARD_RIGHTS_READ | FILE_READ_DATA | FILE_READ_ATTRIBUTES | FILE_READ_EA | SYNCHRONIZE)
#define FILE_GENERIC_WRITE                                                             \
    (STANDARD_RIGHTS_WRITE | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA | \
     FILE_APPEND_DATA | SYNCHRONIZE)
#define FILE_GENERIC_EXECUTE \
    (STANDARD_RIGHTS_EXECUTE | FILE_READ_ATTRIBUTES | FILE_EXECUTE | SYNCHRONIZE)

#define FILE_SHARE_READ        0x00000001
#define FILE_SHARE_WRITE       0x00000002
#define FILE_SHARE_DELETE      0x00000004
#define FILE_SHARE_VALID_FLAGS 0x00000007

#define FILE_ATTRIBUTE_READONLY              0x00000001
#define FILE_ATTRIBUTE_HIDDEN                0x00000002
#define FILE_ATTRIBUTE_SYSTEM                0x00000004
#define FILE_ATTRIBUTE_DIRECTORY             0x00000010
#define FILE_ATTRIBUTE_ARCHIVE               0x00000020
#define FILE_ATTRIBUTE_DEVICE                0x00000040
#define FILE_ATTRIBUTE_NORMAL                0x00000080
#define FILE_ATTRIBUTE_TEMPORARY             0x00000100
#define FILE_ATTRIBUTE_SPARSE_FILE           0x00000200
#define FILE_ATTRIBUTE_REPARSE_POINT         0x00000400
#define FILE_ATTRIBUTE_COMPRESSED            0x00000800
#define FILE_ATTRIBUTE_OFFLINE               0x00001000
#define FILE_ATTRIBUTE_NOT_CONTENT_INDEXED   0x00002000
#define FILE_ATTRIBUTE_ENCRYPTED             0x00004000
#define FILE_ATTRIBUTE_INTEGRITY_STREAM      0x00008000
#define FILE_ATTRIBUTE_VIRTUAL               0x00010000
#define FILE_ATTRIBUTE_NO_SCRUB_DATA         0x00020000
#define FILE_ATTRIBUTE_EA                    0x00040000
#define FILE_ATTRIBUTE_PINNED                0x00080000
#define FILE_ATTRIBUTE_UNPINNED              0x00100000
#define FILE_ATTRIBUTE_RECALL_ON_OPEN        0x00040000
#define FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS 0x00400000
#define FILE_ATTRIBUTE_VALID_FLAGS           0x00007fb7
#define FILE_ATTRIBUTE_VALID_SET_FLAGS       0x000031a7

#define FILE_SUPERSEDE           0x00000000
#define FILE_OPEN                0x00000001
#define FILE_CREATE              0x00000002
#define FILE_OPEN_IF             0x00000003
#define FILE_OVERWRITE           0x00000004
#define FILE_OVERWRITE_IF        0x00000005
#define FILE_MAXIMUM_DISPOSITION 0x00000005

#define FILE_DIRECTORY_FILE                       0x00000001
#define FILE_WRITE_THROUGH                        0x00000002
#define FILE_SEQUENTIAL_ONLY                      0x00000004
#define FILE_NO_INTERMEDIATE_BUFFERING            0x00000008
#define FILE_SYNCHRONOUS_IO_ALERT                 0x00000010
#define FILE_SYNCHRONOUS_IO_NONALERT              0x00000020
#define FILE_NON_DIRECTORY_FILE                   0x00000040
#define FILE_CREATE_TREE_CONNECTION               0x00000080
#define FILE_COMPLETE_IF_OPLOCKED                 0x00000100
#define FILE_NO_EA_KNOWLEDGE                      0x00000200
#define FILE_OPEN_REMOTE_INSTANCE                 0x00000400
#define FILE_RANDOM_ACCESS                        0x00000800
#define FILE_DELETE_ON_CLOSE                      0x00001000
#define FILE_OPEN_BY_FILE_ID                      0x00002000
#define FILE_OPEN_FOR_BACKUP_INTENT               0x00004000
#define FILE_NO_COMPRESSION                       0x00008000
#define FILE_OPEN_REQUIRING_OPLOCK                0x00010000
#define FILE_DISALLOW_EXCLUSIVE                   0x00020000
#define FILE_SESSION_AWARE                        0x00040000
#define FILE_RESERVE_OPFILTER                     0x00100000
#define FILE_OPEN_REPARSE_POINT                   0x00200000
#define FILE_OPEN_NO_RECALL                       0x00400000
#define FILE_OPEN_FOR_FREE_SPACE_QUERY            0x00800000
#define FILE_CONTAINS_EXTENDED_CREATE_INFORMATION 0x10000000
#define FILE_VALID_OPTION_FLAGS                   0x00ffffff
#define FILE_VALID_PIPE_OPTION_FLAGS              0x00000032
#define FILE_VALID_MAILSLOT_OPTION_FLAGS          0x00000032
#define FILE_VALID_SET_FLAGS                      0x00000036

#define FILE_SUPERSEDED     0x00000000
#define FILE_OPENED         0x00000001
#define FILE_CREATED        0x00000002
#define FILE_OVERWRITTEN    0x00000003
#define FILE_EXISTS         0x00000004
#define FILE_DOES_NOT_EXIST 0x00000005

#define FILE_WRITE_TO_END_OF_FILE      0xffffffff
#define FILE_USE_FILE_POINTER_POSITION 0xfffffffe

#define FILE_BYTE_ALIGNMENT     0x00000000
#define FILE_WORD_ALIGNMENT     0x00000001
#define FILE_LONG_ALIGNMENT     0x00000003
#define FILE_QUAD_ALIGNMENT     0x00000007
#define FILE_OCTA_ALIGNMENT     0x0000000f
#define FILE_32_BYTE_ALIGNMENT  0x0000001f
#define FILE_64_BYTE_ALIGNMENT  0x0000003f
#define FILE_128_BYTE_ALIGNMENT 0x0000007f
#define FILE_256_BYTE_ALIGNMENT 0x000000ff
#define FILE_512_BYTE_ALIGNMENT 0x000001ff
#define MAXIMUM_FILENAME_LENGTH 256

#define FILE_REMOVABLE_MEDIA                     0x00000001
#define FILE_READ_ONLY_DEVICE                    0x00000002
#define FILE_FLOPPY_DISKETTE                     0x00000004
#define FILE_WRITE_ONCE_MEDIA                    0x00000008
#define FILE_REMOTE_DEVICE                       0x00000010
#define FILE_DEVICE_IS_MOUNTED                   0x00000020
#define FILE_VIRTUAL_VOLUME                      0x00000040
#define FILE_AUTOGENERATED_DEVICE_NAME           0x00000080
#define FILE_DEVICE_SECURE_OPEN                  0x00000100
#define FILE_CHARACTERISTIC_PNP_DEVICE           0x00000800
#define FILE_CHARACTERISTIC_TS_DEVICE            0x00001000
#define FILE_CHARACTERISTIC_WEBDAV_DEVICE        0x00002000
#define FILE_CHARACTERISTIC_CSV                  0x00010000
#define FILE_DEVICE_ALLOW_APPCONTAINER_TRAVERSAL 0x00020000
#define FILE_PORTABLE_DEVICE                     0x00040000
#define FILE_REMOTE_DEVICE_VSMB                  0x00080000
#define FILE_DEVICE_REQUIRE_SECURITY_CHECK       0x00100000

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE        0x2
#define FILE_SKIP_SET_USER_EVENT_ON_FAST_IO  0x4
#define FLUSH_FLAGS_FILE_DATA_ONLY           0x00000001
#define FLUSH_FLAGS_NO_SYNC                  0x00000002
#define FLUSH_FLAGS_FILE_DATA_SYNC_ONLY      0x00000004

    typedef enum _FILE_INFORMATION_CLASS
    {
        FileDirectoryInformation = 1,
        FileFullDirectoryInformation = 2,
        FileBothDirectoryInformation = 3,
        FileBasicInformation = 4,
        FileStandardInformation = 5,
        FileInternalInformation = 6,
        FileEaInformation = 7,
        FileAccessInformation = 8,
        FileNameInformation = 9,
        FileRenameInformation = 10,
        FileLinkInformation = 11,
        FileNamesInformation = 12,
        FileDispositionInformation = 13,
        FilePositionInformation = 14,
        FileFullEaInformation = 15,
        FileModeInformation = 16,
        FileAlignmentInformation = 17,
        FileAllInformation = 18,
        FileAllocationInformation = 19,
        FileEndOfFileInformation = 20,
        FileAlternateNameInformation = 21,
        FileStreamInformation = 22,
        FilePipeInformation = 23,
        FilePipeLocalInformation = 24,
        FilePipeRemoteInformation = 25,
        FileMailslotQueryInformation = 26,
        FileMailslotSetInformation = 27,
        FileCompressionInformation = 28,
        FileObjectIdInformation = 29,
        FileCompletionInformation = 30,
        FileMoveClusterInformation = 31,
        FileQuotaInformation = 32,
        FileReparsePointInformation = 33,
        FileNetworkOpenInformation = 34,
        FileAttributeTagInformation = 35,
        FileTrackingInformation = 36,
        FileIdBothDirectoryInformation = 37,
        FileIdFullDirectoryInformation = 38,
        FileValidDataLengthInformation = 39,
        FileShortNameInformation = 40,
        FileIoCompletionNotificationInformation = 41,
        FileIoStatusBlockRangeInformation = 42,
        FileIoPriorityHintInformation = 43,
        FileSfioReserveInformation = 44,
        FileSfioVolumeInformation = 45,
        FileHardLinkInformation = 46,
        FileProcessIdsUsingFileInformation = 47,
        FileNormalizedNameInformation = 48,
        FileNetworkPhysicalNameInformation = 49,
        FileIdGlobalTxDirectoryInformation = 50,
        FileIsRemoteDeviceInformation = 51,
        FileUnusedInformation = 52,
        FileNumaNodeInformation = 53,
        FileStandardLinkInformation = 54,
        FileRemoteProtocolInformation = 55,
        FileRenameInformationBypassAccessCheck = 56,
        FileLinkInformationBypassAccessCheck = 57,
        FileVolumeNameInformation = 58,
        FileIdInformation = 59,
        FileIdExtdDirectoryInformation = 60,
        FileReplaceCompletionInformation = 61,
        FileHardLinkFullIdInformation = 62,
        FileIdExtdBothDirectoryInformation = 63,
        FileDispositionInformationEx = 64,
        FileRenameInformationEx = 65,
        FileRenameInformationExBypassAccessCheck = 66,
        FileDesiredStorageClassInformation = 67,
        FileStatInformation = 68,
        FileMemoryPartitionInformation = 69,
        FileStatLxInformation = 70,
        FileCaseSensitiveInformation = 71,
        FileLinkInformationEx = 72,
        FileLinkInformationExBypassAccessCheck = 73,
        FileStorageReserveIdInformation = 74,
        FileCaseSensitiveInformationForceAccessCheck = 75,
        FileKnownFolderInformation = 76,
        FileStatBasicInformation = 77,
        FileId64ExtdDirectoryInformation = 78,
        FileId64ExtdBothDirectoryInformation = 79,
        FileIdAllExtdDirectoryInformation = 80,
        FileIdAllExtdBothDirectoryInformation = 81,
        FileStreamReservationInformation = 82,
        FileMupProviderInfo = 83,
        FileMaximumInformation
    } FILE_INFORMATION_CLASS,
        *PFILE_INFORMATION_CLASS;

    typedef enum _DIRECTORY_NOTIFY_INFORMATION_CLASS
    {
        DirectoryNotifyInformation = 1,
        DirectoryNotifyExtendedInformation,
        DirectoryNotifyFullInformation,
        DirectoryNotifyMaximumInformation
    } DIRECTORY_NOTIFY_INFORMATION_CLASS,
        *PDIRECTORY_NOTIFY_INFORMATION_CLASS;

    typedef enum _FSINFOCLASS
    {
        FileFsVolumeInformation = 1,
        FileFsLabelInformation = 2,
        FileFsSizeInformation = 3,
        FileFsDeviceInformation = 4,
        FileFsAttributeInformation = 5,
        FileFsControlInformation = 6,
        FileFsFullSizeInformation = 7,
        FileFsObjectIdInformation = 8,
        FileFsDriverPathInformation = 9,
        FileFsVolumeFlagsInformation = 10,
        FileFsSectorSizeInformation = 11,
        FileFsDataCopyInformation = 12,
        FileFsMetadataSizeInformation = 13,
        FileFsFullSizeInformationEx = 14,
        FileFsGuidInformation = 15,
        FileFsMaximumInformation
    } FS_INFORMATION_CLASS,
        *PFS_INFORMATION_CLASS;

    typedef struct _FILE_BASIC_INFORMATION
    {
        LARGE_INTEGER CreationTime;
        LARGE_INTEGER LastAccessTime;
        LARGE_INTEGER LastWriteTime;
        LARGE_INTEGER ChangeTime;
        ULONG FileAttributes;
    } FILE_BASIC_INFORMATION, *PFILE_BASIC_INFORMATION;

    typedef struct _FILE_STANDARD_INFORMATION
    {
        LARGE_INTEGER AllocationSize;
        LARGE_INTEGER EndOfFile;
        ULONG NumberOfLinks;
        BOOLEAN DeletePending;
        BOOLEAN Directory;
    } FILE_STANDARD_INFORMATION, *PFILE_STANDARD_INFORMATION;

    typedef struct _FILE_STANDARD_INFORMATION_EX
    {
        LARGE_INTEGER AllocationSize;
        LARGE_INTEGER EndOfFile;
        ULONG NumberOfLinks;
        BOOLEAN DeletePending;
        BOOLEAN Directory;
        BOOLEAN AlternateStream;
        BOOLEAN MetadataAttribute;
    } FILE_STANDARD_INFORMATION_EX, *PFILE_STANDARD_INFORMATION_EX;

    typedef struct _FILE_POSITION_INFORMATION
    {
        LARGE_INTEGER CurrentByteOffset;
    } FILE_POSITION_INFORMATION, *PFILE_POSITION_INFORMATION;

    typedef struct _FILE_ALIGNMENT_INFORMATION
    {
        ULONG AlignmentRequirement;
    } FILE_ALIGNMENT_INFORMATION, *PFILE_ALIGNMENT_INFORMATION;

    typedef struct _FILE_NAME_INFORMATION
    {
        ULONG FileNameLength;
        WCHAR FileName[1];
    } FILE_NAME_INFORMATION, *PFILE_NAME_INFORMATION;

    typedef struct _FILE_NETWORK_OPEN_INFORMATION
    {
        LARGE_INTEGER CreationTime;
        LARGE_INTEGER LastAccessTime;
        LARGE_INTEGER LastWriteTime;
        LARGE_INTEGER ChangeTime;
        LARGE_INTEGER AllocationSize;
        LARGE_INTEGER EndOfFile;
        ULONG FileAttributes;
    } FILE_NETWORK_OPEN_INFORMATION, *PFILE_NETWORK_OPEN_INFORMATION;

    typedef struct _FILE_ATTRIBUTE_TAG_INFORMATION
    {
        ULONG FileAttributes;
        ULONG ReparseTag;
    } FILE_ATTRIBUTE_TAG_INFORMATION, *PFILE_ATTRIBUTE_TAG_INFORMATION;

    typedef struct _FILE_DISPOSITION_INFORMATION
    {
        BOOLEAN DeleteFile;
    } FILE_DISPOSITION_INFORMATION, *PFILE_DISPOSITION_INFORMATION;

    typedef struct _FILE_DISPOSITION_INFORMATION_EX
    {
        ULONG Flags;
    } FILE_DISPOSITION_INFORMATION_EX, *PFILE_DISPOSITION_INFORMATION_EX;
#define FILE_DISPOSITION_DO_NOT_DELETE             0x00000000
#define FILE_DISPOSITION_DELETE                    0x00000001
#define FILE_DISPOSITION_POSIX_SEMANTICS           0x00000002
#define FILE_DISPOSITION_FORCE_IMAGE_SECTION_CHECK 0x00000004
#define FILE_DISPOSITION_ON_CLOSE                  0x00000008
#define FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE 0x00000010

    typedef struct _FILE_END_OF_FILE_INFORMATION
    {
        LARGE_INTEGER EndOfFile;
    } FILE_END_OF_FILE_INFORMATION, *PFILE_END_OF_FILE_INFORMATION;

    typedef struct _FILE_VALID_DATA_LENGTH_INFORMATION
    {
        LARGE_INTEGER ValidDataLength;
    } FILE_VALID_DATA_LENGTH_INFORMATION, *PFILE_VALID_DATA_LENGTH_INFORMATION;

    typedef struct _FILE_FULL_EA_INFORMATION
    {
        ULONG NextEntryOffset;
        UCHAR Flags;
        UCHAR EaNameLength;
        USHORT EaValueLength;
        CHAR EaName[1];
    } FILE_FULL_EA_INFORMATION, *PFILE_FULL_EA_INFORMATION;

    typedef struct _FILE_IO_PRIORITY_HINT_INFORMATION
    {
        ULONG PriorityHint;
    } FILE_IO_PRIORITY_HINT_INFORMATION, *PFILE_IO_PRIORITY_HINT_INFORMATION;

    typedef struct _FILE_IO_COMPLETION_NOTIFICATION_INFORMATION
    {
        ULONG Flags;
    } FILE_IO_COMPLETION_NOTIFICATION_INFORMATION, *PFILE_IO_COMPLETION_NOTIFICATION_INFORMATION;

    typedef struct _FILE_IS_REMOTE_DEVICE_INFORMATION
    {
        BOOLEAN IsRemote;
    } FILE_IS_REMOTE_DEVICE_INFORMATION, *PFILE_IS_REMOTE_DEVICE_INFORMATION;

    typedef struct _FILE_NUMA_NODE_INFORMATION
    {
        USHORT NodeNumber;
    } FILE_NUMA_NODE_INFORMATION, *PFILE_NUMA_NODE_INFORMATION;

    typedef struct _FILE_PROCESS_IDS_USING_FILE_INFORMATION
    {
        ULONG NumberOfProcessIdsInList;
        ULONG_PTR ProcessIdList[1];
    } FILE_PROCESS_IDS_USING_FILE_INFORMATION, *PFILE_PROCESS_IDS_USING_FILE_INFORMATION;

    typedef struct _FILE_IOSTATUSBLOCK_RANGE_INFORMATION
    {
        PUCHAR IoStatusBlockRange;
        ULONG Length;
    } FILE_IOSTATUSBLOCK_RANGE_INFORMATION, *PFILE_IOSTATUSBLOCK_RANGE_INFORMATION;

    typedef struct _FILE_SFIO_RESERVE_INFORMATION
    {
        ULONG RequestsPerPeriod;
        ULONG Period;
        BOOLEAN RetryFailures;
        BOOLEAN Discardable;
        ULONG RequestSize;
        ULONG NumOutstandingRequests;
    } FILE_SFIO_RESERVE_INFORMATION, *PFILE_SFIO_RESERVE_INFORMATION;

    typedef struct _FILE_FS_DEVICE_INFORMATION
    {
        DEVICE_TYPE DeviceType;
        ULONG Characteristics;
    } FILE_FS_DEVICE_INFORMATION, *PFILE_FS_DEVICE_INFORMATION;

    typedef struct _FILE_FS_VOLUME_INFORMATION
    {
        LARGE_INTEGER VolumeCreationTime;
        ULONG VolumeSerialNumber;
        ULONG VolumeLabelLength;
        BOOLEAN SupportsObjects;
        WCHAR VolumeLabel[1];
    } FILE_FS_VOLUME_INFORMATION, *PFILE_FS_VOLUME_INFORMATION;

    typedef struct _FILE_FS_LABEL_INFORMATION
    {
        ULONG VolumeLabelLength;
        WCHAR VolumeLabel[1];
    } FILE_FS_LABEL_INFORMATION, *PFILE_FS_LABEL_INFORMATION;

    typedef struct _FILE_FS_SIZE_INFORMATION
    {
        LARGE_INTEGER TotalAllocationUnits;
        LARGE_INTEGER AvailableAllocationUnits;
        ULONG SectorsPerAllocationUnit;
        ULONG BytesPerSector;
    } FILE_FS_SIZE_INFORMATION, *PFILE_FS_SIZE_INFORMATION;

    typedef struct _FILE_FS_FULL_SIZE_INFORMATION
    {
        LARGE_INTEGER TotalAllocationUnits;
        LARGE_INTEGER CallerAvailableAllocationUnits;
        LARGE_INTEGER ActualAvailableAllocationUnits;
        ULONG SectorsPerAllocationUnit;
        ULONG BytesPerSector;
    } FILE_FS_FULL_SIZE_INFORMATION, *PFILE_FS_FULL_SIZE_INFORMATION;

    typedef struct _FILE_FS_OBJECTID_INFORMATION
    {
        UCHAR ObjectId[16];
        UCHAR ExtendedInfo[48];
    } FILE_FS_OBJECTID_INFORMATION, *PFILE_FS_OBJECTID_INFORMATION;

    typedef union _FILE_SEGMENT_ELEMENT
    {
        PVOID64 Buffer;
        ULONGLONG Alignment;
    } FILE_SEGMENT_ELEMENT, *PFILE_SEGMENT_ELEMENT;

    // Fast I/O.
    typedef struct _COMPRESSED_DATA_INFO *PCOMPRESSED_DATA_INFO;

    typedef BOOLEAN NTAPI FAST_IO_CHECK_IF_POSSIBLE(_In_ PFILE_OBJECT FileObject,
                                                    _In_ PLARGE_INTEGER FileOffset,
                                                    _In_ ULONG Length,
                                                    _In_ BOOLEAN Wait,
                                                    _In_ ULONG LockKey,
                                                    _In_ BOOLEAN CheckForReadOperation,
                                                    _Pre_notnull_ PIO_STATUS_BLOCK IoStatus,
                                                    _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_CHECK_IF_POSSIBLE *PFAST_IO_CHECK_IF_POSSIBLE;

    typedef BOOLEAN NTAPI FAST_IO_READ(_In_ PFILE_OBJECT FileObject,
                                       _In_ PLARGE_INTEGER FileOffset,
                                       _In_ ULONG Length,
                                       _In_ BOOLEAN Wait,
                                       _In_ ULONG LockKey,
                                       _Out_ PVOID Buffer,
                                       _Out_ PIO_STATUS_BLOCK IoStatus,
                                       _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_READ *PFAST_IO_READ;

    typedef BOOLEAN NTAPI FAST_IO_WRITE(_In_ PFILE_OBJECT FileObject,
                                        _In_ PLARGE_INTEGER FileOffset,
                                        _In_ ULONG Length,
                                        _In_ BOOLEAN Wait,
                                        _In_ ULONG LockKey,
                                        _In_ PVOID Buffer,
                                        _Out_ PIO_STATUS_BLOCK IoStatus,
                                        _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_WRITE *PFAST_IO_WRITE;

    typedef BOOLEAN NTAPI FAST_IO_QUERY_BASIC_INFO(_In_ PFILE_OBJECT FileObject,
                                                   _In_ BOOLEAN Wait,
                                                   _Out_ PFILE_BASIC_INFORMATION Buffer,
                                                   _Out_ PIO_STATUS_BLOCK IoStatus,
                                                   _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_QUERY_BASIC_INFO *PFAST_IO_QUERY_BASIC_INFO;

    typedef BOOLEAN NTAPI FAST_IO_QUERY_STANDARD_INFO(_In_ PFILE_OBJECT FileObject,
                                                      _In_ BOOLEAN Wait,
                                                      _Out_ PFILE_STANDARD_INFORMATION Buffer,
                                                      _Out_ PIO_STATUS_BLOCK IoStatus,
                                                      _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_QUERY_STANDARD_INFO *PFAST_IO_QUERY_STANDARD_INFO;

    typedef BOOLEAN NTAPI FAST_IO_LOCK(_In_ PFILE_OBJECT FileObject,
                                       _In_ PLARGE_INTEGER FileOffset,
                                       _In_ PLARGE_INTEGER Length,
                                       _In_ PEPROCESS ProcessId,
                                       _In_ ULONG Key,
                                       _In_ BOOLEAN FailImmediately,
                                       _In_ BOOLEAN ExclusiveLock,
                                       _Out_ PIO_STATUS_BLOCK IoStatus,
                                       _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_LOCK *PFAST_IO_LOCK;

    typedef BOOLEAN NTAPI FAST_IO_UNLOCK_SINGLE(_In_ PFILE_OBJECT FileObject,
                                                _In_ PLARGE_INTEGER FileOffset,
                                                _In_ PLARGE_INTEGER Length,
                                                _In_ PEPROCESS ProcessId,
                                                _In_ ULONG Key,
                                                _Out_ PIO_STATUS_BLOCK IoStatus,
                                                _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_UNLOCK_SINGLE *PFAST_IO_UNLOCK_SINGLE;

    typedef BOOLEAN NTAPI FAST_IO_UNLOCK_ALL(_In_ PFILE_OBJECT FileObject,
                                             _In_ PEPROCESS ProcessId,
                                             _Out_ PIO_STATUS_BLOCK IoStatus,
                                             _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_UNLOCK_ALL *PFAST_IO_UNLOCK_ALL;

    typedef BOOLEAN NTAPI FAST_IO_UNLOCK_ALL_BY_KEY(_In_ PFILE_OBJECT FileObject,
                                                    _In_ PVOID ProcessId,
                                                    _In_ ULONG Key,
                                                    _Out_ PIO_STATUS_BLOCK IoStatus,
                                                    _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_UNLOCK_ALL_BY_KEY *PFAST_IO_UNLOCK_ALL_BY_KEY;

    typedef BOOLEAN NTAPI FAST_IO_DEVICE_CONTROL(_In_ PFILE_OBJECT FileObject,
                                                 _In_ BOOLEAN Wait,
                                                 _In_opt_ PVOID InputBuffer,
                                                 _In_ ULONG InputBufferLength,
                                                 _Out_opt_ PVOID OutputBuffer,
                                                 _In_ ULONG OutputBufferLength,
                                                 _In_ ULONG IoControlCode,
                                                 _Out_ PIO_STATUS_BLOCK IoStatus,
                                                 _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_DEVICE_CONTROL *PFAST_IO_DEVICE_CONTROL;

    typedef VOID NTAPI FAST_IO_ACQUIRE_FILE(_In_ PFILE_OBJECT FileObject);
    typedef FAST_IO_ACQUIRE_FILE *PFAST_IO_ACQUIRE_FILE;
    typedef VOID NTAPI FAST_IO_RELEASE_FILE(_In_ PFILE_OBJECT FileObject);
    typedef FAST_IO_RELEASE_FILE *PFAST_IO_RELEASE_FILE;
    typedef VOID NTAPI
    FAST_IO_DETACH_DEVICE(_In_ PDEVICE_OBJECT SourceDevice, _In_ PDEVICE_OBJECT TargetDevice);
    typedef FAST_IO_DETACH_DEVICE *PFAST_IO_DETACH_DEVICE;

    typedef BOOLEAN NTAPI
    FAST_IO_QUERY_NETWORK_OPEN_INFO(_In_ PFILE_OBJECT FileObject,
                                    _In_ BOOLEAN Wait,
                                    _Out_ PFILE_NETWORK_OPEN_INFORMATION Buffer,
                                    _Out_ PIO_STATUS_BLOCK IoStatus,
                                    _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_QUERY_NETWORK_OPEN_INFO *PFAST_IO_QUERY_NETWORK_OPEN_INFO;

    typedef NTSTATUS NTAPI FAST_IO_ACQUIRE_FOR_MOD_WRITE(_In_ PFILE_OBJECT FileObject,
                                                         _In_ PLARGE_INTEGER EndingOffset,
                                                         _Out_ PERESOURCE *ResourceToRelease,
                                                         _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_ACQUIRE_FOR_MOD_WRITE *PFAST_IO_ACQUIRE_FOR_MOD_WRITE;
    typedef NTSTATUS NTAPI FAST_IO_RELEASE_FOR_MOD_WRITE(_In_ PFILE_OBJECT FileObject,
                                                         _In_ PERESOURCE ResourceToRelease,
                                                         _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_RELEASE_FOR_MOD_WRITE *PFAST_IO_RELEASE_FOR_MOD_WRITE;
    typedef NTSTATUS NTAPI
    FAST_IO_ACQUIRE_FOR_CCFLUSH(_In_ PFILE_OBJECT FileObject, _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_ACQUIRE_FOR_CCFLUSH *PFAST_IO_ACQUIRE_FOR_CCFLUSH;
    typedef NTSTATUS NTAPI
    FAST_IO_RELEASE_FOR_CCFLUSH(_In_ PFILE_OBJECT FileObject, _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_RELEASE_FOR_CCFLUSH *PFAST_IO_RELEASE_FOR_CCFLUSH;

    typedef BOOLEAN NTAPI FAST_IO_MDL_READ(_In_ PFILE_OBJECT FileObject,
                                           _In_ PLARGE_INTEGER FileOffset,
                                           _In_ ULONG Length,
                                           _In_ ULONG LockKey,
                                           _Out_ PMDL *MdlChain,
                                           _Out_ PIO_STATUS_BLOCK IoStatus,
                                           _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_MDL_READ *PFAST_IO_MDL_READ;
    typedef BOOLEAN NTAPI FAST_IO_MDL_READ_COMPLETE(_In_ PFILE_OBJECT FileObject,
                                                    _In_ PMDL MdlChain,
                                                    _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_MDL_READ_COMPLETE *PFAST_IO_MDL_READ_COMPLETE;
    typedef BOOLEAN NTAPI FAST_IO_PREPARE_MDL_WRITE(_In_ PFILE_OBJECT FileObject,
                                                    _In_ PLARGE_INTEGER FileOffset,
                                                    _In_ ULONG Length,
                                                    _In_ ULONG LockKey,
                                                    _Out_ PMDL *MdlChain,
                                                    _Out_ PIO_STATUS_BLOCK IoStatus,
                                                    _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_PREPARE_MDL_WRITE *PFAST_IO_PREPARE_MDL_WRITE;
    typedef BOOLEAN NTAPI FAST_IO_MDL_WRITE_COMPLETE(_In_ PFILE_OBJECT FileObject,
                                                     _In_ PLARGE_INTEGER FileOffset,
                                                     _In_ PMDL MdlChain,
                                                     _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_MDL_WRITE_COMPLETE *PFAST_IO_MDL_WRITE_COMPLETE;

    typedef BOOLEAN NTAPI FAST_IO_READ_COMPRESSED(_In_ PFILE_OBJECT FileObject,
                                                  _In_ PLARGE_INTEGER FileOffset,
                                                  _In_ ULONG Length,
                                                  _In_ ULONG LockKey,
                                                  _Out_ PVOID Buffer,
                                                  _Out_ PMDL *MdlChain,
                                                  _Out_ PIO_STATUS_BLOCK IoStatus,
                                                  _Out_ PCOMPRESSED_DATA_INFO CompressedDataInfo,
                                                  _In_ ULONG CompressedDataInfoLength,
                                                  _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_READ_COMPRESSED *PFAST_IO_READ_COMPRESSED;
    typedef BOOLEAN NTAPI FAST_IO_WRITE_COMPRESSED(_In_ PFILE_OBJECT FileObject,
                                                   _In_ PLARGE_INTEGER FileOffset,
                                                   _In_ ULONG Length,
                                                   _In_ ULONG LockKey,
                                                   _In_ PVOID Buffer,
                                                   _Out_ PMDL *MdlChain,
                                                   _Out_ PIO_STATUS_BLOCK IoStatus,
                                                   _In_ PCOMPRESSED_DATA_INFO CompressedDataInfo,
                                                   _In_ ULONG CompressedDataInfoLength,
                                                   _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_WRITE_COMPRESSED *PFAST_IO_WRITE_COMPRESSED;
    typedef BOOLEAN NTAPI FAST_IO_MDL_READ_COMPLETE_COMPRESSED(_In_ PFILE_OBJECT FileObject,
                                                               _In_ PMDL MdlChain,
                                                               _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_MDL_READ_COMPLETE_COMPRESSED *PFAST_IO_MDL_READ_COMPLETE_COMPRESSED;
    typedef BOOLEAN NTAPI FAST_IO_MDL_WRITE_COMPLETE_COMPRESSED(_In_ PFILE_OBJECT FileObject,
                                                                _In_ PLARGE_INTEGER FileOffset,
                                                                _In_ PMDL MdlChain,
                                                                _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_MDL_WRITE_COMPLETE_COMPRESSED *PFAST_IO_MDL_WRITE_COMPLETE_COMPRESSED;
    typedef BOOLEAN NTAPI
    FAST_IO_QUERY_OPEN(_Inout_ PIRP Irp,
                       _Out_ PFILE_NETWORK_OPEN_INFORMATION NetworkInformation,
                       _In_ PDEVICE_OBJECT DeviceObject);
    typedef FAST_IO_QUERY_OPEN *PFAST_IO_QUERY_OPEN;

    struct _FAST_IO_DISPATCH
    {
        ULONG SizeOfFastIoDispatch;
        PFAST_IO_CHECK_IF_POSSIBLE FastIoCheckIfPossible;
        PFAST_IO_READ FastIoRead;
        PFAST_IO_WRITE FastIoWrite;
        PFAST_IO_QUERY_BASIC_INFO FastIoQueryBasicInfo;
        PFAST_IO_QUERY_STANDARD_INFO FastIoQueryStandardInfo;
        PFAST_IO_LOCK FastIoLock;
        PFAST_IO_UNLOCK_SINGLE FastIoUnlockSingle;
        PFAST_IO_UNLOCK_ALL FastIoUnlockAll;
        PFAST_IO_UNLOCK_ALL_BY_KEY FastIoUnlockAllByKey;
        PFAST_IO_DEVICE_CONTROL FastIoDeviceControl;
        PFAST_IO_ACQUIRE_FILE AcquireFileForNtCreateSection;
        PFAST_IO_RELEASE_FILE ReleaseFileForNtCreateSection;
        PFAST_IO_DETACH_DEVICE FastIoDetachDevice;
        PFAST_IO_QUERY_NETWORK_OPEN_INFO FastIoQueryNetworkOpenInfo;
        PFAST_IO_ACQUIRE_FOR_MOD_WRITE AcquireForModWrite;
        PFAST_IO_MDL_READ MdlRead;
        PFAST_IO_MDL_READ_COMPLETE MdlReadComplete;
        PFAST_IO_PREPARE_MDL_WRITE PrepareMdlWrite;
        PFAST_IO_MDL_WRITE_COMPLETE MdlWriteComplete;
        PFAST_IO_READ_COMPRESSED FastIoReadCompressed;
        PFAST_IO_WRITE_COMPRESSED FastIoWriteCompressed;
        PFAST_IO_MDL_READ_COMPLETE_COMPRESSED MdlReadCompleteCompressed;
        PFAST_IO_MDL_WRITE_COMPLETE_COMPRESSED MdlWriteCompleteCompressed;
        PFAST_IO_QUERY_OPEN FastIoQueryOpen;
        PFAST_IO_RELEASE_FOR_MOD_WRITE ReleaseForModWrite;
        PFAST_IO_ACQUIRE_FOR_CCFLUSH AcquireForCcFlush;
        PFAST_IO_RELEASE_FOR_CCFLUSH ReleaseForCcFlush;
    };

#ifdef __cplusplus
}
#endif

#endif
