// SPDX-License-Identifier: MIT
// Certificate table: who claims to have signed the file. Nothing is verified; a driver runs here
// whether it is signed or not, and a report only names the signer. Pure and total, see pe.h.
//
// A WIN_CERTIFICATE holds PKCS#7 SignedData in DER. The signer's serial number stands in the first
// SignerInfo, the names in the certificate with that serial number.

#include "pep.h"

enum
{
    DER_INTEGER = 0x02,
    DER_OID = 0x06,
    DER_UTF8 = 0x0C,
    DER_PRINTABLE = 0x13,
    DER_T61 = 0x14,
    DER_IA5 = 0x16,
    DER_BMP = 0x1E,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT_0 = 0xA0,
    DER_CONTEXT_1 = 0xA1,

    CERTIFICATE_PKCS7 = 2,
    MAX_CERTIFICATES = 64,
};

typedef struct _DER
{
    const uint8_t *At;
    uint32_t Size;
} DER;

// Takes the next element off From; its contents go to Body. Lengths up to 4 bytes, definite form:
// DER has no other.
static bool
LdrpDerNext(DER *From, uint8_t *Tag, DER *Body)
{
    if (From->Size < 2)
    {
        return false;
    }
    uint32_t header = 2;
    uint32_t length = From->At[1];
    if (length >= 0x80)
    {
        uint32_t bytes = length & 0x7F;
        length = 0;
        if (bytes == 0 || bytes > 4 || From->Size < 2 + bytes)
        {
            return false;
        }
        for (uint32_t index = 0; index < bytes; index++)
        {
            length = length << 8 | From->At[2 + index];
        }
        header += bytes;
    }
    if (length > From->Size - header)
    {
        return false;
    }
    *Tag = From->At[0];
    *Body = (DER){From->At + header, length};
    From->At += header + length;
    From->Size -= header + length;
    return true;
}

static bool
LdrpDerTake(DER *From, uint8_t Tag, DER *Body)
{
    uint8_t tag;
    return LdrpDerNext(From, &tag, Body) && tag == Tag;
}

static bool
LdrpDerEqual(DER Left, DER Right)
{
    return Left.Size == Right.Size && __builtin_memcmp(Left.At, Right.At, Left.Size) == 0;
}

static void
LdrpCopyDerText(uint8_t Tag, DER Text, char *Buffer, size_t BufferSize)
{
    size_t length = 0;
    uint32_t step = Tag == DER_BMP ? 2 : 1;
    for (uint32_t at = 0; at + step <= Text.Size && length + 1 < BufferSize; at += step)
    {
        uint8_t high = Tag == DER_BMP ? Text.At[at] : 0;
        uint8_t low = Text.At[at + step - 1];
        Buffer[length++] = high != 0 || low < 0x20 || low == 0x7F ? '?' : (char)low;
    }
    Buffer[length] = 0;
}

// Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }; takes commonName (2.5.4.3), or the
// organization (2.5.4.10) of names that have none.
static void
LdrpReadCommonName(DER Name, char *Buffer, size_t BufferSize)
{
    DER set;
    Buffer[0] = 0;
    while (LdrpDerTake(&Name, DER_SET, &set))
    {
        DER pair;
        DER oid;
        DER value;
        uint8_t tag;
        if (!LdrpDerTake(&set, DER_SEQUENCE, &pair) || !LdrpDerTake(&pair, DER_OID, &oid) ||
            !LdrpDerNext(&pair, &tag, &value))
        {
            return;
        }
        bool isText = tag == DER_UTF8 || tag == DER_PRINTABLE || tag == DER_T61 || tag == DER_IA5 ||
                      tag == DER_BMP;
        if (!isText || oid.Size != 3 || oid.At[0] != 0x55 || oid.At[1] != 0x04)
        {
            continue;
        }
        if (oid.At[2] == 3 || (oid.At[2] == 10 && Buffer[0] == 0))
        {
            LdrpCopyDerText(tag, value, Buffer, BufferSize);
        }
        if (oid.At[2] == 3)
        {
            return;
        }
    }
}

// TBSCertificate ::= { [0] version?, serial, algorithm, issuer, validity, subject, ... }
static bool
LdrpReadCertificate(DER Certificate, DER *Serial, DER *Issuer, DER *Subject)
{
    DER body;
    DER skipped;
    if (!LdrpDerTake(&Certificate, DER_SEQUENCE, &body))
    {
        return false;
    }
    if (body.Size != 0 && body.At[0] == DER_CONTEXT_0)
    {
        LdrpDerTake(&body, DER_CONTEXT_0, &skipped);
    }
    return LdrpDerTake(&body, DER_INTEGER, Serial) && LdrpDerTake(&body, DER_SEQUENCE, &skipped) &&
           LdrpDerTake(&body, DER_SEQUENCE, Issuer) && LdrpDerTake(&body, DER_SEQUENCE, &skipped) &&
           LdrpDerTake(&body, DER_SEQUENCE, Subject);
}

// SignerInfos ::= SET OF { version, { issuer, serial }, ... }
static bool
LdrpReadSigner(DER SignerInfos, DER *Issuer, DER *Serial)
{
    DER info;
    DER version;
    DER identity;
    return LdrpDerTake(&SignerInfos, DER_SEQUENCE, &info) &&
           LdrpDerTake(&info, DER_INTEGER, &version) &&
           LdrpDerTake(&info, DER_SEQUENCE, &identity) &&
           LdrpDerTake(&identity, DER_SEQUENCE, Issuer) &&
           LdrpDerTake(&identity, DER_INTEGER, Serial);
}

// SignedData ::= { version, digests, content, [0] certificates?, [1] crls?, signerInfos }
static bool
LdrpReadSignedData(DER Data, DER *Certificates, DER *SignerInfos)
{
    DER skipped;
    uint8_t tag;
    *Certificates = (DER){NULL, 0};
    if (!LdrpDerTake(&Data, DER_INTEGER, &skipped) || !LdrpDerTake(&Data, DER_SET, &skipped) ||
        !LdrpDerTake(&Data, DER_SEQUENCE, &skipped))
    {
        return false;
    }
    while (LdrpDerNext(&Data, &tag, SignerInfos))
    {
        if (tag == DER_SET)
        {
            return true;
        }
        if (tag == DER_CONTEXT_0)
        {
            *Certificates = *SignerInfos;
        }
    }
    return false;
}

static bool
LdrpParsePkcs7(LDR_PE_SIGNATURE *Signature, DER Blob)
{
    DER outer;
    DER oid;
    DER wrapped;
    DER data;
    DER certificates;
    DER signers;
    DER issuer;
    DER serial;
    if (!LdrpDerTake(&Blob, DER_SEQUENCE, &outer) || !LdrpDerTake(&outer, DER_OID, &oid) ||
        !LdrpDerTake(&outer, DER_CONTEXT_0, &wrapped) ||
        !LdrpDerTake(&wrapped, DER_SEQUENCE, &data) ||
        !LdrpReadSignedData(data, &certificates, &signers) ||
        !LdrpReadSigner(signers, &issuer, &serial))
    {
        return false;
    }
    DER certificate;
    while (Signature->CertificateCount < MAX_CERTIFICATES &&
           LdrpDerTake(&certificates, DER_SEQUENCE, &certificate))
    {
        DER itsSerial;
        DER itsIssuer;
        DER subject;
        Signature->CertificateCount++;
        if (LdrpReadCertificate(certificate, &itsSerial, &itsIssuer, &subject) &&
            LdrpDerEqual(serial, itsSerial) && LdrpDerEqual(issuer, itsIssuer))
        {
            LdrpReadCommonName(subject, Signature->Signer, sizeof Signature->Signer);
            LdrpReadCommonName(issuer, Signature->Issuer, sizeof Signature->Issuer);
        }
    }
    return true;
}

void
LdrpPeParseSignature(LDR_PE *Pe)
{
    const LDR_PE_DIRECTORY *directory = &Pe->Directories[LDR_PE_DIR_SECURITY];
    struct
    {
        uint32_t Length;
        uint16_t Revision;
        uint16_t Type;
    } header;
    if (directory->Address == 0)
    {
        return;
    }
    if (!LdrpPeReadFile(Pe, directory->Address, &header, sizeof header) ||
        header.Length < sizeof header || header.Length > directory->Size)
    {
        LdrpPeNote(Pe, LdrPeNoteBadCertificate);
        return;
    }
    Pe->Signature.IsPresent = true;
    DER blob = {Pe->Data + directory->Address + sizeof header,
                header.Length - (uint32_t)sizeof header};
    if (header.Type != CERTIFICATE_PKCS7 || !LdrpParsePkcs7(&Pe->Signature, blob))
    {
        LdrpPeNote(Pe, LdrPeNoteBadCertificate);
    }
}
