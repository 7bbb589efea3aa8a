namespace SignalStream.Signal.State;

/// <summary>An algorithm whose whole state is a run of bytes of fixed length.</summary>
/// <remarks>Restoring gives the instance that was saved, bit for bit: what follows is the same output.</remarks>
public interface IStateful
{
    /// <summary>Bytes of the state; fixed for an instance.</summary>
    int StateSize { get; }

    /// <summary>Writes the state.</summary>
    /// <param name="destination">At least <see cref="StateSize"/> bytes; the rest is left alone.</param>
    void SaveState(Span<byte> destination);

    /// <summary>Takes over a state that an instance of the same settings saved.</summary>
    /// <param name="source">At least <see cref="StateSize"/> bytes.</param>
    /// <exception cref="ArgumentException">The bytes are too short, of another version or of another rate.</exception>
    void RestoreState(ReadOnlySpan<byte> source);
}
