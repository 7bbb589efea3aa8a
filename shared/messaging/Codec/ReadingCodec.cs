using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Google.Protobuf;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Readings of network targets to protobuf and back.</summary>
public static class ReadingCodec
{
    private const double MostMs = 3_600_000;

    /// <summary>The reading as a protobuf <c>ProbeReading</c>.</summary>
    public static byte[] Encode(ProbeReading reading) => Body(reading).ToByteArray();

    /// <summary>The message itself, for an event that carries it.</summary>
    internal static V1.ProbeReading Body(ProbeReading reading)
    {
        var message = new V1.ProbeReading
        {
            Epoch = reading.Epoch,
            Index = reading.Index,
            SentNs = reading.SentNs,
            Target = reading.Target,
            Region = reading.Region,
            Probe = (V1.ProbeKind)reading.Probe,
            Outcome = (V1.ProbeOutcome)reading.Outcome,
            RttMs = reading.RttMs,
            Address = reading.Address,
            Error = reading.Error ?? "",
            Simulated = reading.IsSimulated,
            IntervalMs = (float)reading.IntervalMs,
            TimeoutMs = (float)reading.TimeoutMs,
        };
        if (reading.Phases is { } phases)
            message.Phases = Body(phases);
        return message;
    }

    /// <summary>Reads a protobuf <c>ProbeReading</c>; false with the reason when it is none or breaks a rule.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ProbeReading? decoded, [NotNullWhen(false)] out string? error)
    {
        decoded = null;
        try
        {
            return TryRead(V1.ProbeReading.Parser.ParseFrom(bytes), out decoded, out error);
        }
        catch (InvalidProtocolBufferException exception)
        {
            error = $"{bytes.Length} bytes that are no ProbeReading: {exception.Message}";
            return false;
        }
    }

    /// <summary>Checks a message; false with the reason when it breaks a rule.</summary>
    internal static bool TryRead(V1.ProbeReading message, [NotNullWhen(true)] out ProbeReading? read, [NotNullWhen(false)] out string? error)
    {
        error = Broken(message);
        read = error is null ? Read(message) : null;
        return read is not null;
    }

    private static string? Broken(V1.ProbeReading message)
    {
        if (message.SentNs <= 0)
            return Text($"sent_ns {message.SentNs}: it must be above 0.");
        if (message.Index > long.MaxValue)
            return Text($"index {message.Index}: it must be at most {long.MaxValue}.");
        if (message.Outcome == V1.ProbeOutcome.Unspecified || !Enum.IsDefined(message.Outcome))
            return Text($"outcome {(int)message.Outcome}: it must be 1 to 5.");
        if (!(message.RttMs >= 0 && message.RttMs <= MostMs))
            return Text($"rtt_ms {message.RttMs}: it must be from 0 to {MostMs}.");
        if (!(message.IntervalMs >= 0 && message.IntervalMs <= MostMs && message.TimeoutMs >= 0 && message.TimeoutMs <= MostMs))
            return Text($"interval_ms {message.IntervalMs}, timeout_ms {message.TimeoutMs}: both must be from 0 to {MostMs}.");
        return null;
    }

    private static ProbeReading Read(V1.ProbeReading message) => new(
        message.Epoch,
        message.Index,
        message.SentNs,
        Enum.IsDefined((ProbeKind)message.Probe) ? (ProbeKind)message.Probe : ProbeKind.Unknown,
        (ProbeOutcome)message.Outcome,
        message.RttMs)
    {
        Target = message.Target,
        Region = message.Region,
        Address = message.Address,
        Error = message.Error.Length > 0 ? message.Error : null,
        IsSimulated = message.Simulated,
        IntervalMs = message.IntervalMs,
        TimeoutMs = message.TimeoutMs,
        Phases = message.Phases is { } phases
            ? new ProbePhases(
                phases.ResolveMs, phases.ConnectMs, phases.TlsMs, phases.FirstByteMs, phases.TotalMs, (int)phases.Status, phases.Version)
            : null,
    };

    private static V1.ProbeReading.Types.Phases Body(ProbePhases phases) => new()
    {
        ResolveMs = phases.ResolveMs,
        ConnectMs = phases.ConnectMs,
        TlsMs = phases.TlsMs,
        FirstByteMs = phases.FirstByteMs,
        TotalMs = phases.TotalMs,
        Status = (uint)phases.Status,
        Version = phases.Version,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
