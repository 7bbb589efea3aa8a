using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>Some of the types that a subject may carry.</summary>
/// <param name="Bits">Bit n: the type of value n is in it.</param>
internal readonly record struct TypeSet(int Bits)
{
    public static TypeSet All { get; } = Of(Subjects.Types);

    public static TypeSet Of(IEnumerable<SignalType> types) =>
        new(types.Aggregate(0, (bits, type) => bits | (1 << (int)type)));

    public bool Contains(SignalType type) => (Bits & (1 << (int)type)) != 0;

    /// <summary>What is in this one and not in the other.</summary>
    public TypeSet Except(TypeSet other) => new(Bits & ~other.Bits);
}
