using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using SignalStream.Contracts;
using SignalStream.Messaging.Partitions;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Control records to protobuf and back.</summary>
internal static class ControlCodec
{
    public static byte[] Encode(ControlRecord record) => (record switch
    {
        TickRecord tick => new V1.Control { Tick = new V1.Tick { Second = tick.Second } },
        SettingRecord setting => new V1.Control
        {
            Setting = new V1.Setting
            {
                Key = setting.Key,
                Value = ByteString.CopyFrom(setting.Value.Span),
                Revision = setting.Revision,
                SetNs = setting.SetNs,
            },
        },
        SkipRecord skip => new V1.Control
        {
            Skip = new V1.SkipRecord
            {
                Capability = skip.Capability,
                Sequence = skip.Sequence,
                Stream = skip.Stream.ToString(),
                Reason = skip.Reason,
            },
        },
        _ => throw new ArgumentException($"No message for {record.GetType().Name}.", nameof(record)),
    }).ToByteArray();

    /// <summary>False when it is none, or of a kind that is not known here.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ControlRecord? record)
    {
        record = null;
        try
        {
            record = FromMessage(V1.Control.Parser.ParseFrom(bytes));
        }
        catch (InvalidProtocolBufferException)
        {
            // Not ours: it decides nothing.
        }

        return record is not null;
    }

    private static ControlRecord? FromMessage(V1.Control message) => message.BodyCase switch
    {
        V1.Control.BodyOneofCase.Tick => new TickRecord(message.Tick.Second),
        V1.Control.BodyOneofCase.Setting => new SettingRecord(
            message.Setting.Key, message.Setting.Value.Memory, message.Setting.Revision, message.Setting.SetNs),
        V1.Control.BodyOneofCase.Skip => StreamId.TryParse(message.Skip.Stream, out var stream)
            ? new SkipRecord(message.Skip.Capability, message.Skip.Sequence, stream, message.Skip.Reason)
            : null,
        _ => null,
    };
}
