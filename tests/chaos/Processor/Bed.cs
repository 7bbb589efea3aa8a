using System.Globalization;
using System.Runtime.InteropServices;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Signal.Synthesis;

namespace SignalStream.ChaosTests.Processor;

/// <summary>One synthetic heart as frames. Two of the same number and seed give the same frames, byte by byte.</summary>
internal sealed class Bed
{
    public const float RateHz = 250;
    public const int SamplesAFrame = 10;

    private const long SampleNs = 4_000_000;

    private readonly EcgGenerator _generator;
    private readonly float[] _samples = new float[SamplesAFrame];
    private readonly long _startNs;
    private ulong _next;

    public Bed(int number, int seed, long startNs)
    {
        Stream = new StreamId("ecg", string.Create(CultureInfo.InvariantCulture, $"bed-{number}"));
        Subject = Subjects.Of(SignalType.Wave, Stream);
        Epoch = (uint)(startNs / 1_000_000_000);
        _startNs = startNs;
        _generator = new EcgGenerator(SettingsOf(number, seed));
    }

    public static TimeSpan FrameInterval => TimeSpan.FromSeconds(SamplesAFrame / RateHz);

    public StreamId Stream { get; }

    public string Subject { get; }

    public uint Epoch { get; }

    public byte[] NextFrame()
    {
        _generator.Process(_samples);
        var frame = new byte[FrameHeader.Size + (SamplesAFrame * sizeof(float))];
        var timeNs = _startNs + ((long)_next * SampleNs);
        new FrameHeader(FrameKind.Samples, 0, SamplesAFrame, 0, Epoch, RateHz, _next, timeNs).Write(frame);
        MemoryMarshal.AsBytes<float>(_samples).CopyTo(frame.AsSpan(FrameHeader.Size));
        _next += SamplesAFrame;
        return frame;
    }

    /// <summary>Hearts differ: slow and fast, steady and not, some with ectopic beats, pauses and noise.</summary>
    private static EcgSettings SettingsOf(int number, int seed) => new()
    {
        RateHz = RateHz,
        HeartRateBpm = 50 + (number * 17 % 80),
        HeartRateSdBpm = 1 + (number % 5),
        NoiseSdMv = 0.01 * (number % 4),
        WanderMv = 0.05 * (number % 3),
        EctopicsPerMinute = number % 3 == 0 ? 6 : 0,
        PausesPerMinute = number % 7 == 0 ? 2 : 0,
        Seed = ((ulong)(uint)seed << 16) + (ulong)number,
    };
}
