using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace NATS.Client.Core;

/// <summary>Strings as UTF-8; numbers, booleans, identifiers and times as text.</summary>
public class NatsUtf8PrimitivesSerializer<T>(INatsSerializer<T>? next = null) : INatsSerializer<T>
{
    /// <summary>Longest text of any type here but string: a decimal has at most 31 characters, a time span 26, a GUID 36.</summary>
    private const int MaxTextLength = 64;

    public static readonly NatsUtf8PrimitivesSerializer<T> Default = new();

    public INatsSerializer<T> CombineWith(INatsSerializer<T>? next) => new NatsUtf8PrimitivesSerializer<T>(next);

    public void Serialize(IBufferWriter<byte> bufferWriter, T? value)
    {
        if (value is string text)
        {
            Encoding.UTF8.GetBytes(text, bufferWriter);
            return;
        }

        var span = bufferWriter.GetSpan(MaxTextLength);
        if (TryFormat(value, span, out var written))
            bufferWriter.Advance(written);
        else if (next is not null)
            next.Serialize(bufferWriter, value);
        else if (value is not null)
            throw new NatsException($"Can't serialize {typeof(T)}.");
    }

    public T? Deserialize(in ReadOnlySequence<byte> buffer)
    {
        if (typeof(T) == typeof(string))
            return (T)(object)Encoding.UTF8.GetString(buffer);

        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        if (TryParse(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), bytes, out var value, out var known))
            return (T?)value;
        if (known)
            throw new NatsException($"Can't deserialize {typeof(T)}: the payload of {bytes.Length} bytes is none.");
        if (next is not null)
            return next.Deserialize(buffer);
        throw new NatsException($"Can't deserialize {typeof(T)}.");
    }

    // The date formats are those of Utf8Formatter, as the package writes them; everything else is invariant text.
    private static bool TryFormat(T? value, Span<byte> span, out int written)
    {
        written = 0;
        return value switch
        {
            bool flag => Utf8Formatter.TryFormat(flag, span, out written),
            DateTime time => Utf8Formatter.TryFormat(time, span, out written),
            DateTimeOffset time => Utf8Formatter.TryFormat(time, span, out written),
            TimeSpan duration => Utf8Formatter.TryFormat(duration, span, out written),
            Guid id => id.TryFormat(span, out written),
            byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal =>
                ((IUtf8SpanFormattable)value).TryFormat(span, out written, default, CultureInfo.InvariantCulture),
            _ => false,
        };
    }

    private static bool TryParse(Type type, ReadOnlySpan<byte> bytes, out object? value, out bool known)
    {
        known = true;
        value = null;
        if (type == typeof(int)) return Done(Number<int>(bytes), out value);
        if (type == typeof(long)) return Done(Number<long>(bytes), out value);
        if (type == typeof(uint)) return Done(Number<uint>(bytes), out value);
        if (type == typeof(ulong)) return Done(Number<ulong>(bytes), out value);
        if (type == typeof(short)) return Done(Number<short>(bytes), out value);
        if (type == typeof(ushort)) return Done(Number<ushort>(bytes), out value);
        if (type == typeof(byte)) return Done(Number<byte>(bytes), out value);
        if (type == typeof(sbyte)) return Done(Number<sbyte>(bytes), out value);
        if (type == typeof(double)) return Done(Number<double>(bytes), out value);
        if (type == typeof(float)) return Done(Number<float>(bytes), out value);
        if (type == typeof(decimal)) return Done(Number<decimal>(bytes), out value);
        if (type == typeof(bool)) return Done(Utf8Parser.TryParse(bytes, out bool b, out _) ? b : null, out value);
        if (type == typeof(Guid)) return Done(Utf8Parser.TryParse(bytes, out Guid g, out _) ? g : null, out value);
        if (type == typeof(DateTime)) return Done(Utf8Parser.TryParse(bytes, out DateTime t, out _) ? t : null, out value);
        if (type == typeof(DateTimeOffset)) return Done(Utf8Parser.TryParse(bytes, out DateTimeOffset o, out _) ? o : null, out value);
        if (type == typeof(TimeSpan)) return Done(Utf8Parser.TryParse(bytes, out TimeSpan d, out _) ? d : null, out value);
        return known = false;
    }

    private static object? Number<TNumber>(ReadOnlySpan<byte> bytes)
        where TNumber : IUtf8SpanParsable<TNumber> =>
        TNumber.TryParse(bytes, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool Done(object? parsed, out object? value)
    {
        value = parsed;
        return parsed is not null;
    }
}
