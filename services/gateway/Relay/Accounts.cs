namespace SignalStream.Gateway.Relay;

/// <summary>What became of a stream's samples on the way to one viewer; the four add up.</summary>
/// <param name="Produced">That came for the viewer, without those that still wait.</param>
/// <param name="Delivered">In full.</param>
/// <param name="Thinned">As columns of minimum and maximum.</param>
/// <param name="Dropped">Not at all; the viewer is told where.</param>
/// <param name="Waiting">For room on the viewer's connection.</param>
internal readonly record struct SampleAccount(long Produced, long Delivered, long Thinned, long Dropped, long Waiting);
