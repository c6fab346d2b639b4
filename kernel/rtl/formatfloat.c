// SPDX-License-Identifier: MIT
// Floating-point values as text, with integers only: drivers may not count on the state of the
// floating-point unit, and neither does this code. The decimal expansion is exact, so every digit
// that is asked for is right. Exponents have at least three digits, as in the C library that the
// NT kernel contains. Owns no state; any IRQL.
#include "rtlp.h"

// A double has at most 309 digits in front of the point and 1074 behind it. Words hold nine
// decimal digits each; word 0 is the most significant.
#define RTLP_WORD             1000000000u
#define RTLP_WORD_DIGITS      9u
#define RTLP_INTEGER_WORDS    35u
#define RTLP_FRACTION_WORDS   120u
#define RTLP_ALL_WORDS        (RTLP_INTEGER_WORDS + RTLP_FRACTION_WORDS)
#define RTLP_DECIMAL_DIGITS   (RTLP_ALL_WORDS * RTLP_WORD_DIGITS)
#define RTLP_INTEGER_DIGITS   (RTLP_INTEGER_WORDS * RTLP_WORD_DIGITS)
#define RTLP_FLOAT_TEXT       2048
#define RTLP_MAXIMUM_DECIMALS 1400

typedef struct _RTLP_DECIMAL
{
    // Digit i (0 = most significant of the integer part) in positional notation.
    CHAR Digits[RTLP_DECIMAL_DIGITS];
    ULONG First; // of the first digit that is not zero; RTLP_DECIMAL_DIGITS for zero
} RTLP_DECIMAL;

static VOID
RtlpMultiplyWords(ULONG *Words, ULONG Count, ULONG Factor, ULONG Carry)
{
    ULONG64 carry = Carry;

    for (ULONG i = Count; i-- > 0;)
    {
        carry += (ULONG64)Words[i] * Factor;
        Words[i] = (ULONG)(carry % RTLP_WORD);
        carry /= RTLP_WORD;
    }
}

static VOID
RtlpHalveWords(ULONG *Words, ULONG Count)
{
    ULONG rest = 0;

    for (ULONG i = 0; i < Count; i++)
    {
        const ULONG value = Words[i];

        Words[i] = value / 2 + rest * (RTLP_WORD / 2);
        rest = value % 2;
    }
}

// Significand * 2^Exponent as decimal digits.
static VOID
RtlpToDecimal(ULONG64 Significand, LONG Exponent, RTLP_DECIMAL *Decimal)
{
    ULONG words[RTLP_ALL_WORDS];

    __builtin_memset(words, 0, sizeof(words));
    words[RTLP_INTEGER_WORDS - 1] = (ULONG)(Significand % RTLP_WORD);
    words[RTLP_INTEGER_WORDS - 2] = (ULONG)(Significand / RTLP_WORD);
    for (; Exponent > 0; Exponent--)
    {
        RtlpMultiplyWords(words, RTLP_INTEGER_WORDS, 2, 0);
    }
    for (; Exponent < 0; Exponent++)
    {
        RtlpHalveWords(words, RTLP_ALL_WORDS);
    }
    for (ULONG i = 0; i < RTLP_ALL_WORDS; i++)
    {
        ULONG value = words[i];

        for (ULONG j = RTLP_WORD_DIGITS; j-- > 0;)
        {
            Decimal->Digits[i * RTLP_WORD_DIGITS + j] = (CHAR)('0' + value % 10);
            value /= 10;
        }
    }
    Decimal->First = 0;
    while (Decimal->First < RTLP_DECIMAL_DIGITS && Decimal->Digits[Decimal->First] == '0')
    {
        Decimal->First += 1;
    }
}

// Rounds half up, as Microsoft's library does, so that digits from position End on are zero.
static VOID
RtlpRoundDecimal(RTLP_DECIMAL *Decimal, ULONG End)
{
    BOOLEAN up;

    if (End >= RTLP_DECIMAL_DIGITS)
    {
        return;
    }
    up = Decimal->Digits[End] >= '5';
    for (ULONG i = End; i < RTLP_DECIMAL_DIGITS; i++)
    {
        Decimal->Digits[i] = '0';
    }
    for (ULONG i = End; up && i-- > 0;)
    {
        up = Decimal->Digits[i] == '9';
        Decimal->Digits[i] = up ? '0' : (CHAR)(Decimal->Digits[i] + 1);
    }
    Decimal->First = 0;
    while (Decimal->First < RTLP_DECIMAL_DIGITS && Decimal->Digits[Decimal->First] == '0')
    {
        Decimal->First += 1;
    }
}

typedef struct _RTLP_FLOAT_TEXT_BUFFER
{
    CHAR Text[RTLP_FLOAT_TEXT];
    ULONG Length;
} RTLP_FLOAT_TEXT_BUFFER;

static VOID
RtlpPut(RTLP_FLOAT_TEXT_BUFFER *Text, CHAR Character)
{
    if (Text->Length < RTLP_FLOAT_TEXT)
    {
        Text->Text[Text->Length] = Character;
        Text->Length += 1;
    }
}

static CHAR
RtlpDigitAt(const RTLP_DECIMAL *Decimal, ULONG Index)
{
    return Index < RTLP_DECIMAL_DIGITS ? Decimal->Digits[Index] : '0';
}

// The exponent of the first digit in scientific notation.
static LONG
RtlpDecimalExponent(const RTLP_DECIMAL *Decimal)
{
    return Decimal->First == RTLP_DECIMAL_DIGITS
               ? 0
               : (LONG)RTLP_INTEGER_DIGITS - 1 - (LONG)Decimal->First;
}

static VOID
RtlpPutFixed(RTLP_FLOAT_TEXT_BUFFER *Text,
             const RTLP_DECIMAL *Decimal,
             ULONG Decimals,
             BOOLEAN Point)
{
    ULONG first = Decimal->First;

    if (first >= RTLP_INTEGER_DIGITS)
    {
        first = RTLP_INTEGER_DIGITS - 1;
    }
    for (ULONG i = first; i < RTLP_INTEGER_DIGITS; i++)
    {
        RtlpPut(Text, Decimal->Digits[i]);
    }
    if (Decimals != 0 || Point)
    {
        RtlpPut(Text, '.');
    }
    for (ULONG i = 0; i < Decimals; i++)
    {
        RtlpPut(Text, RtlpDigitAt(Decimal, RTLP_INTEGER_DIGITS + i));
    }
}

static VOID
RtlpPutExponent(RTLP_FLOAT_TEXT_BUFFER *Text, CHAR Letter, LONG Exponent)
{
    RtlpPut(Text, Letter);
    RtlpPut(Text, Exponent < 0 ? '-' : '+');
    Exponent = Exponent < 0 ? -Exponent : Exponent;
    RtlpPut(Text, (CHAR)('0' + Exponent / 100));
    RtlpPut(Text, (CHAR)('0' + Exponent / 10 % 10));
    RtlpPut(Text, (CHAR)('0' + Exponent % 10));
}

static VOID
RtlpPutScientific(RTLP_FLOAT_TEXT_BUFFER *Text,
                  const RTLP_DECIMAL *Decimal,
                  ULONG Decimals,
                  BOOLEAN Point,
                  CHAR Letter)
{
    RtlpPut(Text, RtlpDigitAt(Decimal, Decimal->First));
    if (Decimals != 0 || Point)
    {
        RtlpPut(Text, '.');
    }
    for (ULONG i = 1; i <= Decimals; i++)
    {
        RtlpPut(Text, RtlpDigitAt(Decimal, Decimal->First + i));
    }
    RtlpPutExponent(Text, Letter, RtlpDecimalExponent(Decimal));
}

// %g: the shorter of both notations, without trailing zeros unless '#' asks for them.
static VOID
RtlpPutGeneral(RTLP_FLOAT_TEXT_BUFFER *Text,
               RTLP_DECIMAL *Decimal,
               ULONG Precision,
               BOOLEAN Alternate,
               CHAR Letter)
{
    ULONG significant = Precision == 0 ? 1 : Precision;
    LONG exponent;

    RtlpRoundDecimal(Decimal, Decimal->First + significant);
    exponent = RtlpDecimalExponent(Decimal);
    while (!Alternate && significant > 1 &&
           RtlpDigitAt(Decimal, Decimal->First + significant - 1) == '0' &&
           (exponent < -4 || exponent >= (LONG)(Precision == 0 ? 1 : Precision) ||
            (LONG)significant - 1 > exponent))
    {
        significant -= 1;
    }
    if (exponent < -4 || exponent >= (LONG)(Precision == 0 ? 1 : Precision))
    {
        RtlpPutScientific(Text, Decimal, significant - 1, Alternate, Letter);
        return;
    }
    RtlpPutFixed(Text, Decimal, (ULONG)((LONG)significant - 1 - exponent), Alternate);
}

// %a: the significand in hexadecimal and a binary exponent.
static VOID
RtlpPutHexadecimal(RTLP_FLOAT_TEXT_BUFFER *Text, const RTLP_SPEC *Spec, ULONG64 Bits)
{
    const CHAR *letters = Spec->Type == 'a' ? "0123456789abcdef" : "0123456789ABCDEF";
    const ULONG field = (ULONG)(Bits >> 52 & 0x7FF);
    const ULONG digits = Spec->Precision < 0 || Spec->Precision > 13 ? 13 : (ULONG)Spec->Precision;
    ULONG64 significand = (Bits & 0xFFFFFFFFFFFFFull) | (field == 0 ? 0 : 1ull << 52);
    LONG exponent = field == 0 ? ((Bits << 12) == 0 ? 0 : -1022) : (LONG)field - 1023;
    CHAR reversed[5];
    ULONG count = 0;

    if (digits < 13)
    {
        significand += 1ull << (51 - digits * 4);
    }
    RtlpPut(Text, (CHAR)('0' + (significand >> 52)));
    if (digits != 0 || Spec->Alternate)
    {
        RtlpPut(Text, '.');
    }
    for (ULONG i = 0; i < digits; i++)
    {
        RtlpPut(Text, letters[significand >> (48 - i * 4) & 15]);
    }
    for (LONG i = 13; i < Spec->Precision && i < RTLP_MAXIMUM_DECIMALS; i++)
    {
        RtlpPut(Text, '0');
    }
    RtlpPut(Text, Spec->Type == 'a' ? 'p' : 'P');
    RtlpPut(Text, exponent < 0 ? '-' : '+');
    exponent = exponent < 0 ? -exponent : exponent;
    do
    {
        reversed[count++] = (CHAR)('0' + exponent % 10);
        exponent /= 10;
    } while (exponent != 0);
    while (count != 0)
    {
        RtlpPut(Text, reversed[--count]);
    }
}

static VOID
RtlpPutDecimalForm(RTLP_FLOAT_TEXT_BUFFER *Text, const RTLP_SPEC *Spec, ULONG64 Bits)
{
    const ULONG field = (ULONG)(Bits >> 52 & 0x7FF);
    const ULONG64 significand = (Bits & 0xFFFFFFFFFFFFFull) | (field == 0 ? 0 : 1ull << 52);
    ULONG decimals = Spec->Precision < 0 ? 6 : (ULONG)Spec->Precision;
    const CHAR letter = Spec->Type == 'E' || Spec->Type == 'G' ? 'E' : 'e';
    RTLP_DECIMAL decimal;

    decimals = decimals > RTLP_MAXIMUM_DECIMALS ? RTLP_MAXIMUM_DECIMALS : decimals;
    RtlpToDecimal(significand, field == 0 ? -1074 : (LONG)field - 1075, &decimal);
    switch (Spec->Type)
    {
    case 'f':
    case 'F':
        RtlpRoundDecimal(&decimal, RTLP_INTEGER_DIGITS + decimals);
        RtlpPutFixed(Text, &decimal, decimals, Spec->Alternate);
        return;
    case 'e':
    case 'E':
        RtlpRoundDecimal(&decimal, decimal.First + decimals + 1);
        RtlpPutScientific(Text, &decimal, decimals, Spec->Alternate, letter);
        return;
    default:
        RtlpPutGeneral(Text, &decimal, decimals, Spec->Alternate, letter);
        return;
    }
}

// The forms of values that are not numbers, in the words of Microsoft's library.
static const CHAR *
RtlpNotFinite(ULONG64 Bits)
{
    const ULONG64 fraction = Bits & 0xFFFFFFFFFFFFFull;

    if (fraction == 0)
    {
        return "1.#INF";
    }
    if (Bits == 0xFFF8000000000000ull)
    {
        return "1.#IND";
    }
    return fraction >> 51 != 0 ? "1.#QNAN" : "1.#SNAN";
}

VOID
RtlpSinkFloat(RTLP_SINK *Sink, const RTLP_SPEC *Spec, ULONG64 Bits)
{
    const BOOLEAN hexadecimal = Spec->Type == 'a' || Spec->Type == 'A';
    RTLP_FLOAT_TEXT_BUFFER text;
    CHAR prefix[4] = {0};
    ULONG at = 0;

    text.Length = 0;
    if (Bits >> 63 != 0)
    {
        prefix[at++] = '-';
    }
    else if (Spec->Sign != 0)
    {
        prefix[at++] = Spec->Sign;
    }
    if ((Bits >> 52 & 0x7FF) == 0x7FF)
    {
        for (const CHAR *name = RtlpNotFinite(Bits); *name != 0; name++)
        {
            RtlpPut(&text, *name);
        }
    }
    else if (hexadecimal)
    {
        prefix[at++] = '0';
        prefix[at] = Spec->Type == 'a' ? 'x' : 'X';
        RtlpPutHexadecimal(&text, Spec, Bits);
    }
    else
    {
        RtlpPutDecimalForm(&text, Spec, Bits);
    }
    RtlpSinkNumber(Sink, Spec, prefix, text.Text, text.Length);
}
