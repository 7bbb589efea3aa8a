using System.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Latency;

/// <summary>Whether of the last 20 readings more are lost than chance would have it.</summary>
internal struct LossTail()
{
    private const int Readings = 20;
    private const double Rate = 1.0 / 4000;

    /// <summary>A line that has lost nothing yet may still lose one in 500.</summary>
    private const double LeastShare = 0.002;

    /// <summary>One chance event in 17 years at two readings a second, if windows were independent; they are not.</summary>
    private const double Improbable = 1e-9 * Readings;

    private uint _lost;
    private double _usual = LeastShare;

    /// <summary>Share of the last 20 readings that is lost.</summary>
    public readonly double Share => (double)BitOperations.PopCount(_lost) / Readings;

    /// <summary>Share that is usually lost.</summary>
    public readonly double UsualShare => _usual;

    /// <summary>Takes the next reading.</summary>
    /// <returns>Whether this one is lost, and one too many.</returns>
    public bool Process(bool lost, bool learn)
    {
        _lost = ((_lost << 1) | (lost ? 1u : 0)) & ((1u << Readings) - 1);
        if (learn)
            _usual += Rate * ((lost ? 1 : 0) - _usual);
        return lost && Tail(BitOperations.PopCount(_lost), Math.Max(_usual, LeastShare)) < Improbable;
    }

    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(_lost);
        writer.Write(_usual);
    }

    public void Restore(ref StateReader reader)
    {
        _lost = reader.Read<uint>();
        _usual = reader.Read<double>();
    }

    /// <summary>The chance that so many of 20 are lost, or more.</summary>
    private static double Tail(int least, double share)
    {
        var term = 1.0;
        for (var i = 0; i < Readings; i++)
            term *= 1 - share;
        var below = 0.0;
        var odds = share / (1 - share);
        for (var k = 0; k < least; k++)
        {
            below += term;
            term *= odds * (Readings - k) / (k + 1);
        }

        // The first term of the rest bounds it within a factor of two where it is small, and 1 − below would cancel.
        return below < 0.999 ? 1 - below : term;
    }
}
