using SignalStream.Contracts;

namespace SignalStream.Messaging.Partitions;

/// <summary>Where the messages of a subject go.</summary>
/// <param name="Partition">Whose they are; −1 where they concern nobody here.</param>
/// <param name="Stream">Whose; of a control record: nobody's.</param>
/// <param name="IsControl">Whether they are control records, which concern all streams of the partition.</param>
internal sealed record Route(int Partition, StreamId Stream, bool IsControl);
