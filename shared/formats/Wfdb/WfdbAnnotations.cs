using System.Buffers.Binary;
using System.Text;

namespace SignalStream.Formats.Wfdb;

/// <summary>Reads and writes annotation files (<c>.atr</c>) of the MIT format.</summary>
/// <remarks>
/// WFDB Applications Guide, annot(5) (Moody GB): words of 16 bits, little-endian, of a code (6 bits) and a value (10). A code
/// up to 49 is an annotation, its value the samples since the one before. SKIP gives a longer way (four bytes, high half
/// first), and SUB, CHN, NUM and AUX after an annotation complete it; CHN and NUM hold until changed. Zero ends the file.
/// </remarks>
public static class WfdbAnnotations
{
    private const int Skip = 59;
    private const int Number = 60;
    private const int Subtype = 61;
    private const int Channel = 62;
    private const int Auxiliary = 63;
    private const int LargestValue = 1023;
    private const int LongestText = 255;

    /// <summary>Reads the annotations one by one.</summary>
    /// <param name="stream">The file; not closed.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <exception cref="WfdbException">While enumerating: the file breaks a rule, or has no end mark.</exception>
    public static IEnumerable<WfdbAnnotation> Read(Stream stream, string fileName)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Enumerate(new WordReader(stream, fileName));
    }

    /// <summary>Writes an annotation file.</summary>
    /// <param name="stream">Written to; not closed.</param>
    /// <param name="annotations">In ascending order of samples; codes from 1 to 49; texts of at most 255 Latin-1 characters.</param>
    /// <exception cref="ArgumentException">An annotation cannot be written.</exception>
    public static void Write(Stream stream, IEnumerable<WfdbAnnotation> annotations)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(annotations);
        var last = default(WfdbAnnotation);
        foreach (var annotation in annotations)
        {
            Check(annotation, last.Sample);
            WriteInterval(stream, annotation.Sample - last.Sample, (int)annotation.Code);
            if (annotation.Subtype != 0)
                WriteWord(stream, Subtype, annotation.Subtype);
            if (annotation.Channel != last.Channel)
                WriteWord(stream, Channel, annotation.Channel);
            if (annotation.Number != last.Number)
                WriteWord(stream, Number, annotation.Number);
            if (annotation.Text is not null)
                WriteText(stream, annotation.Text);
            last = annotation;
        }

        WriteWord(stream, 0, 0);
    }

    private static IEnumerable<WfdbAnnotation> Enumerate(WordReader words)
    {
        WfdbAnnotation? open = null;
        long sample = 0;
        for (var (code, value) = words.Next(); (code, value) != (0, 0); (code, value) = words.Next())
        {
            if (code == Skip)
            {
                sample += words.Interval();
            }
            else if (code <= WfdbCodes.Greatest)
            {
                if (open is { } complete)
                    yield return complete;
                sample = words.CheckSample(sample + value);
                open = new WfdbAnnotation(sample, (WfdbCode)code, 0, open?.Channel ?? 0, open?.Number ?? 0);
            }
            else
            {
                open = Complete(open ?? throw words.Broken(code, "an annotation must come before what completes it."), code, value, words);
            }
        }

        if (open is { } final)
            yield return final;
    }

    private static WfdbAnnotation Complete(WfdbAnnotation annotation, int code, int value, WordReader words) => code switch
    {
        Number => annotation with { Number = (sbyte)value },
        Subtype => annotation with { Subtype = (sbyte)value },
        Channel => annotation with { Channel = (byte)value },
        Auxiliary => annotation with { Text = words.Text(value) },
        _ => throw words.Broken(code, $"a code must be at most {WfdbCodes.Greatest} or from {Skip} to {Auxiliary}."),
    };

    private static void Check(WfdbAnnotation annotation, long last)
    {
        if (annotation.Sample < last)
            throw new ArgumentException($"Annotation at sample {annotation.Sample} comes after one at {last}.");
        if (annotation.Code is <= 0 or > (WfdbCode)WfdbCodes.Greatest)
            throw new ArgumentException($"Annotation code {(int)annotation.Code} must be from 1 to {WfdbCodes.Greatest}.");
        if (annotation.Text is { } text && (text.Length > LongestText || text.Any(letter => letter > '\xff')))
            throw new ArgumentException($"Annotation text '{text}' must be of at most {LongestText} Latin-1 characters.");
    }

    private static void WriteInterval(Stream stream, long interval, int code)
    {
        for (; interval > LargestValue; interval -= Math.Min(interval, int.MaxValue))
            WriteSkip(stream, (int)Math.Min(interval, int.MaxValue));
        WriteWord(stream, code, (int)interval);
    }

    private static void WriteSkip(Stream stream, int interval)
    {
        WriteWord(stream, Skip, 0);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)(interval >> 16));
        BinaryPrimitives.WriteInt16LittleEndian(bytes[2..], (short)interval);
        stream.Write(bytes);
    }

    private static void WriteText(Stream stream, string text)
    {
        WriteWord(stream, Auxiliary, text.Length);
        stream.Write(Encoding.Latin1.GetBytes(text));
        if (text.Length % 2 != 0)
            stream.WriteByte(0);
    }

    private static void WriteWord(Stream stream, int code, int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)((code << 10) | (value & LargestValue)));
        stream.Write(bytes);
    }

    /// <summary>Takes a file apart into words, intervals and texts.</summary>
    private sealed class WordReader(Stream stream, string fileName)
    {
        private readonly byte[] _bytes = new byte[LargestValue + 1];
        private long _read;

        public (int Code, int Value) Next()
        {
            var word = BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
            return (word >> 10, word & LargestValue);
        }

        public int Interval()
        {
            var bytes = Take(4);
            return (BinaryPrimitives.ReadInt16LittleEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        }

        /// <summary>Texts are padded to whole words, and many end in a zero byte of their own.</summary>
        public string Text(int length) =>
            Encoding.Latin1.GetString(Take(length + (length % 2))[..length]).TrimEnd('\0');

        public long CheckSample(long sample) =>
            sample >= 0 ? sample : throw new WfdbException(fileName, 0, $"sample {sample}", "an annotation must not lie before the record.");

        public WfdbException Broken(int code, string rule) => new(fileName, 0, $"code {code} at byte {_read - 2}", rule);

        private ReadOnlySpan<byte> Take(int count)
        {
            var bytes = _bytes.AsSpan(0, count);
            if (stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) < count)
                throw new WfdbException(fileName, 0, $"end at byte {_read}", "an annotation file must end in a zero word.");
            _read += count;
            return bytes;
        }
    }
}
