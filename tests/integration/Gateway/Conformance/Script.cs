using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway.Conformance;

/// <summary>One frame as a client sends it; it may break rules.</summary>
/// <param name="First">FIN, reserved bits and opcode.</param>
/// <param name="Payload">Before masking.</param>
internal sealed record Frame(byte First, byte[] Payload)
{
    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    public static Frame Text(string text, bool fin = true) => Of(1, Encoding.UTF8.GetBytes(text), fin);

    public static Frame Rest(string text, bool fin = true) => Of(0, Encoding.UTF8.GetBytes(text), fin);

    public static Frame Ping(string text) => Of(9, Encoding.UTF8.GetBytes(text));

    public static Frame Pong(string text) => Of(10, Encoding.UTF8.GetBytes(text));

    /// <summary>Compressed, in one frame or the first of several.</summary>
    public static Frame Deflated(string text) => Of(1, MessageDeflate.Deflate(Encoding.UTF8.GetBytes(text)), reserved: 4);

    public static Frame Close(int code, string reason = "") => Of(8, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public static Frame Of(byte opcode, byte[] payload, bool fin = true, int reserved = 0) =>
        new((byte)((fin ? 0x80 : 0) | (reserved << 4) | opcode), payload);

    /// <summary>What is written, masked.</summary>
    public byte[] ToBytes()
    {
        var length = Payload.Length;
        var extended = new byte[length < 126 ? 0 : length <= ushort.MaxValue ? 2 : 8];
        if (extended.Length == 2)
            BinaryPrimitives.WriteUInt16BigEndian(extended, (ushort)length);
        else if (extended.Length == 8)
            BinaryPrimitives.WriteInt64BigEndian(extended, length);
        var marked = (byte)(0x80 | (extended.Length == 0 ? length : extended.Length == 2 ? 126 : 127));
        return [First, marked, .. extended, .. Mask, .. Payload.Select((b, i) => (byte)(b ^ Mask[i % Mask.Length]))];
    }
}

/// <summary>What a client does, or expects, next.</summary>
internal abstract record Step;

/// <summary>Writes.</summary>
/// <param name="Parts">Each in one piece, or in chops of the case's length.</param>
internal sealed record Send(IReadOnlyList<byte[]> Parts) : Step
{
    public static Send Frames(params ReadOnlySpan<Frame> frames) => new([.. frames.ToArray().Select(f => f.ToBytes())]);
}

/// <summary>The next frame that comes is this one, whole.</summary>
internal sealed record Expect(int Opcode, byte[] Payload) : Step
{
    public static Expect Echo(string text) => new(1, Encoding.UTF8.GetBytes(text));

    public static Expect Pong(string text) => new(10, Encoding.UTF8.GetBytes(text));
}

/// <summary>A case of the Autobahn testsuite, by its number there.</summary>
/// <param name="Name">Its number.</param>
/// <param name="Steps">Then comes nothing but the close.</param>
/// <param name="Code">With which the server closes.</param>
internal sealed record Case(string Name, IReadOnlyList<Step> Steps, int Code)
{
    public const int WholeFrames = -1;

    /// <summary>Longest piece that is written at once, bytes; 0: all frames of a step together; <see cref="WholeFrames"/>: each by itself.</summary>
    public int Chop { get; init; }

    /// <summary>The client offers permessage-deflate, and asks for it in the address.</summary>
    public bool Deflates { get; init; }

    /// <summary>The client does as the steps say, and leaves; the server gives its code back.</summary>
    public static Case Passes(string name, params ReadOnlySpan<Step> steps) =>
        new(name, [.. steps, Send.Frames(Frame.Close(1000))], 1000);

    /// <summary>The last step makes the server close, by its own will or as an answer.</summary>
    public static Case Closes(string name, int code, params ReadOnlySpan<Step> steps) => new(name, [.. steps], code);

    /// <summary>So many cases of one shape, numbered from 1.</summary>
    public static IEnumerable<Case> Each<T>(string section, IEnumerable<T> inputs, Func<string, T, Case> make) =>
        inputs.Select((input, i) => make(string.Create(CultureInfo.InvariantCulture, $"{section}.{i + 1}"), input));
}
